"""Draining hands on what is there, one turn after the other, and never holds everybody up."""

from __future__ import annotations

import asyncio

from jupyter_comm_broker.transport.kernel.pace import BATCH
from jupyter_comm_broker.transport.kernel.zmq_channel import ZmqChannel
from tests.transport.zmq_pairs import Batches, Sockets, numbered
from tests.until import until


async def test_draining_hands_on_all_that_has_arrived_without_a_turn_of_the_loop(
    sockets: Sockets,
) -> None:
    theirs, ours = sockets.pair("inproc://drained")
    batches: Batches = []
    channel = ZmqChannel("iopub", ours, lambda name, batch: batches.append((name, batch)))
    sent = [b"%d" % number for number in range(2 * BATCH)]
    for each in sent:
        theirs.send(each)
    channel.drain()
    assert numbered(batches) == sent
    channel.close()
    channel.drain()


async def test_a_turn_of_draining_ends_in_a_flood_and_the_loop_reads_the_rest(
    sockets: Sockets,
) -> None:
    theirs, ours = sockets.pair("inproc://turns")
    batches: Batches = []
    channel = ZmqChannel("iopub", ours, lambda name, batch: batches.append((name, batch)))
    # The edge of the descriptor is used up before anything is there.
    await asyncio.sleep(0)
    sent = [b"%d" % number for number in range(3 * BATCH)]
    for each in sent:
        theirs.send(each)
    assert not channel.drain(0.0)
    assert len(numbered(batches)) == BATCH
    # As if no edge came any more.
    asyncio.get_running_loop().remove_reader(ours.fileno())
    await until(lambda: len(numbered(batches)) == len(sent))
    assert numbered(batches) == sent
    assert channel.drain(0.0)
    assert (channel.received, channel.received_bytes) == (len(sent), sum(map(len, sent)))
    channel.close()
