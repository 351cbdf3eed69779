"""The Jupyter servers that a command may be for."""
