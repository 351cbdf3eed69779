"""What a subshell is needed for, and what its end leaves."""

from jupyter_comm_broker.core.gate.subshell_use import SubshellUse

from ..room import Room
from .subshells import moves, room_with_page


def use_in(room: Room) -> SubshellUse:
    parts = room.broker._parts
    return SubshellUse(parts.comms, parts.work, parts.inquiry)


def test_nothing_needs_one_that_nothing_happened_in() -> None:
    room, _ = room_with_page()
    assert not use_in(room).is_needed("old sub")


def test_a_widget_that_was_moved_in_it_needs_it_until_its_end() -> None:
    room, page = room_with_page()
    room.kernel.opens("c", target="mine")
    moves(room, page, "old sub")
    use = use_in(room)
    assert use.is_needed("old sub")
    assert not use.has_requests("old sub")
    assert use.widgets_of("old sub") == {"w"}
    use.end("old sub")
    assert not use.is_needed("old sub")
    assert use.widgets_of("old sub") == set()


def test_a_request_in_it_needs_it_until_its_idle() -> None:
    room, page = room_with_page()
    request = page.sends("history_request", {}, subshell_id="old sub")
    use = use_in(room)
    assert use.has_requests("old sub")
    room.kernel.busy(request)
    room.kernel.replies(request, {})
    assert use.has_requests("old sub")
    room.kernel.idle(request)
    assert not use.is_needed("old sub")


def test_a_question_of_ours_needs_it_until_its_idle() -> None:
    room, _ = room_with_page()
    use = use_in(room)
    use.move({"w", "unknown"}, 10, "old sub", room.now)
    room.settle()
    [question] = room.for_kernel()
    assert use.is_needed("old sub")
    room.kernel.updates("w", {"_model_name": "IntSliderModel", "value": 1}, question)
    room.kernel.idle(question)
    assert use.widgets_of("old sub") == {"w"}
    use.end("old sub")
    assert not use.is_needed("old sub")
