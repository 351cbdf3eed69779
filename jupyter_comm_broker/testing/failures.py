"""What goes wrong in a test: each error says what was waited for and what came instead."""

from __future__ import annotations


class GoneError(ConnectionError):
    """A page's socket is closed while something was still to be sent or waited for."""


class CellFailedError(AssertionError):
    """
    Code that a test ran in a kernel raised an error.

    Attributes:
        traceback: what a notebook would show, or the kernel's reply if it gave no traceback.
    """

    def __init__(self, traceback: str) -> None:
        self.traceback = traceback
        super().__init__(f"the cell failed:\n{traceback}")


class ServerNotStartedError(RuntimeError):
    """
    A server did not start, or ended at once.

    Attributes:
        log: all that it has logged.
    """

    def __init__(self, log: str) -> None:
        self.log = log
        super().__init__(f"the server did not start; its log:\n{log}")
