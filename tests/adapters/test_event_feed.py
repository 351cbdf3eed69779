"""Traffic is noted on every kernel while somebody reads it, and a while longer, and no more."""

from __future__ import annotations

import asyncio
from typing import Any

from jupyter_comm_broker.events.event import EventFilter
from jupyter_comm_broker.events.subscription import Subscription
from tests.fakes.kernel import ZmqKernel
from tests.fakes.server import Desk
from tests.until import until

ALL = EventFilter()
LIVES = EventFilter(types=["opened", "closed", "kernel"])


def reads(desk: Desk, wanted: EventFilter = ALL) -> Subscription:
    reader: Subscription = desk.broker.events.subscribe(wanted, None, lambda: None)
    return reader


def opens(kernel: ZmqKernel, comm_id: str) -> None:
    data = {"state": {"_model_name": "N"}, "buffer_paths": []}
    content = {"comm_id": comm_id, "target_name": "jupyter.widget", "data": data}
    kernel.publish("comm_open", content)


def wanted(desk: Desk) -> list[bool]:
    drivers = desk.broker.kernel_drivers.linked()
    return [each.broker._parts.comms.changes.traffic for each in drivers]


async def types(reader: Subscription, last: str) -> list[str]:
    """Take events up to one of a type."""
    told: list[str] = []

    def came() -> bool:
        told.extend(each.type for each in reader.take(1 << 30))
        return last in told

    await until(came)
    return told


async def test_lives_are_noted_always_and_traffic_for_who_reads_it(desk: Desk) -> None:
    _, kernel = await desk.starts()
    reader = reads(desk, LIVES)
    assert wanted(desk) == [False]
    opens(kernel, "a")
    assert await types(reader, "opened") == ["opened"]
    other = reads(desk)
    assert wanted(desk) == [True]
    opens(kernel, "b")
    assert await types(other, "state") == ["opened", "message", "state"]
    assert await types(reader, "opened") == ["opened"]


async def test_kernels_that_come_later_are_heard_from_their_first_word(desk: Desk) -> None:
    reader = reads(desk)
    _, kernel = await desk.starts()
    assert wanted(desk) == [True]
    opens(kernel, "a")
    assert await types(reader, "state") == ["opened", "message", "state"]


async def test_traffic_is_noted_for_a_while_after_the_last_reader_left(desk: Desk) -> None:
    await desk.starts()
    feed = desk.broker.events
    feed._linger = 0.05
    first, second = reads(desk), reads(desk)
    feed.unsubscribe(first)
    assert feed._releasing is None
    feed.unsubscribe(second)
    assert wanted(desk) == [True]
    # Who comes back in time is waited for no longer, and misses nothing.
    third = reads(desk)
    await asyncio.sleep(0.1)
    assert wanted(desk) == [True]
    feed.unsubscribe(third)
    await until(lambda: wanted(desk) == [False])
    assert not feed.journal.traffic


async def test_a_kernel_that_is_gone_is_let_go_of(desk: Desk) -> None:
    kernel_id, _ = await desk.starts()
    reader = reads(desk, EventFilter(kernel=kernel_id))
    feed: Any = desk.broker.events
    assert len(feed._wanted) == 1
    desk.broker.kernel_drivers.kernel_gone(kernel_id)
    assert feed._wanted == set()
    assert reader.ended
    assert (await types(reader, "kernel"))[-1] == "kernel"


async def test_the_end_of_the_server_ends_all_reading_and_waiting(desk: Desk) -> None:
    await desk.starts()
    feed = desk.broker.events
    reader, left = reads(desk), reads(desk)
    feed.unsubscribe(left)
    feed.unsubscribe(reads(desk))
    await desk.extension.stop_extension()
    assert reader.ended
    assert feed._releasing is None
    assert wanted(desk) == []
