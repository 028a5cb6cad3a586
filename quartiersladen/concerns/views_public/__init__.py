"""Pages for residents and responsible bodies; nobody needs an account."""
