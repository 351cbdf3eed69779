"""Compares the mirror with the kernel's own states, whatever happens to its widgets."""
