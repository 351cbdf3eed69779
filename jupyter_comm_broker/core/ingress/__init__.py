"""Where messages come in, and what follows from the end of a process and from time."""
