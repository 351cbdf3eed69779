"""
One ZeroMQ socket on the event loop, read in batches and written without blocking.

ZeroMQ's descriptor is edge-triggered: it says that something changed, but not what. Any call on
the socket may use up the edge. So after every send and every batch the socket is asked again
whether there is more to read.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Sequence

import zmq

from jupyter_comm_broker.protocol.message import Part
from jupyter_comm_broker.transport.kernel.pace import FLOOD_PAUSE, Pace
from jupyter_comm_broker.transport.kernel.readers import loop_with_readers
from jupyter_comm_broker.transport.kernel.rush import Rush

Receive = Callable[[str, list[list[Part]]], None]
"""Takes the channel's name and the multiparts of one batch."""

LINGER = 50
"""
Milliseconds that ZeroMQ may still write after a socket is closed.

With 0, ZeroMQ can end the whole process: an assertion of its own failed once in 14 runs of
``tests/transport``, where sockets were closed with messages in them (``session_base.cpp:233``). It
takes back a message of which it has written a part, and the other end goes away just then, as we
read it. The time is shorter than ZeroMQ's pause before it connects again (100 ms), so nothing
reaches a successor of the kernel.
"""

BATCH_BYTES = 4 * 1024 * 1024
"""The most bytes of multiparts that are read in one batch."""

LARGE = 64 * 1024
"""Bytes from which a part is not copied, neither out of ZeroMQ's memory nor into it."""

SLICE = 0.02
"""Seconds of one turn of draining. Others can wait so long without being noticed."""


GONE = (zmq.ENOTSOCK, zmq.ETERM)
"""System errors of a socket that somebody else closed, or whose context ends."""


def always() -> bool:
    """Let every message go."""
    return True


def ignore(channel: str, error: Exception) -> None:
    """Take no note of a message that cannot be sent."""


class ZmqChannel:
    """
    Owns a connected socket until :meth:`close`, or until somebody else closes it.

    Args:
        name: the channel's name.
        socket: the socket, which is connected.
        receive: called with each batch.
        rush: told of each read, and whether it may have left something behind.
        may_send: called before each message. While it returns ``False``, the message waits.
        unsendable: told of a message that the socket refuses, with the channel and the error.
        pause: the seconds between two reads while few messages come, but steadily.
    """

    def __init__(
        self,
        name: str,
        socket: zmq.Socket[bytes],
        receive: Receive,
        rush: Rush | None = None,
        may_send: Callable[[], bool] = always,
        unsendable: Callable[[str, Exception], None] = ignore,
        pause: float = FLOOD_PAUSE,
    ) -> None:
        self.name = name
        self._socket = socket
        self._receive = receive
        self._rush = rush
        self._may_send = may_send
        self._unsendable = unsendable
        self._unsent: deque[Sequence[Part]] = deque()
        self.unsent_bytes = 0
        """Bytes that the kernel has not taken yet."""
        self.received = 0
        self.received_bytes = 0
        self._loop = asyncio.get_running_loop()
        self._descriptor = self._socket.fileno()
        self._readers = loop_with_readers()
        self._is_watched = self._ended = False
        self._scheduled: asyncio.Handle | None = None
        self._pace = Pace(self._loop.time(), pause)
        self._again()

    @property
    def closed(self) -> bool:
        """Whether the socket is closed, by us or by somebody else."""
        if not self._ended and self._socket.closed:
            self._end()
        return self._ended

    def send(self, multipart: Sequence[Part]) -> bool:
        """
        Send a multipart without blocking. What the socket does not take now is sent later.

        If somebody else closes the socket, :meth:`take_unsent` returns what it has not taken.

        Returns:
            ``False`` if the socket is closed already. Nothing was done then.
        """
        if self.closed:
            return False
        self._unsent.append(multipart)
        self.unsent_bytes += sum(map(len, multipart))
        self._write()
        self._again()
        return True

    @property
    def is_connected(self) -> bool:
        """Whether the socket can send now (see :func:`when_connected`)."""
        try:
            return not self._ended and bool(int(self._socket.getsockopt(zmq.EVENTS)) & zmq.POLLOUT)
        except zmq.ZMQError:
            return False
        finally:
            # This call may have used up the edge that says that there is something to read.
            self._again()

    def take_unsent(self) -> list[Sequence[Part]]:
        """Return what the socket has not taken, and forget it."""
        unsent = list(self._unsent)
        self._unsent.clear()
        self.unsent_bytes = 0
        return unsent

    def drain(self, seconds: float = SLICE) -> bool:
        """Read what has arrived, for at most ``seconds``. Returns whether that was all."""
        enough = time.monotonic() + seconds
        while not self.closed and self._read():
            if time.monotonic() >= enough:
                self._again()
                return False
        return True

    def hurry(self) -> None:
        """End the pause, because something was sent. Its answers are read as they come."""
        if self._pace.hurry() and self._wake():
            self._again()

    def catch_up(self) -> None:
        """Read now what arrived in a pause, because another channel has news that came after it."""
        # After a reply comes the request's idle.
        self._pace.hurry()
        if self._wake() and not self.closed:
            try:
                self._read()
            finally:
                self._again()

    def close(self) -> None:
        """Close the socket and forget what was not sent. May be called twice."""
        self._end()
        self.take_unsent()

    def _end(self) -> None:
        if not self._ended:
            self._ended = True
            self._watch(False)
            self._socket.close(linger=LINGER)
        self._wake()

    def _wake(self) -> bool:
        """End the pause before the next read. Returns whether there was one."""
        if self._scheduled is None:
            return False
        self._scheduled.cancel()
        self._scheduled = None
        return True

    def _watch(self, watch: bool) -> None:
        if watch != self._is_watched:
            self._is_watched = watch
            if watch:
                self._readers.add_reader(self._descriptor, self._ready)
            else:
                # By the descriptor: a socket that somebody else closed does not know its own.
                self._readers.remove_reader(self._descriptor)

    def _again(self) -> None:
        if self._scheduled is not None or self._ended:
            return
        self._watch(True)
        try:
            events = int(self._socket.getsockopt(zmq.EVENTS))
        except zmq.ZMQError:
            # Somebody else closed it, or its context ends and waits for all of its sockets.
            self._end()
            return
        if events & self._wanted():
            self._schedule(self._pace.rest(self._loop.time()))

    def _after_pause(self) -> None:
        """Read again after the pause of a stream, whatever the descriptor says until then."""
        rest = self._pace.rest(self._loop.time())
        if rest == 0.0 or self._scheduled is not None or self._ended:
            self._again()
            return
        # Without this, each read would cost two wake-ups: one for the edge, one for the timer.
        self._watch(False)
        self._schedule(rest)

    def _schedule(self, rest: float) -> None:
        self._scheduled = self._loop.call_later(rest, self._due)

    def _wanted(self) -> int:
        return zmq.POLLIN | (zmq.POLLOUT if self._unsent else 0)

    def _due(self) -> None:
        self._scheduled = None
        self._ready()

    def _ready(self) -> None:
        if self.closed or self._scheduled is not None:
            return
        had = self.received
        try:
            if self._unsent:
                self._write()
            if self._pace.rest(self._loop.time()) == 0.0:
                self._read()
        finally:
            # Also after an error of the receiver. The edge is used up, so nothing would wake us.
            if self.received > had and self._pace.is_stream:
                self._after_pause()
            else:
                self._again()

    def _write(self) -> None:
        while self._unsent and self._may_send():
            try:
                # Without a copy pyzmq makes an object of each part. That pays for large ones only.
                small = all(len(part) < LARGE for part in self._unsent[0])
                self._socket.send_multipart(self._unsent[0], zmq.NOBLOCK, copy=small)
            except zmq.Again:
                return
            except zmq.ZMQError as error:
                if self._socket.closed or error.errno in GONE:
                    # As in _again. The message can be taken back.
                    self._end()
                    return
                # It is the message. If it came back it would fail again, for ever.
                self._unsendable(self.name, error)
            self.unsent_bytes -= sum(map(len, self._unsent.popleft()))

    def _read(self) -> bool:
        """Hand on one batch. Returns whether it was full, so that there may be more."""
        batch: list[list[Part]] = []
        room = BATCH_BYTES
        try:
            while len(batch) < self._pace.most and room > 0:
                batch.append(self._receive_one())
                room -= sum(map(len, batch[-1]))
        except zmq.Again:
            full = False
        except zmq.ZMQError:
            full = False
            self._end()
        else:
            full = True
        self._pace.read(len(batch), self._loop.time(), more=full)
        try:
            if batch:
                self.received += len(batch)
                self.received_bytes += BATCH_BYTES - room
                begun = time.thread_time()
                self._receive(self.name, batch)
                self._pace.handled(len(batch), time.thread_time() - begun)
        finally:
            if self._rush is not None:
                self._rush.read(len(batch), more=full)
        return full

    def _receive_one(self) -> list[Part]:
        """Receive like ``recv_multipart``, in half the time: a frame knows whether more follow."""
        receive, parts = self._socket.recv, []
        more = True
        while more:
            frame = receive(zmq.NOBLOCK, copy=False)
            parts.append(frame.bytes if len(frame) < LARGE else frame.buffer)
            more = frame.more
        return parts
