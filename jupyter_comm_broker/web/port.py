"""The broker as REST sees it: pictures to read, and a program on each kernel to send with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any, NamedTuple, Protocol

from jupyter_comm_broker.core.broker import KernelBroker
from jupyter_comm_broker.events.event import EventFilter
from jupyter_comm_broker.events.journal import Journal
from jupyter_comm_broker.events.recordings import Recordings
from jupyter_comm_broker.events.subscription import Subscription
from jupyter_comm_broker.inspection.list_cursors import ListWalks
from jupyter_comm_broker.inspection.views import SelfCheck
from jupyter_comm_broker.protocol.message import Message


class AskedPort(Protocol):
    """A message whose answers are collected."""

    @property
    def msg_id(self) -> str:
        """Its id."""

    @property
    def heard(self) -> Sequence[Message]:
        """What answered it so far, but for statuses."""

    @property
    def truncated(self) -> bool:
        """Whether that was more than is collected."""

    async def until_done(self, seconds: float) -> bool:
        """Wait until the kernel is done. Raises KernelUnavailableError if it ended before."""

    def leave(self) -> None:
        """Wait no longer."""


class Outgoing(NamedTuple):
    """What a message says; ``content`` is JSON."""

    content: bytes
    metadata: Any
    buffers: Sequence[bytes]


class ProgramPort(Protocol):
    """Sends comm messages to one kernel."""

    def send(self, msg_type: str, content: Any, metadata: Any, buffers: Sequence[bytes]) -> str:
        """Send one and return its msg_id. Raises what the broker does not let through."""

    def send_all(
        self, msg_type: str, messages: Sequence[tuple[Any, Any, Sequence[bytes]]]
    ) -> list[str]:
        """Send all, or none where it raises what the broker does not let through."""

    def asking(
        self, msg_type: str, content: Any, metadata: Any, buffers: Sequence[bytes]
    ) -> AbstractContextManager[AskedPort]:
        """Send one and collect what answers it while the block lasts."""


class EventsPort(Protocol):
    """What happens on all kernels, for readers."""

    @property
    def journal(self) -> Journal:
        """Where it is written."""

    @property
    def heartbeat(self) -> float:
        """Seconds of silence after which a reader is told that it still reads."""

    def subscribe(
        self, wanted: EventFilter, after: str | None, on_news: Callable[[], None]
    ) -> Subscription:
        """Let somebody read, as :meth:`Journal.subscribe` says; end it by :meth:`unsubscribe`."""

    def unsubscribe(self, reader: Subscription) -> None:
        """Let somebody read no more; safe twice."""


class BrokerPort(Protocol):
    """What a handler may ask. The extension implements it."""

    @property
    def walks(self) -> ListWalks:
        """The lists that readers are walking through."""

    @property
    def events(self) -> EventsPort:
        """What happens, as it happens."""

    @property
    def recordings(self) -> Recordings:
        """The message tails that somebody switched on."""

    def program(self, kernel_id: str) -> ProgramPort:
        """Return what sends to a kernel. Raises KernelNotFoundError."""

    def kernels(self) -> list[tuple[str, KernelBroker]]:
        """Return every linked kernel's id and broker."""

    def kernel(self, kernel_id: str) -> KernelBroker:
        """Return one kernel's broker. Raises KernelNotFoundError."""

    def transport(self, kernel_id: str) -> str:
        """Return what the link to a kernel runs over. Raises KernelNotFoundError."""

    def self_check(self) -> SelfCheck:
        """Return version, whether the broker is in the path or why not, and its limits."""

    def now(self) -> float:
        """Return the time by the core's clock."""
