"""Errors of the pages, kernels and servers of a test."""

from __future__ import annotations


class GoneError(ConnectionError):
    """A page's socket closed before a message was sent, or before the wanted one came."""


class CellFailedError(AssertionError):
    """
    Code that a test ran in a kernel raised an error.

    Attributes:
        traceback: the traceback as a notebook shows it, or the kernel's reply if there is none.
    """

    def __init__(self, traceback: str) -> None:
        self.traceback = traceback
        super().__init__(f"the cell failed:\n{traceback}")


class ServerNotStartedError(RuntimeError):
    """
    A server did not start, or ended at once.

    Attributes:
        log: the server's log.
    """

    def __init__(self, log: str) -> None:
        self.log = log
        super().__init__(f"the server did not start; its log:\n{log}")
