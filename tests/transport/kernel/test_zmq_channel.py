"""A channel reads in fair batches, misses no wake-up and keeps what cannot be sent yet."""

from __future__ import annotations

import asyncio
import select
import time

from jupyter_comm_broker.protocol.message import Part
from jupyter_comm_broker.transport.kernel.pace import BATCH, BURST, FLOOD_PAUSE, LEAST, TURN
from jupyter_comm_broker.transport.kernel.zmq_channel import BATCH_BYTES, ZmqChannel
from tests.transport.descriptors import open_descriptors
from tests.transport.zmq_pairs import Batches, Sockets, numbered
from tests.until import until


async def test_a_flood_is_read_in_batches_whole_and_in_order(
    sockets: Sockets,
) -> None:
    # inproc, so that everything is there before the channel looks for the first time.
    theirs, ours = sockets.pair("inproc://flood")
    sent = [b"%d" % number for number in range(2 * BATCH + 50)]
    for each in sent:
        theirs.send(each)
    batches: Batches = []
    channel = ZmqChannel("iopub", ours, lambda name, batch: batches.append((name, batch)))
    await until(lambda: len(numbered(batches)) >= len(sent))
    assert numbered(batches) == sent
    assert [(name, len(batch)) for name, batch in batches] == [
        ("iopub", BATCH),
        ("iopub", BATCH),
        ("iopub", 50),
    ]
    channel.close()


async def test_a_flood_that_never_ends_does_not_keep_another_channel_from_its_turn(
    sockets: Sockets,
) -> None:
    theirs, flooded = sockets.pair("inproc://flood")
    quiet_end, quiet = sockets.pair("inproc://quiet")
    turns: list[str] = []
    heard = asyncio.Event()

    def flood(name: str, batch: list[list[Part]]) -> None:
        turns.append(name)
        assert len(turns) < 100, "the other channel had no turn"
        if not heard.is_set():
            for multipart in batch:
                theirs.send_multipart(multipart)

    def listen(name: str, batch: list[list[Part]]) -> None:
        turns.append(name)
        heard.set()

    for _ in range(2 * BATCH):
        theirs.send(b"more")
    quiet_end.send(b"hello")
    channels = [ZmqChannel("flooded", flooded, flood), ZmqChannel("quiet", quiet, listen)]
    await asyncio.wait_for(heard.wait(), 10)
    assert turns.index("quiet") <= 2
    for channel in channels:
        channel.close()


async def test_what_takes_long_to_handle_is_read_in_smaller_batches_and_then_in_larger_ones_again(
    sockets: Sockets,
) -> None:
    theirs, ours = sockets.pair("inproc://slow")
    for number in range(4 * BATCH):
        theirs.send(b"%d" % number)
    sizes: list[int] = []

    def handle(name: str, batch: list[list[Part]]) -> None:
        sizes.append(len(batch))
        busy_until = time.thread_time() + (100 * TURN if len(sizes) == 1 else 0.0)
        while time.thread_time() < busy_until:
            pass

    channel = ZmqChannel("iopub", ours, handle)
    await until(lambda: sum(sizes) == 4 * BATCH)
    assert sizes[0] == BATCH
    # Many pages need large batches, so it does not go down to single messages.
    assert sizes[1] == LEAST
    assert max(sizes[2:]) == BATCH
    channel.close()


async def test_large_parts_are_neither_copied_nor_read_many_at_a_time(sockets: Sockets) -> None:
    theirs, ours = sockets.pair("inproc://large")
    for _ in range(3):
        theirs.send_multipart([b"small", bytes(BATCH_BYTES)])
    batches: Batches = []
    channel = ZmqChannel("iopub", ours, lambda name, batch: batches.append((name, batch)))
    await until(lambda: len(batches) == 3)
    (small, large), *_ = batches[0][1]
    assert (small, type(large), len(large)) == (b"small", memoryview, BATCH_BYTES)
    channel.send([b"a", large])
    got = await asyncio.to_thread(theirs.recv_multipart)
    assert got == [b"a", bytes(BATCH_BYTES)]
    channel.close()


async def test_a_flood_in_drops_is_read_in_gulps(sockets: Sockets) -> None:
    theirs, ours = sockets.pair("inproc://drops")
    batches: Batches = []
    channel = ZmqChannel("iopub", ours, lambda name, batch: batches.append((name, batch)))
    loop = asyncio.get_running_loop()
    begun = loop.time()
    for number in range(1_000):
        theirs.send(b"%d" % number)
        await asyncio.sleep(0)
    await until(lambda: len(numbered(batches)) == 1_000)
    assert numbered(batches) == [b"%d" % number for number in range(1_000)]
    # The first few are not kept waiting; without gulps all would be as small as they are.
    assert max(len(batch) for _, batch in batches[:3]) <= 3
    # However slow the machine is, there is a pause before each read but those.
    assert len(batches) <= BURST + (loop.time() - begun) / FLOOD_PAUSE + 1
    channel.close()


async def test_a_message_that_arrives_just_before_a_send_is_not_overslept(
    sockets: Sockets,
) -> None:
    theirs, ours = sockets.pair()
    batches: Batches = []
    channel = ZmqChannel("shell", ours, lambda name, batch: batches.append((name, batch)))
    descriptor = ours.fileno()
    for number in range(50):
        theirs.send(b"%d" % number)
        # The loop does not run here: the edge is there, and the send below swallows it.
        assert select.select([descriptor], [], [], 10)[0]
        channel.send([b"a request"])
        await until(lambda number=number: len(numbered(batches)) == number + 1)  # type: ignore[misc]
        assert theirs.recv_multipart() == [b"a request"]
    assert numbered(batches) == [b"%d" % number for number in range(50)]
    channel.close()


async def test_a_receiver_that_sends_from_within_hears_every_answer(
    sockets: Sockets,
) -> None:
    theirs, ours = sockets.pair()
    batches: Batches = []

    def answer(name: str, batch: list[list[Part]]) -> None:
        for multipart in batch:
            answers.send(multipart)

    def ask_again(name: str, batch: list[list[Part]]) -> None:
        batches.append((name, batch))
        for multipart in batch:
            channel.send([b"%d" % (int(multipart[0]) + 1)])

    answers = ZmqChannel("kernel", theirs, answer)
    channel = ZmqChannel("shell", ours, ask_again)
    channel.send([b"0"])
    await until(lambda: len(numbered(batches)) > 500)
    channel.close()
    answers.close()


async def test_what_the_other_end_does_not_take_waits_is_counted_and_goes_in_order(
    sockets: Sockets,
) -> None:
    theirs, ours = sockets.pair("inproc://slow", high_water_mark=2)
    channel = ZmqChannel("shell", ours, lambda name, batch: None)
    sent = [[b"%03d" % number, b"x" * 97] for number in range(50)]
    for multipart in sent:
        channel.send(multipart)
    waiting = channel.unsent_bytes
    assert 0 < waiting < 5_000
    assert waiting % 100 == 0
    got: list[list[bytes]] = []

    def took_all() -> bool:
        while theirs.poll(0):
            got.append(theirs.recv_multipart())
        return len(got) == len(sent)

    await until(took_all)
    assert got == sent
    assert channel.unsent_bytes == 0
    channel.close()


async def test_a_channel_may_be_closed_twice_from_within_a_batch_and_used_after(
    sockets: Sockets,
) -> None:
    theirs, ours = sockets.pair()
    batches: Batches = []

    def close(name: str, batch: list[list[Part]]) -> None:
        batches.append((name, batch))
        channel.close()

    channel = ZmqChannel("shell", ours, close)
    theirs.send(b"the last word")
    await until(lambda: batches)
    channel.close()
    channel.send([b"too late"])
    assert (ours.closed, channel.unsent_bytes) == (True, 0)


async def test_a_closed_channel_gives_back_its_descriptors_and_forgets_what_waited(
    sockets: Sockets,
) -> None:
    theirs, ours = sockets.pair()
    # The connection stands, so that all of its descriptors are counted.
    ours.send(b"hello")
    assert theirs.recv() == b"hello"
    before = open_descriptors()
    for _ in range(20):
        theirs, ours = sockets.pair()
        channel = ZmqChannel("shell", ours, lambda name, batch: None)
        channel.send([b"hello"])
        assert await until(lambda theirs=theirs: theirs.poll(0))  # type: ignore[misc]
        channel.close()
        theirs.close(linger=0)
    # The sockets are closed by a thread of ZeroMQ, soon.
    await until(lambda: open_descriptors() <= before)


async def test_a_receiver_that_fails_costs_its_batch_and_not_the_channel(
    sockets: Sockets,
) -> None:
    theirs, ours = sockets.pair("inproc://failing")
    for number in range(BATCH + 1):
        theirs.send(b"%d" % number)
    reported: list[str] = []
    asyncio.get_running_loop().set_exception_handler(
        lambda _, report: reported.append(str(report.get("exception")))
    )
    batches: Batches = []

    def fail_once(name: str, batch: list[list[Part]]) -> None:
        if not reported:
            raise RuntimeError("no")
        batches.append((name, batch))

    channel = ZmqChannel("iopub", ours, fail_once)
    await until(lambda: batches)
    assert (numbered(batches), reported) == ([b"%d" % BATCH], ["no"])
    channel.close()
