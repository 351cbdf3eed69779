"""How many descriptors this process has open, for tests that want them back."""

from __future__ import annotations

from pathlib import Path


def open_descriptors() -> int:
    """Return how many files, sockets and pipes are open."""
    return len(list(Path("/proc/self/fd").iterdir()))
