"""
One ZeroMQ socket on the event loop, read in batches and written without blocking.

ZeroMQ's descriptor is edge-triggered: it says that something changed, not what, and any
call on the socket may swallow the edge. So after every send and every batch the socket is
asked again whether there is more to read.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import zmq
import zmq.asyncio
from zmq.eventloop.zmqstream import ZMQStream

from jupyter_comm_broker.protocol.message import Part

Receive = Callable[[str, list[list[Part]]], None]
"""Takes the channel's name and the multiparts of one batch."""

BATCH = 100
BATCH_BYTES = 4 * 1024 * 1024
"""Multiparts read in one go, at the most."""

LEAST = 25
TURN = 0.005
"""
Seconds of work that one batch may take, so that a kernel's flood does not hold up another
kernel's echo. What takes longer, because messages are large or many pages are behind, is read
in smaller batches from then on; the rest comes when others had their turn. Not in smaller ones
than ``LEAST``: with a write to each of 200 pages, single messages cost ten times as much.
"""

SENDING = 8
"""
Messages that ZeroMQ itself may keep for a kernel that takes none. It counts no bytes, and its
own default of 1,000 would be 10 GB of the largest that pages can send.
"""

BURST = 8
"""Reads at once after a quiet while: what a kernel says to one request must not wait."""

PAUSE = 0.001
"""
Seconds from read to read in a flood. Waking up costs as much as several messages (measured), and
what comes meanwhile is handled, framed and written together.
"""

LARGE = 64 * 1024
"""From so many bytes on a part is not copied, neither out of ZeroMQ's memory nor into it."""


class ZmqChannel:
    """Owns a connected socket until :meth:`close`."""

    def __init__(self, name: str, socket: zmq.Socket[bytes], receive: Receive) -> None:
        self.name = name
        self._socket = socket
        self._receive = receive
        self._unsent: deque[Sequence[Part]] = deque()
        self.unsent_bytes = 0
        """What the kernel's end has not taken yet."""
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self._socket.fileno(), self._ready)
        self._scheduled: asyncio.Handle | None = None
        self._credit, self._credited_at = float(BURST), self._loop.time()
        self._most = BATCH
        self._again()

    def send(self, multipart: Sequence[Part]) -> None:
        """Send without blocking; what the socket does not take now goes when it can."""
        if self._socket.closed:
            return
        self._unsent.append(multipart)
        self.unsent_bytes += sum(map(len, multipart))
        self._write()
        self._again()

    def drain(self) -> None:
        """Read what has arrived so far, now."""
        while not self._socket.closed and self._read():
            pass

    def close(self) -> None:
        """Close the socket; safe twice."""
        if not self._socket.closed:
            self._loop.remove_reader(self._socket.fileno())
            self._socket.close(linger=0)
        if self._scheduled is not None:
            self._scheduled.cancel()
            self._scheduled = None
        self._unsent.clear()
        self.unsent_bytes = 0

    def _again(self) -> None:
        if self._scheduled is None and int(self._socket.getsockopt(zmq.EVENTS)) & self._wanted():
            self._scheduled = self._loop.call_later(self._rest(), self._due)

    def _wanted(self) -> int:
        return zmq.POLLIN | (zmq.POLLOUT if self._unsent else 0)

    def _rest(self) -> float:
        """Return the seconds until the next read."""
        now = self._loop.time()
        self._credit = min(BURST, self._credit + (now - self._credited_at) / PAUSE)
        self._credited_at = now
        return max(0.0, (1.0 - self._credit) * PAUSE)

    def _due(self) -> None:
        self._scheduled = None
        self._ready()

    def _ready(self) -> None:
        if self._socket.closed or self._scheduled is not None:
            return
        try:
            if self._unsent:
                self._write()
            if self._rest() == 0.0:
                self._credit -= 1.0
                self._read()
        finally:
            # Also after a fault of the receiver: the edge is used up, and nothing would wake us.
            if not self._socket.closed:
                self._again()

    def _write(self) -> None:
        while self._unsent:
            try:
                # Without a copy pyzmq makes an object of each part: that pays for large ones only.
                small = all(len(part) < LARGE for part in self._unsent[0])
                self._socket.send_multipart(self._unsent[0], zmq.NOBLOCK, copy=small)
            except zmq.Again:
                return
            self.unsent_bytes -= sum(map(len, self._unsent.popleft()))

    def _read(self) -> bool:
        """Hand on one batch. Returns whether it was a full one, so that there may be more."""
        batch: list[list[Part]] = []
        room = BATCH_BYTES
        try:
            while len(batch) < self._most and room > 0:
                batch.append(self._receive_one())
                room -= sum(map(len, batch[-1]))
        except zmq.Again:
            full = False
        else:
            full = True
        if batch:
            begun = time.thread_time()
            self._receive(self.name, batch)
            self._suit(len(batch), time.thread_time() - begun)
        return full

    def _suit(self, count: int, seconds: float) -> None:
        """Choose the size of the next batches by how long this one took."""
        if seconds > TURN:
            self._most = max(LEAST, int(count * TURN / seconds))
        elif self._most < BATCH and count == self._most:
            self._most = min(BATCH, self._most * 2)

    def _receive_one(self) -> list[Part]:
        """Receive as ``recv_multipart`` does, in half its time: a frame knows if more follow."""
        receive, parts = self._socket.recv, []
        more = True
        while more:
            frame = receive(zmq.NOBLOCK, copy=False)
            parts.append(frame.bytes if len(frame) < LARGE else frame.buffer)
            more = frame.more
        return parts


def bare_socket(connected: Any) -> zmq.Socket[bytes]:
    """
    Return the plain socket behind what a kernel manager's ``connect_*`` gives.

    Managers that live on an event loop wrap it in a ZMQStream, which reads one message for
    each turn of the loop.
    """
    if isinstance(connected, ZMQStream):
        connected.io_loop.remove_handler(connected.socket)
        return connected.socket
    if isinstance(connected, zmq.asyncio.Socket):
        return zmq.Socket.shadow(connected)
    return connected  # type: ignore[no-any-return]  # a zmq.Socket by ConnectionFileMixin's contract


def without_receive_limit(context: zmq.Context[Any]) -> AbstractContextManager[None]:
    """
    Let the sockets that are made meanwhile take whatever comes: a limit would silently drop.

    The option must be set before they connect. Connecting anew instead leaves the first
    connection open at the kernel's end, where it fills up with what nobody reads.
    """
    return _made_with(context, zmq.RCVHWM, 0)


def with_send_limit(context: zmq.Context[Any]) -> AbstractContextManager[None]:
    """Let what the kernel's end does not take wait here, where bytes are counted."""
    return _made_with(context, zmq.SNDHWM, SENDING)


@contextmanager
def _made_with(context: zmq.Context[Any], option: int, value: int) -> Iterator[None]:
    before = context.sockopts.get(option)
    context.setsockopt(option, value)
    try:
        yield
    finally:
        if before is None:
            del context.sockopts[option]
        else:
            context.setsockopt(option, before)
