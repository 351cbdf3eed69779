"""The way of a message, from the kernel or a page to those whom it concerns."""
