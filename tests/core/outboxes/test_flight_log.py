"""A log of what was written is bounded, and knows what it lacks."""

from __future__ import annotations

from jupyter_comm_broker.core.outboxes.flight_log import FlightLog
from jupyter_comm_broker.core.outboxes.kind import OVERHEAD, Item, Kind

from ..talker import Talker

KERNEL = Talker("kernel")


def item(kind: Kind = Kind.BARRIER, size: int = 0) -> Item:
    text = "x" * size
    return KERNEL.write("iopub", "comm_msg", {"comm_id": "c", "data": text}), kind, "c"


def noted(log: FlightLog, *items: Item) -> None:
    log.note(items, sum(message.size + OVERHEAD for message, _, _ in items))


def messages(log: FlightLog, number: int = 0) -> list[Item]:
    return [item for items, _ in log.since(number) for item in items]


def test_groups_are_numbered_and_forgotten_up_to_a_number() -> None:
    log, items = FlightLog(1 << 20), [item() for _ in range(4)]
    for each in items:
        noted(log, each)
    assert (log.count, messages(log), messages(log, 3), messages(log, 9)) == (
        4,
        items,
        items[3:],
        [],
    )
    log.forget(2)
    assert (len(log), log.count, messages(log)) == (2, 4, items[2:])
    log.forget(9)
    assert (len(log), log.bytes, log.count) == (0, 0, 4)


def test_past_the_bound_output_goes_first_and_the_log_says_so() -> None:
    opening, printed = item(Kind.LIFE), item(Kind.OUTPUT, 300)
    log = FlightLog(opening[0].size + OVERHEAD + printed[0].size)
    noted(log, opening)
    noted(log, printed)
    assert (log.cut_at, log.lost_at, messages(log)) == (2, 0, [opening])
    assert log.bytes == opening[0].size + OVERHEAD


def test_where_output_is_not_enough_the_oldest_goes_down_to_half() -> None:
    items = [item(size=100) for _ in range(9)]
    log = FlightLog(8 * (items[0][0].size + OVERHEAD) + 50)
    for each in items:
        noted(log, each)
    assert log.lost_at > 0
    assert log.cut_at == 0
    assert log.bytes <= log.most // 2
    kept = messages(log)
    assert kept == items[-len(kept) :] != []


def test_without_a_bound_nothing_is_kept() -> None:
    log = FlightLog()
    noted(log, item())
    assert (len(log), log.count) == (0, 0)
