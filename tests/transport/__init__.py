"""Sockets, tasks and the clock, tried with real ones."""
