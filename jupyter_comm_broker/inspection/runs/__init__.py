"""Runs as data: which there are, how far they have come, and their output as notebooks have it."""
