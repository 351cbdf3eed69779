"""A page that comes back is told what it missed and what of that was not kept."""

from __future__ import annotations

from jupyter_comm_broker.core.limits import Limits
from jupyter_comm_broker.core.state.comm_record import Side

from .room import Room

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
    room.broker.program_took("p", room.record("c"), room.now)
    assert room.record("c").used_by == {"p"}
    assert room.broker.context.targets.known(Side.FRONTEND, "mine")
