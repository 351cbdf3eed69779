"""A stream is read with pauses. What was sent, or came on another channel, ends such a pause."""

from __future__ import annotations

import asyncio
import itertools

from jupyter_comm_broker.transport.kernel.pace import BURST, STREAM_RATE
from jupyter_comm_broker.transport.kernel.zmq_channel import ZmqChannel
from tests.transport.zmq_pairs import Batches, Sockets, numbered
from tests.until import until

LONG = 100.0
"""Seconds of a pause that no test waits for."""


class Stream:
    """A channel in the long pause of a stream, with one message that arrived in it."""

    def __init__(self, sockets: Sockets) -> None:
        self.theirs, ours = sockets.pair("inproc://stream")
        self.batches: Batches = []
        self.channel = ZmqChannel("iopub", ours, self._received, pause=LONG)
        self._numbers = itertools.count()
        self.sent: list[bytes] = []

    def _received(self, name: str, batch: list[list[bytes | memoryview]]) -> None:
        self.batches.append((name, batch))

    async def send(self) -> None:
        # Not so fast that it is a flood.
        await asyncio.sleep(5 / STREAM_RATE)
        self.sent.append(b"%d" % next(self._numbers))
        self.theirs.send(self.sent[-1])

    async def begin(self) -> None:
        for _ in range(BURST):
            await self.send()
            await until(self.has_all)
        await self.send()
        await asyncio.sleep(0.05)
        assert not self.has_all()

    def has_all(self) -> bool:
        return numbered(self.batches) == self.sent


async def test_what_arrives_in_a_pause_is_read_when_something_was_sent(sockets: Sockets) -> None:
    stream = Stream(sockets)
    await stream.begin()
    stream.channel.hurry()
    assert not stream.has_all(), "who sends is in the middle of something"
    await until(stream.has_all)
    # So are the answers that come later.
    for _ in range(BURST - 1):
        await stream.send()
        await until(stream.has_all)
    stream.channel.close()


async def test_what_arrived_in_a_pause_is_read_before_what_came_on_another_channel(
    sockets: Sockets,
) -> None:
    stream = Stream(sockets)
    await stream.begin()
    stream.channel.catch_up()
    assert stream.has_all()
    # So is what comes after it, the idle of a request.
    for _ in range(BURST - 1):
        await stream.send()
        await until(stream.has_all)
    stream.channel.close()
    stream.channel.catch_up()
    stream.channel.hurry()


async def test_a_channel_that_is_closed_in_a_pause_reads_no_more(sockets: Sockets) -> None:
    stream = Stream(sockets)
    await stream.begin()
    stream.channel.close()
    stream.channel.catch_up()
    stream.channel.hurry()
    await asyncio.sleep(0.05)
    assert not stream.has_all()
