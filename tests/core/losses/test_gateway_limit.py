"""What a gateway drops above its rate limit is doubted, and pages are told what to do about it."""

from __future__ import annotations

from ..room import Room


def test_pages_are_told_and_everything_is_doubted_now_and_once_more() -> None:
    room = Room()
    page = room.page("a")
    room.kernel.opens("w", {"value": 1})
    cell = page.executes()
    room.kernel.busy(cell)
    page.gets()
    room.broker.gateway_limited(cell.parts[0], room.now)
    room.settle()
    [notice] = page.gets()
    assert (notice.header.msg_type, notice.parent.msg_id) == ("stream", cell.header.msg_id)
    assert "limit_rate=False" in notice.content["text"]
    assert room.record("w").dirty_because
    # Meanwhile the kernel answers, and the gateway goes on dropping.
    room.kernel.updates("w", {"value": 2})
    room.broker._parts.comms.registry.judge(room.record("w"), room.record("w").knowledge)
    room.wait(4.0)
    assert room.record("w").dirty_because
    assert room.broker._parts.ledger.counters["gateway_limit_reached"] == 1
