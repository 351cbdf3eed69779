"""The runs of a kernel: what became of each cell that a page ran, and giving it back to a page."""
