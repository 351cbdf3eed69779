"""Sockets, tasks and the clock: carries out what the core decides."""
