"""A page that comes back is told what it missed and what of that was not kept."""

from __future__ import annotations

import pytest

from jupyter_comm_broker.core.limits import Limits
from jupyter_comm_broker.core.state.comm_record import Side

from ..heard import closed, set_to
from ..page import Page
from ..room import Room

STATE = {"_model_name": "N", "value": 1}


def test_a_page_that_missed_more_than_is_kept_is_told_which_comms_died_and_why_output_lacks() -> (
    None
):
    room = Room(limits=Limits(absent_bytes=100))
    page = room.page("a")
    room.kernel.opens("w", STATE)
    page.gets()
    page.detach()
    room.kernel.closes("w")
    room.kernel.prints("x" * 200)
    page.attach()
    heard = page.gets()
    [gone] = [m for m in heard if m.header.msg_type == "comm_close"]
    assert gone.content["comm_id"] == "w"
    assert b"closed while the page was away" in gone.parts[2]
    [told] = [m for m in heard if m.header.msg_type == "stream"]
    assert "CommBroker.absent_bytes = 100" in told.content["text"]
    page.detach()
    page.attach()
    assert [m for m in page.gets() if m.header.msg_type != "status"] == []


def test_who_comes_back_with_its_id_has_models_and_who_comes_with_another_has_none() -> None:
    room = Room()
    page = room.page("a")
    page.detach()
    page.attach()
    assert page.frontend.kept_models
    assert not room.page("b").frontend.kept_models


def test_what_a_program_took_counts_as_used_and_its_target_as_known() -> None:
    room = Room()
    room.kernel.opens("c", target="mine")
    room.broker.program_attached("p", room.now)
    room.broker.program_took("p", "c", room.now)
    assert room.record("c").used_by == {"p"}
    assert room.broker._parts.comms.targets.known(Side.FRONTEND, "mine")


# -- a network that is gone ------------------------------------------------------------------------


def cut(room: Room, *, keeps_up: bool = False) -> Page:
    """Return a page to which nothing comes any more, and two widgets that it knows."""
    page = room.page("a")
    page.keeps_up = keeps_up
    for comm_id in "vw":
        room.kernel.opens(comm_id, STATE)
    page.loses_network()
    return page


def happens(room: Room, page: Page) -> None:
    for value in (2, 3):
        room.kernel.updates("w", {"value": value})
        room.kernel.prints(f"{value}")
        page.gets()
    room.kernel.customs("v", "shot")
    room.kernel.closes("v")
    room.kernel.opens("n", STATE)
    page.gets()


HAPPENED = [
    set_to("w", {"value": 3}),
    ("stream", {"name": "stdout", "text": "2"}),
    ("stream", {"name": "stdout", "text": "3"}),
    ("comm_msg", {"comm_id": "v", "data": {"method": "custom", "content": "shot"}}),
    closed("v"),
    (
        "comm_open",
        {
            "comm_id": "n",
            "target_name": "jupyter.widget",
            "data": {"state": STATE, "buffer_paths": []},
        },
    ),
]


@pytest.mark.parametrize("keeps_up", [False, True])
def test_what_was_written_into_a_dead_socket_comes_again_in_order_with_states_in_one(
    keeps_up: bool,
) -> None:
    room = Room()
    page = cut(room, keeps_up=keeps_up)
    happens(room, page)
    page.detach()
    room.kernel.prints("away")
    page.comes_back()
    told = [each for each in page.hears() if each[0] != "status"]
    assert told == [*HAPPENED, ("stream", {"name": "stdout", "text": "away"})]


def test_the_same_holds_where_the_server_never_heard_of_the_end_of_the_older_socket() -> None:
    room = Room()
    page = cut(room)
    happens(room, page)
    page.comes_back()
    assert [each for each in page.hears() if each[0] != "status"] == HAPPENED


def test_a_page_is_not_told_again_what_it_confirmed() -> None:
    room = Room()
    page = cut(room)
    happens(room, page)
    page.frontend.outbox.in_flight.confirm(page.frontend.outbox.in_flight.written)
    room.kernel.prints("last")
    page.gets()
    page.detach()
    page.comes_back()
    assert page.hears() == [("stream", {"name": "stdout", "text": "last"})]


def test_a_reply_on_its_way_comes_again() -> None:
    room = Room()
    page = cut(room)
    request = page.executes("1")
    room.for_kernel()
    room.kernel.replies(request, {"status": "ok"})
    page.gets()
    page.detach()
    page.comes_back()
    assert page.hears() == [("execute_reply", {"status": "ok"})]


def test_a_comm_that_the_page_has_used_is_not_opened_to_it_again() -> None:
    room = Room()
    page = cut(room)
    room.kernel.opens("n", STATE)
    page.gets()
    page.updates("n", {"value": 5})
    page.detach()
    page.comes_back()
    assert [kind for kind, _ in page.hears()].count("comm_open") == 0


def test_each_letter_in_a_mailbox_comes_again() -> None:
    room = Room()
    page = cut(room)
    for letter in ("x", "y"):
        room.kernel.updates("w", {"box": letter})
        room.kernel.updates("w", {"box": None})
    page.gets()
    page.detach()
    page.comes_back()
    boxes = [content["data"]["state"] for kind, content in page.hears() if kind == "comm_msg"]
    assert boxes == [{"box": each} for each in ("x", None, "y", None)]


def test_a_page_on_whose_way_was_more_output_than_is_kept_is_told() -> None:
    room = Room(limits=Limits(in_flight_bytes=5_000))
    page = cut(room)
    for _ in range(10):
        room.kernel.prints("x" * 1_000)
    page.gets()
    room.kernel.closes("v")
    page.gets()
    page.detach()
    page.comes_back()
    heard = page.hears()
    assert closed("v") in heard
    assert "CommBroker.in_flight_bytes = 5000" in heard[-1][1]["text"]


def test_a_page_on_whose_way_was_more_than_is_kept_gets_states_and_learns_what_died() -> None:
    room = Room(limits=Limits(in_flight_bytes=5_000))
    page = cut(room)
    for number in range(20):
        room.kernel.customs("w", "x" * 1_000)
        room.kernel.updates("w", {"value": number})
        page.gets()
    room.kernel.closes("v")
    page.gets()
    page.detach()
    page.comes_back()
    heard = page.hears()
    assert closed("v") in heard
    assert set_to("w", {**STATE, "value": 19}) in heard
    assert "CommBroker.in_flight_bytes = 5000" in next(
        content["text"] for kind, content in heard if kind == "stream"
    )
    counters = room.broker._parts.ledger.counters
    assert (counters["given_up_absences"], counters["cut_in_flight"]) == (1, 1)


def test_the_pages_of_a_kernel_share_what_may_be_on_its_way() -> None:
    room = Room(limits=Limits(in_flight_bytes=1_000, in_flight_pages_bytes=3_000))
    pages = [room.page(name) for name in "abcd"]
    assert [page.frontend.outbox.in_flight.most for page in pages] == [750] * 4
    pages[3].detach()
    assert [page.frontend.outbox.in_flight.most for page in pages[:3]] == [1_000] * 3


def test_what_is_taken_back_of_a_page_that_was_cut_off_is_not_sent() -> None:
    room = Room(limits=Limits(outbox_cap_bytes=3_000))
    page = cut(room)
    room.kernel.prints("before")
    page.gets()
    for _ in range(5):
        room.kernel.prints("x" * 1_000)
    assert room.cut_off == ["a"]
    page.detach()
    page.comes_back()
    texts = [content["text"] for kind, content in page.hears() if kind == "stream"]
    assert len(texts) == 1
    assert "CommBroker.outbox_cap_bytes" in texts[0]
