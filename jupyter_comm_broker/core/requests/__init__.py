"""What the kernel was asked to do, and what it is doing."""
