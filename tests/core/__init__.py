"""What to do about each message: plain functions, no event loop, no clock."""
