"""The broker as REST sees it: what it may read, and the program with which it sends."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any, NamedTuple, Protocol

from jupyter_comm_broker.core.broker import KernelBroker
from jupyter_comm_broker.events.event import EventFilter
from jupyter_comm_broker.events.event_readers import EventReaders
from jupyter_comm_broker.events.journal import Journal
from jupyter_comm_broker.events.recordings import Recordings
from jupyter_comm_broker.events.subscription import Subscription
from jupyter_comm_broker.inspection.health_views import SelfCheck
from jupyter_comm_broker.inspection.list_cursors import ListCursors
from jupyter_comm_broker.protocol.message import Message


class ReplyCollectorPort(Protocol):
    """A message whose answers are collected."""

    @property
    def msg_id(self) -> str:
        """The message's id."""

    @property
    def heard(self) -> Sequence[Message]:
        """The answers so far, without statuses."""

    @property
    def truncated(self) -> bool:
        """Whether there were more answers than are collected."""

    async def until_done(self, seconds: float) -> bool:
        """
        Wait until the kernel is done with the message.

        Returns:
            Whether it was done within ``seconds``.

        Raises:
            KernelUnavailableError: the kernel's process ended before that.
        """

    def leave(self) -> None:
        """End the wait."""


class Outgoing(NamedTuple):
    """A message to be sent. Its ``content`` is JSON text."""

    content: bytes
    metadata: Any
    buffers: Sequence[bytes]


class ProgramPort(Protocol):
    """Sends comm messages to one kernel."""

    def send(self, msg_type: str, content: Any, metadata: Any, buffers: Sequence[bytes]) -> str:
        """
        Send a message to the kernel's shell.

        Args:
            msg_type: its type.
            content: its content, or the JSON of it as ``bytes``.
            metadata: its metadata.
            buffers: its buffers.

        Returns:
            The message's id.

        Raises:
            CommBrokerError: the message cannot be sent, or may not.
        """

    def send_all(
        self, msg_type: str, messages: Sequence[tuple[Any, Any, Sequence[bytes]]]
    ) -> list[str]:
        """
        Send several messages in order. If it raises, as :meth:`send` does, none was sent.

        Args:
            msg_type: the type of all of them.
            messages: content, metadata and buffers of each.

        Returns:
            The messages' ids.
        """

    def asking(
        self, msg_type: str, content: Any, metadata: Any, buffers: Sequence[bytes]
    ) -> AbstractContextManager[ReplyCollectorPort]:
        """
        Return a context that sends a message, and collects its answers until it ends.

        Args:
            msg_type: its type.
            content: its content, or the JSON of it as ``bytes``.
            metadata: its metadata.
            buffers: its buffers.

        Raises:
            CommBrokerError: the message cannot be sent: see :meth:`send`.
        """


class EventsPort(Protocol):
    """The events of all kernels, for readers."""

    @property
    def journal(self) -> Journal:
        """The journal of the events."""

    @property
    def heartbeat(self) -> float:
        """Seconds of silence after which a reader is sent a heartbeat."""

    @property
    def readers(self) -> EventReaders:
        """The count of the readers."""

    def subscribe(
        self, wanted: EventFilter, after: str | None, on_news: Callable[[], None]
    ) -> Subscription:
        """
        Add a reader. Remove it with :meth:`unsubscribe`.

        Args:
            wanted: the filter of the events that it gets.
            after: the id of the last event that it got; ``None`` for a new reader.
            on_news: called whenever there is something to take, or the reader has ended.

        Returns:
            The reader, as :meth:`Journal.subscribe` makes it.
        """

    def unsubscribe(self, reader: Subscription) -> None:
        """Remove a reader. May be called twice."""


class BrokerPort(Protocol):
    """What a handler may ask. ``RestPort`` implements it."""

    @property
    def cursors(self) -> ListCursors:
        """The lists that readers page through."""

    @property
    def events(self) -> EventsPort:
        """The events of all kernels."""

    @property
    def recordings(self) -> Recordings:
        """The recordings of messages that users switched on."""

    def program(self, kernel_id: str) -> ProgramPort:
        """Return the program that sends to a kernel. Raises KernelNotFoundError."""

    def kernels(self) -> list[tuple[str, KernelBroker]]:
        """Return every linked kernel's id and broker."""

    def kernel(self, kernel_id: str) -> KernelBroker:
        """Return one kernel's broker. Raises KernelNotFoundError."""

    def transport(self, kernel_id: str) -> str:
        """Return what a kernel's link runs over, as ``zmq``. Raises KernelNotFoundError."""

    async def look(self, kernel_id: str, comm_ids: Sequence[str], seconds: float) -> bool:
        """
        Ask a kernel about comms, and wait until it has answered or closed them.

        Args:
            kernel_id: the kernel.
            comm_ids: the comms.
            seconds: how long to wait at most.

        Returns:
            Whether that was over in time.

        Raises:
            KernelNotFoundError: there is no such kernel.
        """

    def self_check(self) -> SelfCheck:
        """Return the version, whether the broker is in the path or why not, and its limits."""

    def now(self) -> float:
        """Return the time by the core's clock."""
