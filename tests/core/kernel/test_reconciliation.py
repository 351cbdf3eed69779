"""Live messages are trusted before answers, and answers before the mirror."""

from __future__ import annotations

from typing import Any

from jupyter_comm_broker.core.state.comm_record import Side
from jupyter_comm_broker.protocol.json_text import loads
from jupyter_comm_broker.protocol.message import Message
from jupyter_comm_broker.protocol.widget import CONTROL_TARGET, WIDGET_TARGET

from ..heard import custom
from ..room import Room
from ..truth import CHECK_AFTER

STATE = {"_model_name": "N", "value": 1}


def asking() -> tuple[Room, Message]:
    """Return a room in which the kernel was just asked which comms there are."""
    room = Room(running=True)
    [listing] = room.for_kernel()
    return room, listing


def replies(room: Room, listing: Message, **targets: str) -> None:
    comms = {comm_id: {"target_name": name} for comm_id, name in targets.items()}
    room.kernel.replies(listing, {"status": "ok", "comms": comms})


def test_comms_that_were_there_before_us_are_noted() -> None:
    room, listing = asking()
    replies(room, listing, w=WIDGET_TARGET, c="other", left_over=CONTROL_TARGET)
    found = {r.comm_id: (r.target_name, r.opened_by) for r in room.broker._parts.comms.registry}
    assert found == {"w": (WIDGET_TARGET, Side.UNKNOWN), "c": ("other", Side.UNKNOWN)}


def test_a_comm_that_was_heard_of_first_gets_its_target_and_is_asked_about() -> None:
    room, listing = asking()
    room.kernel.customs("w", 1)
    replies(room, listing, w=WIDGET_TARGET)
    [asked] = room.for_kernel()
    assert (room.record("w").target_name, asked.comm.comm_id) == (WIDGET_TARGET, "w")


def test_a_comm_that_was_closed_meanwhile_stays_closed() -> None:
    room, listing = asking()
    room.kernel.opens("w", STATE)
    room.kernel.closes("w")
    replies(room, listing, w=WIDGET_TARGET)
    assert len(room.broker._parts.comms.registry) == 0


def test_a_comm_that_was_opened_while_we_asked_stays_open() -> None:
    room, listing = asking()
    room.kernel.opens("w", STATE)
    replies(room, listing)
    assert room.mirrored("w") == STATE


def test_a_comm_that_a_page_opened_and_the_kernel_has_not_come_to_stays_open() -> None:
    room = Room()
    page = room.page("a")
    page.opens("w", WIDGET_TARGET, {"state": STATE})
    room.kernel.sends("unknown", {})
    room.wait(10.0)
    *_, listing = [m for m in room.for_kernel() if m.header.msg_type == "comm_info_request"]
    replies(room, listing)
    assert "w" in room.broker._parts.comms.registry


def heard_of_a_comm_of_another_client() -> tuple[Room, Message]:
    """The kernel answers a client that is connected past us, on a comm that we never saw."""
    room = Room()
    room.kernel.sends("theirs", {"method": "something"})
    [listing] = room.for_kernel()
    return room, listing


def test_another_clients_control_comm_is_none_of_ours() -> None:
    room, listing = heard_of_a_comm_of_another_client()
    replies(room, listing, theirs=CONTROL_TARGET)
    assert len(room.broker._parts.comms.registry) == 0
    assert room.broker._parts.comms.registry.complete


def test_a_comm_that_was_closed_before_its_name_was_learned_does_not_stay() -> None:
    room, listing = heard_of_a_comm_of_another_client()
    replies(room, listing)
    assert len(room.broker._parts.comms.registry) == 0


def test_buffers_of_an_answer_go_where_they_belong() -> None:
    room, listing = asking()
    ids = [f"w{number}" for number in range(25)]
    replies(room, listing, **dict.fromkeys(ids, WIDGET_TARGET))
    _, request = room.for_kernel()
    states: dict[str, Any] = {comm_id: {"state": {"n": [None]}} for comm_id in ids}
    paths = [["w3", "state", "n", 0], ["w7", "state", "raw"]]
    data = {"method": "update_states", "states": states, "buffer_paths": paths}
    room.kernel.sends(request.comm.comm_id, data, request, buffers=[b"three", b"seven"])
    written = {}
    for comm_id in ("w3", "w7", "w8"):
        state = room.record(comm_id).state
        assert state is not None
        text, its_paths, buffers = state.written()
        written[comm_id] = (loads(text), its_paths, buffers)
    assert written == {
        "w3": ({"n": [None]}, [["n", 0]], [b"three"]),
        "w7": ({"n": [None]}, [["raw"]], [b"seven"]),
        "w8": ({"n": [None]}, [], []),
    }


def test_an_update_of_a_thread_under_our_question_is_no_answer() -> None:
    room, listing = asking()
    replies(room, listing, w=WIDGET_TARGET)
    [asked] = room.for_kernel()
    page = room.page("a")
    page.gets()
    room.kernel.customs("w", 1, asked)
    room.kernel.updates("w", {"value": 2}, asked)
    assert page.hears()[0] == custom("w", 1)
    assert room.mirrored("w") is None
    room.kernel.updates("w", STATE, asked)
    assert room.mirrored("w") == STATE


def test_an_attribute_that_is_gone_in_the_kernel_is_gone_here() -> None:
    room = Room()
    room.kernel.opens("w", {**STATE, "old": 1})
    room.kernel.sends("w", {"method": "update", "state": 3})
    [asked] = room.for_kernel()
    room.kernel.updates("w", STATE, asked)
    assert room.mirrored("w") == STATE


def looked(room: Room) -> list[Message]:
    """Let a page come back, so that the kernel is looked at. Returns what it is asked."""
    room.wait(1.0)
    room.page(f"page at {room.now}").restores()
    room.wait(CHECK_AFTER)
    return room.for_kernel()


def states(room: Room, *deaf: str) -> None:
    """Answer whatever is asked about states, but for those of ``deaf`` comms."""
    while asked := room.for_kernel():
        for each in asked:
            room.kernel.busy(each)
            if each.comm.comm_id not in deaf:
                room.kernel.updates(each.comm.comm_id, STATE, each)
            room.kernel.idle(each)


def test_a_kernel_that_lists_nothing_keeps_its_comms() -> None:
    room = Room()
    room.kernel.opens("w", STATE)
    room.kernel.opens("c", target="other")
    for _ in range(3):
        listing, *_ = looked(room)
        replies(room, listing)
        states(room)
    assert {record.comm_id for record in room.broker._parts.comms.registry} == {"w", "c"}


def test_a_kernel_that_lists_less_than_it_uses_keeps_the_rest_once_that_was_seen() -> None:
    room = Room()
    for comm_id in ("listed", "relayed", "later"):
        room.kernel.opens(comm_id, STATE)
    listing, *_ = looked(room)
    replies(room, listing, listed=WIDGET_TARGET)
    states(room)
    room.wait(1.0)
    room.kernel.opens("mute", STATE)
    room.kernel.opens("c", target="other")
    listing, *_ = looked(room)
    replies(room, listing, listed=WIDGET_TARGET)
    states(room, "mute")
    found = [record.comm_id for record in room.broker._parts.comms.registry]
    assert found == ["listed", "relayed", "later", "mute", "c"]


def test_what_was_listed_once_and_is_no_longer_is_gone_also_where_lists_lack_others() -> None:
    room = Room()
    for comm_id in ("one", "other", "relayed"):
        room.kernel.opens(comm_id, STATE)
    listing, *_ = looked(room)
    replies(room, listing, one=WIDGET_TARGET, other=WIDGET_TARGET)
    states(room)
    listing, *_ = looked(room)
    replies(room, listing, one=WIDGET_TARGET)
    assert [r.comm_id for r in room.broker._parts.comms.registry] == ["one", "relayed"]


def test_a_comm_that_spoke_since_the_question_is_alive() -> None:
    room = Room()
    room.kernel.opens("one", target="t")
    room.kernel.opens("other", target="t")
    listing, *_ = looked(room)
    room.wait(0.1)
    room.kernel.sends("other", {})
    replies(room, listing, one="t")
    assert "other" in room.broker._parts.comms.registry
