"""The broker's own requests to the kernel: the handshake, questions about comms, checks."""
