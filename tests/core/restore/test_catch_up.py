"""A page that is building models is told again what changed meanwhile (rules 6 and 24)."""

from __future__ import annotations

from typing import Any

from jupyter_comm_broker.core.limits import Limits

from ..heard import closed, custom, set_to
from ..page import Page
from ..room import Room


def restored(
    state: dict[str, Any] | None = None, limits: Limits | None = None
) -> tuple[Room, Page]:
    room = Room(limits=limits)
    room.kernel.opens("w", state or {"value": 0, "other": 0})
    page = room.page("a")
    page.restores()
    page.gets()
    return room, page


def test_changes_are_repeated_merged_at_each_moment_and_then_no_more() -> None:
    room, page = restored()
    room.kernel.updates("w", {"value": 1})
    room.kernel.updates("w", {"value": 2, "other": 2})
    page.gets()
    heard = []
    for _ in range(20):
        room.wait(0.5)
        heard += [(room.now, each) for each in page.hears()]
    update = set_to("w", {"value": 2, "other": 2})
    assert [at for at, _ in heard] == [0.5, 1.0, 3.0, 8.0]
    assert [sorted(content["data"]["state"].items()) for _, (_, content) in heard] == [
        sorted(update[1]["data"]["state"].items())
    ] * 4
    later = room.broker.next_due()
    assert later is None or later >= 60.0


def test_nothing_is_repeated_if_nothing_changed() -> None:
    room, page = restored()
    room.wait(20.0)
    assert page.gets() == []


def test_a_custom_message_and_what_follows_it_wait_for_the_models() -> None:
    room, page = restored()
    room.kernel.customs("w", 1)
    room.kernel.updates("w", {"value": 1})
    room.kernel.customs("w", 2)
    room.wait(0.9)
    assert page.gets() == []
    room.wait(0.1)
    heard = page.hears()
    assert heard[:3] == [custom("w", 1), set_to("w", {"value": 1}), custom("w", 2)]


def test_a_comm_that_was_opened_live_is_not_held_up() -> None:
    room, page = restored()
    room.kernel.opens("v", {"value": 1})
    room.kernel.customs("v", 1)
    assert [kind for kind, _ in page.hears()] == ["comm_open", "comm_msg"]


def test_a_page_that_uses_a_model_has_it() -> None:
    room, page = restored()
    room.kernel.customs("w", 1)
    page.updates("w", {"value": 5})
    assert page.hears() == [custom("w", 1)]
    room.kernel.customs("w", 2)
    assert page.hears() == [custom("w", 2)]


def test_a_close_does_not_overtake_what_is_held() -> None:
    room, page = restored()
    room.kernel.customs("w", 1)
    room.kernel.closes("w")
    room.wait(20.0)
    assert page.hears() == [custom("w", 1), closed("w")]


def test_a_comm_that_is_opened_again_while_its_customs_are_held_comes_in_order() -> None:
    room, page = restored()
    room.kernel.customs("w", 1)
    room.kernel.closes("w")
    room.kernel.opens("w", {"value": 9})
    room.wait(1.0)
    assert [kind for kind, _ in page.hears()][:3] == ["comm_msg", "comm_close", "comm_open"]


def test_more_than_fits_is_not_held_back_but_sent_in_order() -> None:
    room, page = restored(limits=Limits(hold_custom_bytes=1_000))
    room.kernel.customs("w", 1)
    assert page.gets() == []
    room.kernel.customs("w", "x" * 1_000)
    room.kernel.customs("w", 3)
    assert page.hears() == [custom("w", 1), custom("w", "x" * 1_000), custom("w", 3)]


def test_other_pages_are_not_held_up() -> None:
    room, _ = restored()
    other = room.page("b")
    room.kernel.customs("w", 1)
    assert other.hears() == [custom("w", 1)]


def test_what_is_held_is_kept_for_a_page_that_drops_out() -> None:
    room, page = restored()
    room.kernel.customs("w", 1)
    page.detach()
    page.attach()
    assert page.hears() == [custom("w", 1)]
    room.kernel.updates("w", {"value": 1})
    page.gets()
    room.wait(20.0)
    assert page.gets() == []


def test_no_record_of_changes_outlives_the_pages() -> None:
    room, page = restored()
    page.restores()
    page.restores()
    assert len(room.broker._parts.comms.mirror.watched) == 4
    room.wait(2000.0)  # the check of what the page was given ends, though nobody answers it
    assert len(room.broker._parts.comms.mirror.watched) == 1
    page.restores()
    page.detach()
    assert len(room.broker._parts.comms.mirror.watched) == 1
