"""What speaks for the core to the server's other parts: programs, feeds, logs and metrics."""
