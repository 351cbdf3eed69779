"""A listener that hears nothing of what a link tells it; a base for those that hear some of it."""

from __future__ import annotations

from jupyter_comm_broker.errors import MalformedMessageError
from jupyter_comm_broker.protocol.message import Message, Part
from jupyter_comm_broker.transport.kernel.kernel_link import Ended


class Deaf:
    """Listens to a link, and does nothing."""

    def received(self, messages: list[Message]) -> None: ...

    def unreadable(self, channel: str, error: MalformedMessageError) -> None: ...

    def flooded(self) -> None: ...

    def changed(self) -> None: ...

    def process_ended(self, state: Ended) -> None: ...

    def limited(self, parent: Part) -> None: ...
