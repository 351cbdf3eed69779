"""What is wrong with a kernel or the way to it: gone, dead, not reached, without an answer."""

from __future__ import annotations

from collections.abc import Mapping

from .root import CommBrokerError


class KernelNotFoundError(CommBrokerError):
    """No kernel with this id runs on this server, or the broker has no link to it."""

    def __init__(self, kernel_id: str) -> None:
        self.kernel_id = kernel_id
        super().__init__(f"no kernel {kernel_id!r}; GET /api/kernels lists those that run")


class KernelUnavailableError(CommBrokerError):
    """The kernel is dead or restarting, or its process ended before it answered."""

    def __init__(self, kernel_id: str, state: str) -> None:
        self.kernel_id, self.state = kernel_id, state
        super().__init__(f"kernel {kernel_id!r} is {state} and handles no messages")


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


class RequestNotFoundError(CommBrokerError):
    """No page sent such an ``execute_request`` to the kernel, or its run is no longer kept."""

    def __init__(self, kernel_id: str, msg_id: str) -> None:
        self.kernel_id, self.request_id = kernel_id, msg_id
        super().__init__(f"no run of a request {msg_id!r} is kept of kernel {kernel_id!r}")


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
