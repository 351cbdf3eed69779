"""REST: thin tornado handlers. They show views of the core, and send messages to kernels."""
