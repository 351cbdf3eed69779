"""
Every error this package raises, in one tree. ``fleet/refusals.py`` has a branch of its own.

CommBrokerError
├── MalformedFrameError      a WebSocket frame carries no message
├── MalformedMessageError    a message does not follow the messaging protocol
├── RefusedMessageError      a message is well formed, but a setting forbids it
├── InvalidFieldError        a parameter, or a field of a body, is not what the API takes
├── CursorExpiredError       the list that a cursor leads through is no longer kept
├── HiddenContentError       a secret was asked for without naming it
├── CommNotFoundError        the kernel never had the comm, as far as is known
├── CommClosedError          the comm is closed: when, by whom and why
├── BufferNotFoundError      a comm's state has no buffer of that number
├── KernelNotFoundError      the kernel does not run on this server
├── RequestNotFoundError     the kernel ran no such request, or its run is no longer kept
├── LinkNotOpenedError       the sockets to a kernel cannot be connected, and why
├── KernelUnavailableError   the kernel is dead or restarting, or ended before it answered
├── CommExistsError          a new comm has the id of another
├── CommRefusedError         the kernel did not take a comm that was opened to it
├── TooLargeError            a message, or a message and what waits, is over a limit
├── UnansweredError          the kernel was not done with a message in time
├── TooManyRecordingsError   the kernel has as many recordings as it may have
├── TooManyReadersError      the server's events have as many readers as they may have
│   └── TooManyOwnReadersError   so does one user
├── NoCommManagerError       the kernel of a new comm is not known
├── ServerRefusedError       a server answered a program with an error
├── ConnectionEndedError     a program's connection is closed, or its kernel is gone
└── SendBacklogError         more waits to be sent than a program may keep

Errors carry facts as attributes. Only ``web/`` gives them HTTP statuses.
"""

from __future__ import annotations

from collections.abc import Mapping


class CommBrokerError(Exception):
    """The root of all errors of this package."""


class MalformedFrameError(CommBrokerError):
    """
    A frame from a frontend carries no message.

    WebSocket says where a frame ends, so the connection stays usable.
    """


class MalformedMessageError(CommBrokerError):
    """A message's header, parent header or content does not follow the messaging protocol."""


class RefusedMessageError(CommBrokerError):
    """A message is well formed, but a setting forbids its type."""

    def __init__(
        self, msg_type: str, setting: str = "MappingKernelManager.allowed_message_types"
    ) -> None:
        self.msg_type, self.setting = msg_type, setting
        told = f"messages of type {msg_type!r} are not allowed here"
        super().__init__(f"{told}; the setting is {setting}")


class KernelNotFoundError(CommBrokerError):
    """No kernel with this id runs on this server, or the broker has no link to it."""

    def __init__(self, kernel_id: str) -> None:
        self.kernel_id = kernel_id
        super().__init__(f"no kernel {kernel_id!r}; GET /api/kernels lists those that run")


class InvalidFieldError(CommBrokerError):
    """A parameter, or a field of a request's body, is unknown or has a wrong value."""

    def __init__(self, field: str, message: str) -> None:
        self.field = field
        super().__init__(message)


class CursorExpiredError(CommBrokerError):
    """The list that a cursor leads through is no longer kept, or another server made it."""

    def __init__(self) -> None:
        self.field = "cursor"
        super().__init__("the list of this cursor is no longer kept; begin again without a cursor")


class HiddenContentError(CommBrokerError):
    """A reader asked for a secret of the user without ``reveal``."""

    def __init__(self, what: str) -> None:
        self.field = "reveal"
        super().__init__(
            f"{what} is not shown; ?reveal=true shows it to users who may execute with comms"
        )


class CommNotFoundError(CommBrokerError):
    """The kernel never had such a comm, or the broker has forgotten it."""

    def __init__(self, kernel_id: str, comm_id: str) -> None:
        self.kernel_id, self.comm_id = kernel_id, comm_id
        super().__init__(f"kernel {kernel_id!r} has no comm {comm_id!r}")


class CommClosedError(CommBrokerError):
    """
    The kernel had such a comm, and it is closed.

    Args:
        kernel_id: the kernel.
        comm_id: the comm.
        at: when it was closed, as an ISO date.
        by: which side closed it.
        reason: why, in a sentence.
    """

    def __init__(self, kernel_id: str, comm_id: str, at: str, by: str, reason: str) -> None:
        self.kernel_id, self.comm_id = kernel_id, comm_id
        self.at, self.by, self.reason = at, by, reason
        super().__init__(f"comm {comm_id!r} of kernel {kernel_id!r} is gone: {reason}")


class BufferNotFoundError(CommBrokerError):
    """The state of a comm has ``count`` buffers, and none has the number ``index``."""

    def __init__(self, comm_id: str, index: int, count: int) -> None:
        self.comm_id, self.index, self.count = comm_id, index, count
        super().__init__(f"the state of comm {comm_id!r} has {count} buffers, and none is {index}")


class RequestNotFoundError(CommBrokerError):
    """No page sent such an ``execute_request`` to the kernel, or its run is no longer kept."""

    def __init__(self, kernel_id: str, msg_id: str) -> None:
        self.kernel_id, self.request_id = kernel_id, msg_id
        super().__init__(f"no run of a request {msg_id!r} is kept of kernel {kernel_id!r}")


class LinkNotOpenedError(CommBrokerError):
    """
    The sockets to a kernel could not be connected. None of them is left open.

    Args:
        kernel_id: the kernel.
        why: the reason.
        soon: whether the kernel is being started or removed, so that nobody has to do anything.
    """

    def __init__(self, kernel_id: str, why: str, *, soon: bool = False) -> None:
        self.kernel_id, self.why, self.soon = kernel_id, why, soon
        super().__init__(f"kernel {kernel_id!r} cannot be connected to: {why}")


class KernelUnavailableError(CommBrokerError):
    """The kernel is dead or restarting, or its process ended before it answered."""

    def __init__(self, kernel_id: str, state: str) -> None:
        self.kernel_id, self.state = kernel_id, state
        super().__init__(f"kernel {kernel_id!r} is {state} and handles no messages")


class CommExistsError(CommBrokerError):
    """A new comm has the id of another comm."""

    def __init__(self, kernel_id: str, comm_id: str) -> None:
        self.kernel_id, self.comm_id, self.field = kernel_id, comm_id, "comm_id"
        super().__init__(f"kernel {kernel_id!r} has a comm {comm_id!r} already")


class CommRefusedError(CommBrokerError):
    """
    The kernel did not take a comm: it closed the comm, or does not know it.

    Args:
        comm_id: the comm.
        target_name: its target.
        because: the reason, in a word that programs can compare.
        said: what the kernel printed about it: a line or a traceback.
    """

    def __init__(self, comm_id: str, target_name: str, because: str, said: str) -> None:
        self.comm_id, self.because, self.said = comm_id, because, said
        super().__init__(f"the kernel did not take the comm to {target_name[:100]!r}: {because}")


class TooLargeError(CommBrokerError):
    """
    A message, or a message and what already waits, is over a limit.

    Args:
        what: what is too large, as the subject of a sentence.
        size: its size in bytes.
        limit: the limit in bytes.
        setting: the name of the limit.
    """

    def __init__(self, what: str, size: int, limit: int, setting: str) -> None:
        self.size, self.limit, self.setting = size, limit, setting
        super().__init__(f"{what} has {size} bytes; the limit is {setting} = {limit}")


class UnansweredError(CommBrokerError):
    """
    The kernel was given a message and was not done with it in time.

    Args:
        msg_id: the message's id.
        seconds: how long the caller waited.
        queued_behind: ``msg_id`` and ``msg_type`` of what the kernel runs, ``None`` if nothing.
    """

    def __init__(
        self, msg_id: str, seconds: float, queued_behind: Mapping[str, object] | None = None
    ) -> None:
        self.msg_id = msg_id
        told = (
            f"the message was accepted and is not taken back, but the kernel was not done with it "
            f"in {seconds:g} s"
        )
        if queued_behind is not None:
            self.queued_behind = queued_behind
            told += _what_it_does(msg_id, queued_behind)
        super().__init__(told)


def _what_it_does(msg_id: str, queued_behind: Mapping[str, object]) -> str:
    running, msg_type = queued_behind["msg_id"], queued_behind["msg_type"]
    if running == msg_id:
        return "; it is still handling it"
    if msg_type == "execute_request":
        return (
            f"; it runs execute_request {running}, and handles the message after that. If the "
            f"running code awaits something, ipykernel 7.4 handles the message meanwhile and does "
            f"not say so"
        )
    return f"; it runs {msg_type} {running}" if running else "; it is busy"


class TooManyRecordingsError(CommBrokerError):
    """The kernel has as many recordings as it may have."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        super().__init__(f"{limit} recordings run on this kernel, which is the most; end one")


class TooManyReadersError(CommBrokerError):
    """The server's events have as many readers as they may have."""

    setting = "CommBroker.event_readers"
    retry_after = 30
    """Seconds after which a reader may try again."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        told = f"{limit} readers of events are the most at a time"
        super().__init__(f"{told}; the limit is {self.setting} = {limit}")


class TooManyOwnReadersError(TooManyReadersError):
    """One user has as many readers of the server's events as one may have."""

    setting = "CommBroker.event_readers_per_user"


class NoCommManagerError(CommBrokerError):
    """A new comm names no kernel, and there is none or more than one to choose from."""

    def __init__(self, count: int) -> None:
        self.count = count
        super().__init__(
            f"{count} comm managers are open; say Comm(..., manager=...), or make the comm "
            f"inside `with manager.current():`"
        )


class ServerRefusedError(CommBrokerError):
    """A server answered a program's request to ``url`` with an HTTP ``status`` and a ``reason``."""

    def __init__(self, url: str, status: int, reason: str) -> None:
        self.url, self.status, self.reason = url, status, reason
        super().__init__(f"{url} answered {status}: {reason}")


class ConnectionEndedError(CommBrokerError):
    """A program's connection to a kernel is closed and will not be opened again."""

    def __init__(self, kernel_id: str, reason: str) -> None:
        self.kernel_id, self.reason = kernel_id, reason
        super().__init__(f"the connection to kernel {kernel_id!r} is closed: {reason}")


class SendBacklogError(CommBrokerError):
    """More waits to be sent than a program may keep."""

    def __init__(self, waiting: int, limit: int) -> None:
        self.waiting, self.limit = waiting, limit
        super().__init__(f"{waiting} bytes wait to be sent; the limit is {limit}")
