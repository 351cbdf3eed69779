"""Comm managers for a program in another process, over a WebSocket and REST."""
