"""``/api/comms/events``: what happens on all kernels, as server-sent events."""

from __future__ import annotations

import asyncio

from msgspec import UnsetType
from tornado.iostream import StreamClosedError

from jupyter_comm_broker.errors import KernelNotFoundError
from jupyter_comm_broker.events.event import Event, EventFilter
from jupyter_comm_broker.events.event_views import BY_TYPE
from jupyter_comm_broker.events.subscription import Subscription
from jupyter_comm_broker.web.handler import CommBrokerHandler
from jupyter_comm_broker.web.operation import Answer, Stream, operation

MEDIA_TYPE = "text/event-stream"
CHUNK = 64 * 1024
"""Bytes given to the socket at once; what it has not taken waits where changes are merged."""

RETRY = 1000
"""Milliseconds after which a browser comes back."""


class EventQuery(EventFilter, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """What may be asked of the stream."""


class StreamEvents(CommBrokerHandler):
    """``/api/comms/events``: the stream."""

    def initialize(self) -> None:
        """Begin with nobody having left."""
        self._news = asyncio.Event()
        self._left = False

    def on_connection_close(self) -> None:
        """Wake up: the client is gone."""
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
                "data in JSON. With the header Last-Event-ID it goes on behind that event; "
                "the event resync says that this cannot be done, or that the client reads too "
                "slowly, and that what is known has to be asked for. It ends for a client that "
                "loses the right to read, at the next heartbeat.",
                media={MEDIA_TYPE: Stream(BY_TYPE)},
            )
        },
        errors=(404,),
    )
    async def get(self, query: EventQuery) -> None:
        """Tell what happens from now on, or since the event that the client saw last."""
        feed = self.port.events
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
            # Who was away when it ended is told that first.
            if not len(reader):
                raise
            reader.end()

    async def _stream(self, reader: Subscription) -> None:
        self.set_header("Content-Type", MEDIA_TYPE)
        self.set_header("Cache-Control", "no-store")
        # nginx would keep events back until it has a buffer full of them.
        self.set_header("X-Accel-Buffering", "no")
        self.write(f"retry: {RETRY}\n")
        # A reader with nothing to read yet knows from where to go on.
        self.write(self._nothing(reader))
        await self.flush()
        clock = asyncio.get_running_loop().time
        checked = clock()
        while not (self._left or reader.over):
            # A stream has no end of its own, and rights may be taken away meanwhile.
            if clock() - checked >= self.port.events.heartbeat:
                if not await self.may("read"):
                    self.log.warning("comm broker: a reader of events may read them no longer")
                    break
                checked = clock()
            self._news.clear()
            events = reader.take(CHUNK)
            if not events and await self._is_silent():
                self.write(b": still here\n" + self._nothing(reader))
            for event in events:
                self.write(self._frame(event))
            # Waits until the socket has taken it all.
            await self.flush()
        if not self._left:
            self.finish(set_content_type=MEDIA_TYPE)

    async def _is_silent(self) -> bool:
        """Wait for news, but not too long. Returns whether there were none."""
        try:
            await asyncio.wait_for(self._news.wait(), self.port.events.heartbeat)
        except asyncio.TimeoutError:
            return True
        return False

    def _nothing(self, reader: Subscription) -> bytes:
        """Return what moves the client's last id on, past events that it does not want."""
        if len(reader):
            return b"\n"
        journal = self.port.events.journal
        return b"id: %s\n\n" % journal.id_of(journal.number).encode()

    def _frame(self, event: Event) -> bytes:
        # JSON of ours has no line ends in it.
        name = self.port.events.journal.id_of(event.number)
        return b"id: %s\nevent: %s\ndata: %s\n\n" % (
            name.encode(),
            event.type.encode(),
            event.text,
        )
