"""What was written comes back when the socket is gone, unless the page is known to have it."""

from __future__ import annotations

from itertools import islice
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_comm_broker.core.outboxes.in_flight import InFlight, SharedLog
from jupyter_comm_broker.core.outboxes.kind import OVERHEAD, Item, Kind
from jupyter_comm_broker.protocol.message import Message

from ..talker import Talker

KERNEL = Talker("kernel")


def item(kind: Kind = Kind.BARRIER, size: int = 0) -> Item:
    text = "x" * size
    return KERNEL.write("iopub", "comm_msg", {"comm_id": "c", "data": text}), kind, "c"


def bytes_of(*items: Item) -> int:
    return sum(message.size + OVERHEAD for message, _, _ in items)


def noted(in_flight: InFlight, *items: Item) -> None:
    in_flight.note(items, bytes_of(*items))


def test_what_is_confirmed_does_not_come_back_and_the_rest_does_in_order() -> None:
    in_flight, items = InFlight(1 << 20), [item() for _ in range(5)]
    noted(in_flight, *items[:2])
    noted(in_flight, items[2])
    number = in_flight.written
    noted(in_flight, *items[3:])
    in_flight.confirm(number)
    assert not in_flight.is_settled
    assert in_flight.bytes == bytes_of(*items[3:])
    assert in_flight.take_back() == items[3:]
    assert (in_flight.bytes, in_flight.is_settled, in_flight.take_back()) == (0, True, [])


def test_an_older_sign_confirms_nothing_newer() -> None:
    in_flight = InFlight(1 << 20)
    noted(in_flight, item())
    in_flight.take_back()
    noted(in_flight, last := item())
    in_flight.confirm(1)
    assert in_flight.take_back() == [last]


def test_past_the_bound_output_goes_and_is_known_to_lack_until_the_page_proves_otherwise() -> None:
    opening, printed = item(Kind.LIFE), [item(Kind.OUTPUT, 300) for _ in range(3)]
    in_flight = InFlight(bytes_of(opening, *printed) - 1)
    for each in (opening, *printed):
        noted(in_flight, each)
    assert (in_flight.lacks_output, in_flight.lacks_more) == (True, False)
    assert in_flight.bytes == bytes_of(opening)
    noted(in_flight, item())
    in_flight.confirm(4)
    assert not in_flight.lacks_output
    assert len(in_flight.take_back()) == 1


def test_where_output_is_not_enough_the_oldest_goes_down_to_half() -> None:
    items = [item(size=100) for _ in range(9)]
    in_flight = InFlight(bytes_of(*items[:8]))
    for each in items:
        noted(in_flight, each)
    assert in_flight.lacks_more
    assert in_flight.bytes <= in_flight.most // 2
    kept = in_flight.take_back()
    assert kept == items[-len(kept) :] != []
    assert not in_flight.lacks_more


def test_one_message_beyond_the_bound_is_not_kept_and_lacks() -> None:
    in_flight = InFlight(1_000)
    noted(in_flight, item(size=2_000))
    assert (len(in_flight), in_flight.bytes, in_flight.lacks_more) == (0, 0, True)
    in_flight.confirm(in_flight.written)
    assert not in_flight.lacks_more


FRAMED = 10
"""The bytes that a message takes on the wire in these tests, besides its own."""


def on_wire(message: Message) -> int:
    return message.size + FRAMED


@pytest.mark.parametrize("groups", [[1, 1, 1], [3], [2, 1], [1, 2]])
@pytest.mark.parametrize("shares", [False, True])
def test_but_for_the_last_bytes_everything_can_be_confirmed(
    groups: list[int], shares: bool
) -> None:
    items = [item(size=100) for _ in range(3)]
    one = on_wire(items[0][0])
    for unsure, left in ((0, 0), (1, 1), (one, 1), (one + 1, 2), (10 * one, 3)):
        log, in_flight = SharedLog(1 << 20), InFlight(1 << 20)
        if shares:
            in_flight.share(log)
        rest = iter(items)
        for count in groups:
            written = list(islice(rest, count))
            (log if shares else in_flight).note(written, bytes_of(*written))
        in_flight.confirm_all_but(unsure, on_wire)
        # Once more, as where a page says goodbye and then its socket ends.
        in_flight.confirm_all_but(10 * one, on_wire)
        assert in_flight.take_back() == items[3 - left :]
        # The next socket begins anew.
        noted(in_flight, items[0])
        assert in_flight.take_back() == [items[0]]


def test_of_a_group_that_was_shortened_meanwhile_nothing_is_taken_for_arrived() -> None:
    printed, opening = item(Kind.OUTPUT, 500), item(Kind.LIFE)
    in_flight = InFlight(bytes_of(printed, opening))
    noted(in_flight, printed, opening)
    in_flight.confirm_all_but(1, on_wire)
    noted(in_flight, last := item())
    assert in_flight.take_back() == [opening, last]


def test_what_pages_share_is_kept_once_until_each_of_them_has_it() -> None:
    log, first, second = SharedLog(1 << 20), InFlight(1 << 20), InFlight(1 << 20)
    noted(first, item())
    first.share(log)
    items = [item() for _ in range(3)]
    log.note(items[:1], bytes_of(items[0]))
    second.share(log)
    log.note(items[1:], bytes_of(*items[1:]))
    assert (first.written, second.written) == (3, 1)
    first.confirm(3)
    assert (len(log), first.is_settled, second.is_settled) == (1, True, False)
    assert second.take_back() == items[1:]
    first.confirm(3)
    assert len(log) == 0


def test_what_a_socket_did_not_take_is_not_on_its_way() -> None:
    log, in_flight = SharedLog(1 << 20), InFlight(1 << 20)
    in_flight.share(log)
    taken, refused = item(), item()
    log.note([taken], bytes_of(taken))
    log.note([refused], bytes_of(refused))
    in_flight.go_alone(without_last=True)
    assert (in_flight.written, in_flight.take_back()) == (1, [taken])


def test_what_the_shared_log_gave_up_is_lacked_by_those_who_shared_then() -> None:
    log, before, later = SharedLog(bytes_of(item()) + 10), InFlight(1 << 20), InFlight(1 << 20)
    before.share(log)
    for _ in range(3):
        log.note([item()], bytes_of(item()))
    later.share(log)
    assert (before.lacks_more, later.lacks_more) == (True, False)
    before.go_alone()
    later.go_alone()
    assert (before.lacks_more, before.written, later.lacks_more) == (True, 3, False)
    before.confirm(3)
    assert not before.lacks_more


def test_what_is_taken_back_is_not_held_to_the_bound_once_more() -> None:
    own, shared = [item(), item()], [item()]
    log, in_flight = SharedLog(bytes_of(*own)), InFlight(bytes_of(*own))
    for each in own:
        noted(in_flight, each)
    in_flight.share(log)
    log.note(shared, bytes_of(*shared))
    assert not in_flight.lacks_more
    assert in_flight.take_back() == own + shared
    assert (in_flight.bytes, in_flight.is_settled, in_flight.lacks_more) == (0, True, False)


def test_without_a_bound_nothing_is_kept() -> None:
    in_flight = InFlight()
    noted(in_flight, item())
    assert (len(in_flight), in_flight.written, in_flight.is_settled) == (0, 0, True)


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("write"), st.lists(st.sampled_from(Kind), min_size=1, max_size=3)),
        st.tuples(st.just("confirm"), st.integers(0, 30)),
        st.tuples(st.sampled_from(["break", "share", "go alone", "fall behind"]), st.none()),
        st.tuples(st.just("others confirm"), st.none()),
    ),
    max_size=40,
)


@given(STEPS, st.sampled_from([1_500, 4_000, 1 << 20]))
def test_what_may_lack_comes_back_or_is_said_to_lack(steps: list[Any], most: int) -> None:
    log, other, in_flight = SharedLog(most), InFlight(most), InFlight(most)
    other.share(log)
    unconfirmed: list[list[Message]] = []
    confirmed, sharing = 0, False
    for step, what in [*steps, ("break", None)]:
        if step == "write":
            items = [item(kind) for kind in what]
            size = bytes_of(*items)
            log.note(items, size)
            if not sharing:
                in_flight.note(items, size)
            unconfirmed.append([message for message, _, _ in items])
        elif step == "confirm":
            number = min(what, in_flight.written)
            in_flight.confirm(number)
            del unconfirmed[: max(0, number - confirmed)]
            confirmed = max(confirmed, number)
        elif step == "others confirm":
            other.confirm(other.written)
        elif step == "share" and not sharing:
            in_flight.share(log)
            sharing = True
        elif step == "go alone":
            in_flight.go_alone()
            sharing = False
        elif step == "fall behind" and sharing:
            log.note([item()], bytes_of(item()))
            in_flight.go_alone(without_last=True)
            sharing = False
        elif step == "break":
            lacks = in_flight.lacks_output or in_flight.lacks_more
            back = [message for message, _, _ in in_flight.take_back()]
            written = [message for group in unconfirmed for message in group]
            assert [message for message in written if message in back] == back
            assert lacks or back == written
            unconfirmed.clear()
            confirmed, sharing = in_flight.written, False
        assert in_flight.bytes <= most
        assert in_flight.is_settled == (not unconfirmed)
        assert log.bytes <= most
    if not sharing:
        other.confirm(other.written)
        assert (len(log), log.bytes) == (0, 0)
