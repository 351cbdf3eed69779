"""The runs of a kernel over REST."""
