"""Holds a cell until the test has seen enough and lets it go on."""

from __future__ import annotations

from pathlib import Path


class Hold:
    """A file that a cell looks for. Nothing else reaches a busy kernel."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def held(self) -> str:
        """An expression that is true in the kernel until the release."""
        return f"not __import__('os').path.exists({str(self._path)!r})"

    @property
    def waits(self) -> str:
        """A line that holds the kernel until the release."""
        return f"while {self.held}: __import__('time').sleep(0.01)"

    def release(self) -> None:
        """Let the cell go on."""
        self._path.touch()
