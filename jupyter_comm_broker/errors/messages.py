"""What is wrong with a message, or with what waits to be sent."""

from __future__ import annotations

from .root import CommBrokerError


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


class SendBacklogError(CommBrokerError):
    """More waits to be sent than a program may keep."""

    def __init__(self, waiting: int, limit: int) -> None:
        self.waiting, self.limit = waiting, limit
        super().__init__(f"{waiting} bytes wait to be sent; the limit is {limit}")
