"""Whether the mirror says what the kernel itself says, whatever happens to its widgets."""
