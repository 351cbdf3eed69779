"""How a command ends: its exit code, and one line that says what went wrong."""

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
    Exit.FAILED: "the command failed; for status, the broker is not in the path",
    Exit.USAGE: "the arguments are wrong",
    Exit.NO_SERVER: "no server was found, several were found, or none answered",
    Exit.NOT_ALLOWED: "the token is wrong, or the user is not authorized",
    Exit.NOT_FOUND: "there is no such kernel, comm or run, or the comm is closed",
    Exit.REFUSED: "the kernel refused or failed, or the request conflicts with what is there",
    Exit.TIMED_OUT: "the kernel got the message but was not done with it in time",
    Exit.KERNEL_DOWN: "the kernel is dead or restarting",
    Exit.INTERRUPTED: "interrupted with Ctrl-C",
    Exit.BROKEN_PIPE: "the reader of the output closed the pipe",
}
"""The meanings of the exit codes, as ``--help`` shows them."""

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
    429: Exit.REFUSED,
    503: Exit.KERNEL_DOWN,
    504: Exit.TIMED_OUT,
}
"""The exit codes for HTTP statuses. For other statuses it is ``FAILED``."""


class CommandError(Exception):
    """
    A command cannot be carried out.

    Args:
        exit_code: the exit code of the process.
        message: one line. It also says what to do, where that is known.
    """

    def __init__(self, exit_code: Exit, message: str) -> None:
        self.exit_code = exit_code
        super().__init__(message)


class RefusalError(CommandError):
    """
    The server answered with an error.

    Args:
        status: the HTTP status.
        message: one line.
        problem: the body of the answer: ``message``, ``reason`` and further facts.
    """

    def __init__(self, status: int, message: str, problem: Mapping[str, object]) -> None:
        self.status = status
        self.problem = problem
        super().__init__(OF_STATUS.get(status, Exit.FAILED), message)


def described() -> str:
    """Return the exit codes as ``--help`` lists them."""
    lines = [f"  {code.value:>3}  {meaning}" for code, meaning in MEANINGS.items()]
    return "\n".join(["exit codes:", *lines])
