"""What programs and those who write them open."""
