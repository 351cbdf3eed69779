"""Sums over a server's kernels never fall, also when a kernel is gone."""

from __future__ import annotations

from jupyter_comm_broker.events.event import EventFilter
from tests.fakes.server import Desk
from tests.until import until


async def test_a_kernel_that_is_gone_stays_counted_and_is_there_no_more(desk: Desk) -> None:
    kernel_id, kernel = await desk.starts()
    kernel.publish("comm_open", {"comm_id": "c", "target_name": "t", "data": {}})
    metrics_totals = desk.extension.services.kernels.metrics_totals
    await until(lambda: metrics_totals.tally().now["comms"] == 1)
    counted = metrics_totals.tally().counted["messages_from_kernel"]
    desk.broker.kernel_drivers.kernel_gone(kernel_id)
    tally = metrics_totals.tally()
    assert (tally.now["kernels"], tally.now["comms"]) == (0, 0)
    assert tally.counted["messages_from_kernel"] == counted == 1


async def test_readers_of_events_are_counted_also_after_they_left(desk: Desk) -> None:
    feed, metrics_totals = desk.broker.events, desk.extension.services.kernels.metrics_totals
    reader = feed.subscribe(EventFilter(types=["opened"]), "nothing", lambda: None)
    found = metrics_totals.tally()
    assert (found.now["event_readers"], found.counted["event_resyncs"]) == (1, 1)
    feed.unsubscribe(reader)
    found = metrics_totals.tally()
    assert (found.now["event_readers"], found.counted["event_resyncs"]) == (0, 1)
