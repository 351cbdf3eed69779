"""REST on comms: list, show, open, send and close."""
