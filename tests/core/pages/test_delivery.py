"""Who gets a message, in whose name, and what is kept for pages without a socket."""

from __future__ import annotations

from typing import Any

from jupyter_comm_broker.core.limits import Limits

from ..heard import closed, set_to, status
from ..room import Kernel, Room

PRINTED = 200
"""Letters in a line that is printed, so that a few fill a small budget."""


def sessions(messages: list[Any]) -> list[str]:
    return [message.header.session for message in messages]


def test_what_the_kernel_publishes_goes_to_every_page_as_it_came() -> None:
    room = Room()
    pages = [room.page("a"), room.page("b")]
    sent = room.kernel.publishes("stream", {"name": "stdout", "text": "x"}, buffers=[b"raw"])
    assert [page.gets() for page in pages] == [[sent], [sent]]


def test_what_the_broker_says_carries_the_kernels_session() -> None:
    room = Room()
    page = room.page("a")
    room.kernel.opens("w", {"value": 1})
    room.kernel.busy(page.executes())
    page.restores()
    page.sends("kernel_info_request", {})
    assert set(sessions(page.gets())) == {"kernel"}


def test_a_page_that_comes_before_the_kernel_said_anything_to_pages_hears_its_session() -> None:
    room = Room()
    page = room.page("a")
    page.restores()
    assert set(sessions(page.gets())) == {"kernel"}


def test_a_page_that_comes_after_another_got_a_reply_hears_the_kernels_session() -> None:
    room = Room()
    first = room.page("a")
    room.kernel.replies(first.sends("kernel_info_request", {}), {})
    second = room.page("b")
    second.restores()
    assert set(sessions(second.gets())) == {"kernel"}


def test_a_kernel_that_answers_with_the_pages_session_is_followed() -> None:
    # IRkernel copies the request's session into the headers of replies.
    room = Room()
    first, second = room.page("a"), room.page("b")
    room.kernel.busy(None)
    copying = Kernel(room, session="a")
    copying.replies(first.sends("kernel_info_request", {}), {})
    first.restores()
    second.restores()
    assert sessions(first.gets())[-1] == "a"
    assert sessions(second.gets())[-1] == "kernel"
    room.kernel.prints("x")
    first.restores()
    assert sessions(first.gets())[-1] == "kernel"


def away(room: Room) -> Any:
    """Return a page that was away while some things happened, and is back."""
    page = room.page("a")
    room.kernel.opens("w", {"value": 0, "other": 0})
    page.hears()
    page.detach()
    for value in (1, 2, 3):
        room.kernel.updates("w", {"value": value})
        room.kernel.prints(f"{value}\n")
    room.kernel.updates("w", {"other": 9})
    room.kernel.closes("w")
    page.attach()
    return page


def test_a_page_that_returns_gets_what_it_missed_in_order() -> None:
    missed = [
        each
        for value in (1, 2, 3)
        for each in (
            set_to("w", {"value": value}),
            ("stream", {"name": "stdout", "text": f"{value}\n"}),
        )
    ]
    assert away(Room()).hears() == [*missed, set_to("w", {"other": 9}), closed("w")]


def test_what_a_page_missed_is_merged_where_memory_asks_for_it() -> None:
    printed = [("stream", {"name": "stdout", "text": f"{value}\n"}) for value in (1, 2, 3)]
    assert away(Room(limits=Limits(outbox_high_bytes=0))).hears() == [
        set_to("w", {"value": 3, "other": 9}),
        *printed,
        closed("w"),
    ]


def test_a_page_that_stays_away_is_forgotten_after_the_grace_period() -> None:
    room = Room(limits=Limits(absent_seconds=60.0))
    page = room.page("a")
    page.detach()
    room.wait(59.0)
    assert room.broker._parts.delivery.get("a") is not None
    room.wait(1.0)
    assert room.broker._parts.delivery.get("a") is None


def absent(room: Room) -> Any:
    page = room.page("a")
    page.detach()
    return page


def test_past_its_budget_an_absent_page_loses_output_first_and_is_told() -> None:
    room = Room(limits=Limits(absent_bytes=5_000))
    page = absent(room)
    room.kernel.opens("w", {"value": 0})
    for _ in range(10):
        room.kernel.prints("x" * PRINTED)
        room.kernel.updates("w", {"value": 1})
    page.attach()
    heard = page.hears()
    assert [kind for kind, _ in heard].count("stream") < 10
    assert [each for each in heard if each[0] == "comm_open"] != []
    assert set_to("w", {"value": 1}) in heard
    told = [content["text"] for kind, content in heard if kind == "stream"]
    assert "CommBroker.absent_bytes = 5000" in told[-1]
    assert room.broker._parts.ledger.counters["dropped_output"] > 0


def test_past_its_budget_without_any_output_an_absent_page_is_given_up_and_told_what_died() -> None:
    room = Room(limits=Limits(absent_bytes=5_000))
    room.kernel.opens("dies", {"value": 0})
    page = room.page("a")
    page.restores()
    page.hears()
    page.detach()
    for number in range(20):
        room.kernel.opens(f"w{number}", {"value": "x" * PRINTED})
    assert page.frontend.outbox.bytes <= 5_000
    room.kernel.closes("dies")
    page.attach()
    heard = page.hears()
    assert closed("dies") in heard
    assert [kind for kind, _ in heard].count("comm_open") == 0
    page.restores()
    states = page.hears_states()
    assert states is not None
    assert len(states) == 20
    assert room.broker._parts.ledger.counters["given_up_absences"] == 1


def test_what_waited_when_the_socket_dropped_counts_against_the_budget_at_once() -> None:
    room = Room(limits=Limits(absent_bytes=5_000))
    page = room.page("a")
    for _ in range(20):
        room.kernel.prints("x" * PRINTED)
    page.detach()
    assert page.frontend.outbox.bytes <= 5_000


def test_a_reader_that_is_too_far_behind_is_cut_off_and_told_the_setting() -> None:
    room = Room(limits=Limits(outbox_cap_bytes=5_000))
    slow, fast = room.page("slow"), room.page("fast")
    for _ in range(30):
        room.kernel.prints("x" * PRINTED)
        fast.gets()
    assert room.cut_off == ["slow"]
    assert slow.frontend.outbox.bytes == 0
    slow.detach()
    slow.attach()
    kind, content = slow.hears()[0]
    assert kind == "stream"
    assert "CommBroker.outbox_cap_bytes = 5000" in content["text"]
    assert room.broker._parts.ledger.counters["cut_off_pages"] == 1


def test_a_slow_pages_updates_are_merged_and_a_fast_ones_are_not() -> None:
    room = Room(limits=Limits(outbox_high_bytes=1))
    slow, fast = room.page("slow"), room.page("fast")
    room.kernel.opens("w", {"a": 0, "b": 0})
    opened = [slow.hears(), fast.hears()]
    heard = []
    for value in (1, 2, 3):
        room.kernel.updates("w", {"a": value})
        heard += fast.hears()
    room.kernel.updates("w", {"b": 1})
    assert opened[0] == opened[1]
    assert heard == [set_to("w", {"a": value}) for value in (1, 2, 3)]
    assert slow.hears() == [set_to("w", {"a": 3, "b": 1})]
    assert room.broker._parts.ledger.counters["conflated"] > 0


def test_an_update_that_could_not_be_read_is_never_merged() -> None:
    room = Room(limits=Limits(outbox_high_bytes=0))
    first, second = room.page("a"), room.page("b")
    room.kernel.opens("w", {"value": 0})
    room.kernel.updates("w", {"value": 1})
    bad = room.kernel.updates("w", {}, paths=[["raw"]])
    room.kernel.updates("w", {"value": 2})
    for page in (first, second):
        messages = page.gets()
        assert [m.content["data"].get("state") for m in messages] == [
            {"value": 0},
            {"value": 1},
            {},
            {"value": 2},
        ]
        assert messages[2] is bad
    assert room.broker._parts.ledger.counters["faults"] == 0


def test_a_page_is_told_the_kernels_state_when_it_comes() -> None:
    room = Room()
    first = room.page("a")
    request = first.executes()
    room.kernel.busy(request)
    second = room.page("b")
    [told] = second.gets()
    assert (told.header.msg_type, told.content) == status("busy")
    assert told.parts[1] == request.parts[0]
    room.kernel.idle(request)
    assert room.page("c").hears() == [status("idle")]
