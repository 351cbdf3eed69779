"""Writes docs/reference from the code, so that it always fits the code."""
