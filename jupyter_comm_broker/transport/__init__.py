"""Sockets, tasks and the clock: the edges that carry out what the core decided."""
