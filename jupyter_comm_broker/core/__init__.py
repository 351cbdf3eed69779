"""What to do: the core is told what happened and says what must be done. No I/O, no clock."""
