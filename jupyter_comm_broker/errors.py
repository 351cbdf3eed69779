"""
Every error this package raises, in one tree.

CommBrokerError
├── MalformedFrameError      a WebSocket frame cannot be cut into a message
├── MalformedMessageError    a message's parts are not what the protocol says
├── RefusedMessageError      a message is well formed, but a setting forbids it
├── CommNotFoundError        no such comm on this kernel
└── KernelNotFoundError      no such kernel on this server

Errors carry facts as attributes; only ``web/`` turns them into statuses.
"""

from __future__ import annotations


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


class CommNotFoundError(CommBrokerError):
    """The kernel has no such comm, or had one that is closed."""

    def __init__(self, kernel_id: str, comm_id: str, closed: str | None = None) -> None:
        self.kernel_id = kernel_id
        self.comm_id = comm_id
        self.closed = closed
        """Why the comm is gone, or ``None`` if it was never seen."""
        super().__init__(
            f"comm {comm_id!r} of kernel {kernel_id!r} is gone: {closed}"
            if closed
            else f"kernel {kernel_id!r} has no comm {comm_id!r}"
        )
