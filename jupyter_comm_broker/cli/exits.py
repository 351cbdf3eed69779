"""How a command ends: its exit codes, and the one line that says what went wrong."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum


class Exit(IntEnum):
    """The exit codes of ``jupyter comms``, for scripts."""

    OK = 0
    FAILED = 1
    USAGE = 2
    NO_SERVER = 3
    NOT_ALLOWED = 4
    NOT_FOUND = 5
    REFUSED = 6
    TIMED_OUT = 7
    KERNEL_DOWN = 8
    INTERRUPTED = 130
    BROKEN_PIPE = 141


MEANINGS: Mapping[Exit, str] = {
    Exit.OK: "done",
    Exit.FAILED: "not done; or status: the broker is not in the path",
    Exit.USAGE: "the command's words or values are not right",
    Exit.NO_SERVER: "no server found, several to choose from, or none that answers",
    Exit.NOT_ALLOWED: "wrong token, or not authorized",
    Exit.NOT_FOUND: "no such kernel or comm, or the comm is gone",
    Exit.REFUSED: "the kernel refused it or failed at it, or it conflicts with what is there",
    Exit.TIMED_OUT: "the kernel was given the message and has not finished with it in time",
    Exit.KERNEL_DOWN: "the kernel is dead or restarting",
    Exit.INTERRUPTED: "interrupted with Ctrl-C",
    Exit.BROKEN_PIPE: "whoever read the output went away",
}
"""What ``--help`` says of them."""

OF_STATUS: Mapping[int, Exit] = {
    400: Exit.USAGE,
    401: Exit.NOT_ALLOWED,
    403: Exit.NOT_ALLOWED,
    404: Exit.NOT_FOUND,
    409: Exit.REFUSED,
    410: Exit.NOT_FOUND,
    413: Exit.USAGE,
    415: Exit.USAGE,
    422: Exit.REFUSED,
    503: Exit.KERNEL_DOWN,
    504: Exit.TIMED_OUT,
}
"""How a command ends when the server answers with one of these; else with ``FAILED``."""


class CommandError(Exception):
    """
    A command cannot be carried out.

    Args:
        exit_code: what the process ends with.
        message: one line, which says what to do where that is known.
    """

    def __init__(self, exit_code: Exit, message: str) -> None:
        self.exit_code = exit_code
        super().__init__(message)


class RefusalError(CommandError):
    """The server answered with an error."""

    def __init__(self, status: int, message: str, problem: Mapping[str, object]) -> None:
        self.status = status
        self.problem = problem
        """What it said: ``message``, ``reason``, and the facts beside them."""
        super().__init__(OF_STATUS.get(status, Exit.FAILED), message)


def described() -> str:
    """Return the exit codes as ``--help`` lists them."""
    lines = [f"  {code.value:>3}  {meaning}" for code, meaning in MEANINGS.items()]
    return "\n".join(["exit codes:", *lines])
