"""Scenarios with a real server, real kernels and real sockets."""
