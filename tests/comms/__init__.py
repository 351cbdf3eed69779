"""Comm and CommManager over a port that a test drives."""
