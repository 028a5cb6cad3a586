"""Faults from outside: killed processes, full disks, several processes at once. All are real."""
