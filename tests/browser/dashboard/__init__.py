"""The dashboard in a real browser, on a server with a base_url and real kernels."""
