"""Absent pages are waited for within bytes and time, and learn it when they were given up."""

from __future__ import annotations

from typing import Any

from jupyter_comm_broker.core.limits import Limits
from jupyter_comm_broker.protocol.alias import alias

from ..heard import closed, set_to
from ..page import Page
from ..room import Room

STATE = {"_model_name": "N", "value": 1}


def gone(room: Room, count: int) -> list[Page]:
    """Return pages that went away one after the other."""
    pages = [room.page(f"p{number}") for number in range(count)]
    for page in pages:
        page.gets()
        room.wait(0.01)
        page.detach()
    return pages


def texts(heard: list[tuple[str, Any]]) -> list[str]:
    return [content["text"] for kind, content in heard if kind == "stream"]


def test_a_hundred_pages_are_waited_for_and_a_message_is_kept_once_for_all() -> None:
    room = Room()
    pages = gone(room, 100)
    room.kernel.opens("c", target="t")
    once = room.broker._parts.delivery.waiting.bytes
    room.kernel.closes("c")
    assert room.broker._parts.delivery.waiting.bytes < 3 * once
    for page in (pages[0], pages[99]):
        page.attach()
        assert [kind for kind, _ in page.hears()] == ["comm_open", "comm_close"]


def test_who_is_away_longest_is_given_up_first_counted_logged_and_told() -> None:
    room = Room(limits=Limits(absent_bytes=6_000))
    room.kernel.opens("dies", STATE)
    room.kernel.opens("w", STATE)
    first, last = gone(room, 2)
    for _ in range(2):
        room.kernel.customs("w", "x" * 200)
    room.wait(1.0)
    last.attach()
    last.hears()
    last.detach()
    room.kernel.updates("w", {"value": 7})
    room.kernel.closes("dies")
    customs = 0
    while not room.broker._parts.ledger.counters["given_up_absences"]:
        room.kernel.customs("w", "x" * 200)
        customs += 1
    assert [alias("p0") in line.text for line in room.log] == [True]
    last.attach()
    assert len([1 for kind, _ in last.hears() if kind == "comm_msg"]) == 1 + customs
    first.attach()
    heard = first.hears()
    assert closed("dies") in heard
    assert set_to("w", {**STATE, "value": 7}) in heard
    assert "CommBroker.absent_bytes = 6000" in texts(heard)[0]
    assert [kind for kind, _ in heard].count("comm_msg") == 1


def test_what_pages_missed_alone_counts_for_all_of_them_together() -> None:
    room = Room(limits=Limits(absent_pages_bytes=6_000))
    pages = gone(room, 3)
    for page in pages:
        frontend = page.frontend
        for _ in range(3):
            message = room.kernel.write("shell", "execute_reply", {"x": "x" * 200})
            room.broker._parts.delivery.give(frontend, message)
    assert room.broker._parts.delivery.waiting.bytes <= 6_000
    assert pages[0].frontend.given_up
    assert not pages[2].frontend.given_up


def test_what_one_page_misses_alone_comes_in_order_with_what_all_miss() -> None:
    room = Room()
    page = room.page("a")
    request = page.executes("1")
    room.for_kernel()
    page.gets()
    page.detach()
    room.kernel.prints("1")
    room.kernel.replies(request, {"status": "ok"})
    room.kernel.prints("2")
    page.attach()
    assert [kind for kind, _ in page.hears()] == ["stream", "execute_reply", "stream"]


def test_a_page_that_stayed_away_too_long_is_remembered_and_told_what_it_missed() -> None:
    room = Room(limits=Limits(absent_seconds=60.0))
    room.kernel.opens("dies", STATE)
    room.kernel.opens("w", STATE)
    (page,) = gone(room, 1)
    room.wait(100.0)
    assert len(list(room.broker._parts.delivery)) == 0
    room.kernel.closes("dies")
    room.kernel.updates("w", {"value": 2})
    page.attach()
    assert page.frontend.kept_models
    heard = page.hears()
    assert closed("dies") in heard
    assert set_to("w", {**STATE, "value": 2}) in heard
    assert "CommBroker.absent_seconds = 60" in texts(heard)[0]
    assert room.broker._parts.ledger.counters["forgotten_absences"] == 1


def test_a_page_that_missed_nothing_in_all_that_time_is_told_nothing() -> None:
    room = Room(limits=Limits(absent_seconds=60.0))
    room.kernel.opens("w", STATE)
    (page,) = gone(room, 1)
    room.wait(100.0)
    page.attach()
    assert page.hears() == []
    assert page.frontend.kept_models


def test_so_many_ids_are_remembered_and_no_more() -> None:
    room = Room(limits=Limits(absent_seconds=1.0, remembered_absences=2))
    pages = gone(room, 3)
    room.wait(10.0)
    room.kernel.prints("x")
    for page, told in zip(pages, (0, 1, 1), strict=True):
        page.attach()
        assert len(texts(page.hears())) == told


def test_once_all_are_given_up_nothing_is_kept() -> None:
    room = Room(limits=Limits(absent_bytes=2_000))
    gone(room, 2)
    for _ in range(50):
        room.kernel.customs("w", "x" * 200)
    assert room.broker._parts.delivery.waiting.bytes == 0
    assert room.broker._parts.ledger.counters["given_up_absences"] == 2


def test_a_repair_for_all_but_one_absent_page_is_not_given_to_that_one() -> None:
    room = Room()
    one, other = gone(room, 2)
    message = room.kernel.write("iopub", "stream", {"name": "stdout", "text": "x"})
    room.broker._parts.delivery.fan_out(message, besides="p0")
    room.kernel.prints("y")
    for page, heard in ((one, ["y"]), (other, ["x", "y"])):
        page.attach()
        assert texts(page.hears()) == heard
