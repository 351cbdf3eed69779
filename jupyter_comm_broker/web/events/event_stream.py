"""``/api/comms/events``: the events of all kernels, as server-sent events."""

from __future__ import annotations

import asyncio

from msgspec import UnsetType
from tornado.iostream import StreamClosedError

from jupyter_comm_broker.errors import KernelNotFoundError
from jupyter_comm_broker.events.event import Event, EventFilter
from jupyter_comm_broker.events.event_views import BY_TYPE
from jupyter_comm_broker.events.subscription import Subscription
from jupyter_comm_broker.web.events.reauthentication import is_still_known
from jupyter_comm_broker.web.handler import CommBrokerHandler
from jupyter_comm_broker.web.operation import Answer, Stream, operation
from jupyter_comm_broker.web.port import EventsPort

MEDIA_TYPE = "text/event-stream"
CHUNK = 64 * 1024
"""Bytes given to the socket at once. The rest waits where changes of state are merged."""

CHECKED_EVERY = 30.0
"""The most seconds between two checks whether the client may still read."""

RETRY = 1000
"""Milliseconds after which a browser connects again."""


class EventQuery(EventFilter, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """Chooses the events of the stream."""


class StreamEvents(CommBrokerHandler):
    """``/api/comms/events``: the stream of events."""

    def initialize(self) -> None:
        """Prepare the handler for one client."""
        self._news = asyncio.Event()
        self._left = False

    def on_connection_close(self) -> None:
        """End the stream, because the client is gone."""
        super().on_connection_close()
        self._left = True
        self._news.set()

    @operation(
        "streamEvents",
        action="read",
        query=EventQuery,
        answers={
            200: Answer(
                description="Server-sent events, without an end. Each has its type, its id and "
                "data in JSON. With the header Last-Event-ID, the stream goes on after that event. "
                "The event resync says that this is not possible, or that the client reads too "
                "slowly. The client must then ask for what it wants to know. If the client loses "
                "the right to read, or its token or login is no longer valid, the stream ends "
                "within a minute, and a comment says so.",
                media={MEDIA_TYPE: Stream(BY_TYPE)},
            )
        },
        errors=(404, 429, 503),
    )
    async def get(self, query: EventQuery) -> None:
        """Stream the events from now on, or from the last event that the client got."""
        feed, user = self.port.events, self.current_user
        who = str(getattr(user, "username", user))
        feed.readers.enter(who)
        try:
            await self._read(feed, query)
        finally:
            feed.readers.leave(who)

    async def _read(self, feed: EventsPort, query: EventQuery) -> None:
        reader = feed.subscribe(query, self.request.headers.get("Last-Event-ID"), self._news.set)
        try:
            if not isinstance(query.kernel, UnsetType):
                self._end_where_gone(query.kernel, reader)
            await self._stream(reader)
        except StreamClosedError:
            self.log.debug("comm broker: a reader of events is gone")
        finally:
            feed.unsubscribe(reader)

    def _end_where_gone(self, kernel_id: str, reader: Subscription) -> None:
        try:
            self.kernel(kernel_id)
        except KernelNotFoundError:
            # A reader that was away when the kernel ended is told that first.
            if not len(reader):
                raise
            reader.end()

    async def _stream(self, reader: Subscription) -> None:
        self.set_header("Content-Type", MEDIA_TYPE)
        self.set_header("Cache-Control", "no-store")
        # Otherwise nginx would hold events back until its buffer is full.
        self.set_header("X-Accel-Buffering", "no")
        self.write(f"retry: {RETRY}\n")
        # So a client knows where to go on before it has got an event.
        self.write(self._nothing(reader))
        await self.flush()
        clock = asyncio.get_running_loop().time
        checked = clock()
        while not (self._left or reader.over):
            # A stream has no end, and the client may lose its right meanwhile.
            if clock() - checked >= self._pause:
                if (reason := await self._may_no_longer()) is not None:
                    self.log.warning("comm broker: a reader of events %s", reason)
                    self.write(f": the end: this reader {reason}\n\n")
                    break
                checked = clock()
            self._news.clear()
            events = reader.take(CHUNK)
            if not events and await self._is_silent():
                self.write(b": still here\n" + self._nothing(reader))
            for event in events:
                self.write(self._frame(event))
            # Waits until the socket has taken everything.
            await self.flush()
        if not self._left:
            self.finish(set_content_type=MEDIA_TYPE)

    @property
    def _pause(self) -> float:
        return min(self.port.events.heartbeat, CHECKED_EVERY)

    async def _may_no_longer(self) -> str | None:
        """Return why the client may no longer read; ``None`` if it may."""
        if not await is_still_known(self):
            return "is no longer logged in"
        return None if await self.may("read") else "may no longer read them"

    async def _is_silent(self) -> bool:
        """Wait for events, but not too long. Returns whether there were none."""
        try:
            await asyncio.wait_for(self._news.wait(), self._pause)
        except asyncio.TimeoutError:
            return True
        return False

    def _nothing(self, reader: Subscription) -> bytes:
        """Return an id without an event, which tells the client where to go on."""
        if len(reader):
            return b"\n"
        journal = self.port.events.journal
        return b"id: %s\n\n" % journal.id_of(journal.number).encode()

    def _frame(self, event: Event) -> bytes:
        # Our JSON has no line ends in it.
        name = self.port.events.journal.id_of(event.number)
        return b"id: %s\nevent: %s\ndata: %s\n\n" % (
            name.encode(),
            event.type.encode(),
            event.text,
        )
