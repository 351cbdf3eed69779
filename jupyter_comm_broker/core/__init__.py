"""What to do about it: told what happened, the core says what must be done. No I/O, no clock."""
