"""Fakes for tests. A contract test here compares each with the real thing."""
