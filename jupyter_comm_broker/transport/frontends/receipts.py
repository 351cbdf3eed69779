"""
Finds out which messages have arrived at a page.

A pong proves that everything written before its ping has arrived. TCP keeps the order, and the
page's WebSocket answers pings in order, through any proxy. A message from the page proves nothing
about the messages that were on their way to it.

The operating system's count of acknowledged bytes proves less. The bytes may have reached only a
proxy, or wait unread in a page that hangs. The count is used only where the page was alive to the
end: where it closes the socket itself, or has answered our pings until just now. Without it, a
healthy page would get again what it read just before its connection broke, and print it twice.

Pings are sent while something is unconfirmed. Each carries a number, which comes back with the
pong. The handler still sends its own pings and still sees all pongs.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from typing import Any

from tornado.iostream import StreamClosedError
from tornado.websocket import WebSocketClosedError

from jupyter_comm_broker.core.outboxes.in_flight import InFlight
from jupyter_comm_broker.protocol.message import Message

PREFIX = b"comm broker "
"""The first bytes of our pings, by which their pongs are recognised."""

PAUSE = 0.5
"""
Seconds from a write to the ping after it.

Messages of the last such time before the network fails may be sent to the page again.
"""

PINGS_A_SECOND = 15
"""
The most pings for all pages of a server. With many pages, the pause before a ping is longer.

Each ping costs the event loop a write and a read.
"""

AGAIN = 10.0
"""
Seconds after which an unanswered ping is sent again.

A page may answer only the latest of several pings (RFC 6455, 5.5.3). That may be one of the
handler's own.
"""

JUST_NOW = 1.0
"""Seconds that a ping may be unanswered while the page still counts as alive."""

MEANT = frozenset({None, 1000})
"""Close codes of a page that closes its socket itself. Others come from a proxy or the browser."""


def pause_for(pages: int) -> float:
    """
    Return the seconds from a write to its ping when so many pages are connected.

    >>> round(pause_for(8), 2), round(pause_for(200), 1)
    (0.53, 13.3)
    """
    return max(PAUSE, pages / PINGS_A_SECOND)


class Receipts:
    """
    Confirms the messages that arrived through one socket.

    Args:
        handler: the socket's handler.
        ping: sends a ping with a payload, if the socket is open.
        is_writing: returns whether messages that count as written are still being written. No
            ping is sent then, because it would overtake them.
        pause: returns the seconds from a write to its ping.
        on_wire: returns the bytes that a message takes on the wire; ``None`` if that is not known.
    """

    def __init__(
        self,
        handler: Any,
        ping: Callable[[bytes], None],
        is_writing: Callable[[], bool],
        pause: Callable[[], float],
        on_wire: Callable[[Message], int] | None,
    ) -> None:
        self._ping = ping
        self._is_writing = is_writing
        self._pause = pause
        self._on_wire = on_wire
        self._in_flight: InFlight | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._due = False
        self.expects = False
        """Whether a ping is already planned, so that :meth:`expect` need not be called."""
        self._answers = False
        """Whether the page has answered a ping."""
        self._asked_at: float | None = None
        """When the first unanswered ping was sent."""
        self._heard_pong = handler.on_pong
        handler.on_pong = self._pong
        if handler.ws_connection is not None:
            self._listen_for_farewell(handler.ws_connection)
            self._listen_for_end(handler.ws_connection.stream)

    def expect(self, in_flight: InFlight) -> None:
        """Something was written. Plan a ping after it."""
        if not self.expects:
            self._in_flight = in_flight
            self._ask_in(self._pause())

    def written(self) -> None:
        """A write has ended. Send the ping that waited for it."""
        if self._due:
            self._ask()

    def stop(self) -> None:
        """Send no more pings. May be called twice."""
        self._ask_not()
        self._in_flight = None

    # -- inside ------------------------------------------------------------------------------------

    def _ask_in(self, seconds: float) -> None:
        self._ask_not()
        self._timer = asyncio.get_running_loop().call_later(seconds, self._ask)
        self.expects = True

    def _ask_not(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer, self.expects = None, False

    def _ask(self) -> None:
        in_flight, self._timer = self._in_flight, None
        self._due = self.expects = in_flight is not None and self._is_writing()
        if in_flight is None or self._due:
            return
        try:
            self._ping(PREFIX + str(in_flight.written).encode())
        except (StreamClosedError, WebSocketClosedError):
            return
        if self._asked_at is None:
            self._asked_at = asyncio.get_running_loop().time()
        self._ask_in(AGAIN)

    def _pong(self, data: bytes) -> None:
        number = bytes(data).removeprefix(PREFIX)
        in_flight = self._in_flight
        if in_flight is not None and data != number and number.isdigit():
            self._answers, self._asked_at = True, None
            # A page could send a pong to a ping that was never sent.
            in_flight.confirm(min(int(number), in_flight.written))
            self._ask_not()
            if not in_flight.is_settled:
                self._ask_in(self._pause())
        self._heard_pong(data)

    def _listen_for_farewell(self, connection: Any) -> None:
        close = connection.close

        def closing(code: int | None = None, reason: str | None = None) -> None:
            # tornado calls this to answer a page's own close frame, before it closes the stream.
            if connection.client_terminated and not connection.server_terminated:
                self._farewell(connection)
            close(code, reason)

        connection.close = closing

    def _farewell(self, connection: Any) -> None:
        if connection.close_code in MEANT:
            self._confirm_acknowledged(connection.stream)

    def _listen_for_end(self, stream: Any) -> None:
        close = stream.close_fd

        def ending() -> None:
            # The last moment in which the socket's count can be read.
            if self._is_there():
                self._confirm_acknowledged(stream)
            close()

        stream.close_fd = ending

    def _is_there(self) -> bool:
        asked_at, now = self._asked_at, asyncio.get_running_loop().time()
        return self._answers and (asked_at is None or now - asked_at <= JUST_NOW)

    def _confirm_acknowledged(self, stream: Any) -> None:
        if (
            self._in_flight is None
            or stream.socket is None
            or self._is_writing()
            or stream.writing()
        ):
            return
        unsure = unacknowledged(stream.socket.fileno())
        if self._on_wire is not None:
            self._in_flight.confirm_all_but(unsure, self._on_wire)
        elif not unsure:
            self._in_flight.confirm(self._in_flight.written)


def unacknowledged(descriptor: int) -> int:
    """Return how many bytes the other end has not acknowledged; 0 where that is not known."""
    if sys.platform != "linux":
        return 0
    import fcntl
    import termios

    return int.from_bytes(fcntl.ioctl(descriptor, termios.TIOCOUTQ, bytes(4)), sys.byteorder)
