"""
Every error this package raises, in one tree.

CommBrokerError
├── MalformedFrameError      a WebSocket frame cannot be cut into a message
├── MalformedMessageError    a message's parts are not what the protocol says
├── RefusedMessageError      a message is well formed, but a setting forbids it
├── InvalidFieldError        a parameter, or a field of a body, is not what the API takes
├── CursorExpiredError       the list that a cursor leads through is no longer kept
├── HiddenContentError       what is asked for is secret, and was not asked for by name
├── CommNotFoundError        the kernel never had such a comm, as far as is known
├── CommClosedError          the kernel had such a comm: when, by whom and why it ended
├── BufferNotFoundError      a comm's state has no buffer of that number
├── KernelNotFoundError      no such kernel on this server
├── KernelUnavailableError   the kernel is dead, restarting, or ended while it was waited for
├── CommExistsError          a comm is to be opened under the id of another
├── CommRefusedError         the kernel closed a comm again that was opened to it
├── TooLargeError            a message, or what waits with it, is over a limit
├── UnansweredError          the kernel has a message and was not done with it in time
├── TooManyRecordingsError   as many recordings run on the kernel as may
├── NoCommManagerError       nobody said which kernel a new comm leads to
├── ServerRefusedError       a server that a program connects to says no
├── ConnectionEndedError     a program's connection is closed, or its kernel is gone
└── SendBacklogError         more waits to be sent than a program may keep

Errors carry facts as attributes; only ``web/`` turns them into statuses.
"""

from __future__ import annotations

from collections.abc import Mapping


class CommBrokerError(Exception):
    """Anything that this package refuses or cannot do."""


class MalformedFrameError(CommBrokerError):
    """
    A frame from a frontend cannot be cut into a message.

    The frame's own end is known (WebSocket says it), so the connection stays usable.
    """


class MalformedMessageError(CommBrokerError):
    """A message's header, parent header or content is not what the messaging protocol says."""


class RefusedMessageError(CommBrokerError):
    """A well-formed message is not allowed through."""

    def __init__(self, msg_type: str, setting: str) -> None:
        self.msg_type = msg_type
        self.setting = setting
        super().__init__(
            f"messages of type {msg_type!r} are not allowed here; the setting is {setting}"
        )


class KernelNotFoundError(CommBrokerError):
    """No kernel with this id runs on this server, or the broker has no link to it."""

    def __init__(self, kernel_id: str) -> None:
        self.kernel_id = kernel_id
        super().__init__(f"no kernel {kernel_id!r}; GET /api/kernels lists those that run")


class InvalidFieldError(CommBrokerError):
    """A parameter, or a field of a request's body, is unknown or holds what it cannot."""

    def __init__(self, field: str, message: str) -> None:
        self.field = field
        super().__init__(message)


class CursorExpiredError(CommBrokerError):
    """The list that a cursor leads through is no longer kept, or another server made it."""

    def __init__(self) -> None:
        self.field = "cursor"
        super().__init__("the list of this cursor is no longer kept; begin again without a cursor")


class HiddenContentError(CommBrokerError):
    """What is asked for is a secret of the user's, and was not asked for by name."""

    def __init__(self, what: str) -> None:
        self.field = "reveal"
        super().__init__(
            f"{what} is not shown; ?reveal=true shows it to who may execute with comms"
        )


class CommNotFoundError(CommBrokerError):
    """The kernel never had such a comm, or nobody remembers it."""

    def __init__(self, kernel_id: str, comm_id: str) -> None:
        self.kernel_id = kernel_id
        self.comm_id = comm_id
        super().__init__(f"kernel {kernel_id!r} has no comm {comm_id!r}")


class CommClosedError(CommBrokerError):
    """The kernel had such a comm, which is closed."""

    def __init__(self, kernel_id: str, comm_id: str, at: str, by: str, reason: str) -> None:
        self.kernel_id = kernel_id
        self.comm_id = comm_id
        self.at = at
        """When, as a date."""
        self.by = by
        """Which side ended it."""
        self.reason = reason
        super().__init__(f"comm {comm_id!r} of kernel {kernel_id!r} is gone: {reason}")


class BufferNotFoundError(CommBrokerError):
    """A comm's state has no buffer of that number."""

    def __init__(self, comm_id: str, index: int, count: int) -> None:
        self.comm_id = comm_id
        self.index = index
        self.count = count
        super().__init__(f"the state of comm {comm_id!r} has {count} buffers, and none is {index}")


class KernelUnavailableError(CommBrokerError):
    """The kernel is dead or restarting, or it ended while its answer was waited for."""

    def __init__(self, kernel_id: str, state: str) -> None:
        self.kernel_id = kernel_id
        self.state = state
        super().__init__(f"kernel {kernel_id!r} is {state} and handles no messages")


class CommExistsError(CommBrokerError):
    """A comm is to be opened under an id that another one has."""

    def __init__(self, kernel_id: str, comm_id: str) -> None:
        self.kernel_id = kernel_id
        self.comm_id = comm_id
        self.field = "comm_id"
        super().__init__(f"kernel {kernel_id!r} has a comm {comm_id!r} already")


class CommRefusedError(CommBrokerError):
    """The kernel closed a comm again when it was opened."""

    def __init__(self, comm_id: str, target_name: str, because: str, said: str) -> None:
        self.comm_id = comm_id
        self.because = because
        """In a word that programs can compare."""
        self.said = said
        """What the kernel printed about it: a line, or its traceback."""
        super().__init__(f"the kernel closed the comm to {target_name[:100]!r} again: {because}")


class TooLargeError(CommBrokerError):
    """A message, or what waits with it, is over a limit."""

    def __init__(self, what: str, size: int, limit: int, setting: str) -> None:
        self.size = size
        self.limit = limit
        self.setting = setting
        super().__init__(f"{what} has {size} bytes; the limit is {setting} = {limit}")


class UnansweredError(CommBrokerError):
    """
    The kernel has a message, and was not done with it in time.

    Args:
        msg_id: the message's.
        seconds: how long that was.
        queued_behind: what the kernel runs, with its ``msg_id`` and ``msg_type``, if anything.
    """

    def __init__(
        self, msg_id: str, seconds: float, queued_behind: Mapping[str, object] | None = None
    ) -> None:
        self.msg_id = msg_id
        told = (
            f"the message was accepted and stands, but the kernel was not done with it "
            f"in {seconds:g} s"
        )
        if queued_behind is not None:
            self.queued_behind = queued_behind
            told += _what_it_does(msg_id, queued_behind)
        super().__init__(told)


def _what_it_does(msg_id: str, queued_behind: Mapping[str, object]) -> str:
    running, msg_type = queued_behind["msg_id"], queued_behind["msg_type"]
    if running == msg_id:
        return "; it is still at it"
    if msg_type == "execute_request":
        return (
            f"; it runs execute_request {running}, and comes to the message when that is over, "
            f"unless its code awaits something: then ipykernel 7.4 handles the message meanwhile "
            f"and does not say so"
        )
    return f"; it runs {msg_type} {running}" if running else "; it is busy"


class TooManyRecordingsError(CommBrokerError):
    """As many recordings run on the kernel as may."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        super().__init__(f"{limit} recordings run on this kernel, which is the most; end one")


class NoCommManagerError(CommBrokerError):
    """Nobody said which kernel a new comm leads to, and there is not just one."""

    def __init__(self, count: int) -> None:
        self.count = count
        super().__init__(
            f"{count} comm managers are open; say Comm(..., manager=...), or make the comm "
            f"inside `with manager.current():`"
        )


class ServerRefusedError(CommBrokerError):
    """A server that a program connects to answered with an error."""

    def __init__(self, url: str, status: int, reason: str) -> None:
        self.url = url
        self.status = status
        self.reason = reason
        super().__init__(f"{url} answered {status}: {reason}")


class ConnectionEndedError(CommBrokerError):
    """A program's connection to a kernel is closed, and does not come back."""

    def __init__(self, kernel_id: str, reason: str) -> None:
        self.kernel_id = kernel_id
        self.reason = reason
        super().__init__(f"the connection to kernel {kernel_id!r} is closed: {reason}")


class SendBacklogError(CommBrokerError):
    """More waits to be sent than a program may keep."""

    def __init__(self, waiting: int, limit: int) -> None:
        self.waiting = waiting
        self.limit = limit
        super().__init__(f"{waiting} bytes wait to be sent; the limit is {limit}")
