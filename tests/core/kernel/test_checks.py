"""What a page was given from the mirror is laid beside the kernel's own, as soon as that can be."""

from __future__ import annotations

import pytest

from jupyter_comm_broker.core.limits import Limits
from jupyter_comm_broker.core.state.comm_record import Knowledge
from jupyter_comm_broker.protocol.widget import WIDGET_TARGET

from ..heard import closed, set_to
from ..room import WITH_SUBSHELLS, Room
from ..truth import CHECK_AFTER, STATE, kernel_with, restored


def test_a_page_is_answered_at_once_and_what_no_message_told_follows() -> None:
    room, truth = kernel_with("w")
    truth.widgets["w"]["value"] = [1, 2]  # changed in place
    page = room.page("a")
    page.restores()
    assert page.hears_states() == {"w": STATE}
    # The page gets its answer first.
    assert room.for_kernel() == []
    truth.works()
    assert page.hears() == [set_to("w", {"value": [1, 2]})]
    assert room.mirrored("w")["value"] == [1, 2]


def test_pages_that_were_there_hear_of_it_too() -> None:
    room, truth = kernel_with("w")
    there = room.page("there")
    truth.widgets["w"]["value"] = 5
    restored(room)
    truth.works()
    assert there.hears()[-1] == set_to("w", {"value": 5})


def test_what_is_right_is_told_to_nobody() -> None:
    room, truth = kernel_with("w", "v")
    page = restored(room)
    truth.works()
    assert page.hears() == []
    assert truth.asked == ["list", "w", "v"]


@pytest.mark.parametrize("by", ["request_states", "request_state"])
def test_one_check_serves_all_pages_that_came_back_meanwhile(by: str) -> None:
    room, truth = kernel_with("w")
    for session in "abc":
        page = room.page(session)
        if by == "request_states":
            page.restores()
        else:
            page.asks_state("w")
    truth.works()
    assert truth.asked == ["list", "w"]
    room.wait(1000.0)
    assert room.for_kernel() == []


def test_each_restore_is_checked() -> None:
    room, truth = kernel_with("w")
    for session in "abc":
        restored(room, session)
        truth.works()
    assert truth.asked == ["list", "w"] * 3


def test_many_are_checked_in_one_message() -> None:
    room, truth = kernel_with(*(f"w{number}" for number in range(30)))
    truth.widgets["w7"]["value"] = 8
    page = restored(room)
    truth.works()
    assert truth.asked == ["list", "all"]
    assert page.hears() == [set_to("w7", {"value": 8})]


def test_while_a_cell_runs_the_check_waits_for_its_end() -> None:
    room, truth = kernel_with("w", kernel_info=WITH_SUBSHELLS)
    cell = room.page("cell").executes()
    room.kernel.busy(cell)
    room.for_kernel()
    restored(room)
    room.wait(100.0)
    assert room.for_kernel() == []
    room.kernel.replies(cell, {})
    room.kernel.idle(cell)
    truth.works()
    assert truth.asked == ["list", "w"]


def test_a_doubted_state_is_asked_for_through_a_subshell_while_a_cell_runs() -> None:
    room, _ = kernel_with("w", kernel_info=WITH_SUBSHELLS)
    cell = room.page("cell").executes()
    room.kernel.busy(cell)
    room.for_kernel()
    room.broker._parts.comms.registry.doubt(room.record("w"), "the kernel raised", ask=False)
    restored(room)
    assert [m.header.msg_type for m in room.for_kernel()] == ["create_subshell_request"]


def test_a_comm_that_was_closed_past_us_is_found() -> None:
    room, truth = kernel_with("w", "v")
    page = restored(room)
    truth.works()
    room.wait(1.0)
    del truth.widgets["v"]
    restored(room, "b")
    truth.works()
    assert page.hears() == [closed("v")]
    assert room.broker._parts.comms.registry.closing("v") is not None


def test_a_kernel_that_gives_no_list_is_asked_for_states_all_the_same() -> None:
    room, truth = kernel_with("w")
    truth.widgets["w"]["value"] = 5
    page = restored(room)
    room.for_kernel()
    room.wait(2.0)
    truth.works()
    assert page.hears() == [set_to("w", {"value": 5})]


def test_a_kernel_without_comms_is_asked_nothing() -> None:
    room = Room()
    restored(room)
    room.wait(1.0)
    assert room.for_kernel() == []


def test_a_widget_that_never_answers_is_no_longer_checked() -> None:
    room, truth = kernel_with("w")
    truth.widgets["w"] = None  # type: ignore[assignment]  # it is there, and deaf
    for session in "abc":
        restored(room, session)
        truth.works()
    assert truth.asked == ["list", "w", "list", "list"]
    assert room.record("w").knowledge is Knowledge.CLEAN


def test_it_is_known_when_a_state_was_checked() -> None:
    room, truth = kernel_with("w")
    assert room.record("w").checked_at == 0.0
    room.wait(5.0)
    restored(room)
    assert room.record("w").checked_at == 0.0
    truth.works()
    assert room.record("w").checked_at == 5.0 + CHECK_AFTER


def test_what_a_thread_set_after_the_kernel_read_it_is_not_undone() -> None:
    room, truth = kernel_with("w")
    page = restored(room)
    [asked] = truth.lists()
    room.kernel.busy(asked)
    room.kernel.updates("w", {"value": 9}, asked)  # a thread, which overtakes the answer
    room.kernel.updates("w", STATE, asked)
    room.kernel.idle(asked)
    assert page.hears() == [set_to("w", {"value": 9})]
    assert (room.mirrored("w")["value"], room.record("w").knowledge) == (9, Knowledge.DIRTY)
    # Which of both holds the kernel says when it is asked again.
    truth.widgets["w"]["value"] = 9
    room.wait(1.0)
    truth.works()
    assert (room.mirrored("w")["value"], room.record("w").knowledge) == (9, Knowledge.CLEAN)


def test_what_changed_before_the_kernel_came_to_our_question_is_in_its_answer() -> None:
    room, truth = kernel_with("w")
    page = restored(room)
    [asked] = truth.lists()
    room.kernel.updates("w", {"value": 9})
    # And set back, without a word.
    truth.answers(asked)
    assert page.hears() == [set_to("w", {"value": 9}), set_to("w", {"value": 1})]
    assert room.record("w").knowledge is Knowledge.CLEAN


def test_a_widget_that_never_rests_is_asked_ever_later() -> None:
    room, _ = kernel_with("w", limits=Limits(verify_interval=0.0))
    restored(room)
    asked = 0
    for number in range(1000):
        for message in room.for_kernel():
            if message.header.msg_type == "comm_info_request":
                room.kernel.replies(message, {"comms": {"w": {"target_name": WIDGET_TARGET}}})
                continue
            asked += 1
            room.kernel.busy(message)
            room.kernel.updates("w", {"value": number}, message)
            room.kernel.updates("w", {**STATE, "value": -1}, message)
            room.kernel.idle(message)
        room.wait(0.1)
    assert 5 <= asked <= 12


def test_a_comm_that_waits_in_line_makes_nobody_look_while_a_cell_runs() -> None:
    """Its opening is behind the cell: in a subshell the kernel would not know it."""
    room, _ = kernel_with("w", kernel_info=WITH_SUBSHELLS)
    page = room.page("cell")
    cell = page.executes()
    room.kernel.busy(cell)
    page.opens("new", WIDGET_TARGET, {"state": STATE, "buffer_paths": []})
    room.for_kernel()
    restored(room)
    room.wait(10.0)
    assert room.for_kernel() == []


def test_the_states_of_thousands_are_read_some_at_a_time_and_what_changes_meanwhile_stays() -> None:
    many = [f"w{number}" for number in range(1000)]
    room, truth = kernel_with(*many)
    page = restored(room)
    for comm_id in many:
        truth.widgets[comm_id]["value"] = 2  # changed in place
    *_, asked = truth.lists()
    truth.answers(asked)
    corrected = room.broker._parts.ledger.counters["corrected"]
    assert 0 < corrected < 1000
    # In between, one of the others is set by a thread.
    room.kernel.updates("w999", {"value": 3})
    for _ in range(10):
        room.settle()
    assert room.broker.next_due() != 0.0
    truth.works()
    shown = {content["comm_id"]: content["data"]["state"]["value"] for _, content in page.hears()}
    assert shown == {**dict.fromkeys(many, 2), "w999": 3}
    assert room.mirrored("w999")["value"] == 3


@pytest.mark.parametrize("count", [1, 30], ids=["one by one", "all at once"])
def test_a_check_that_a_cell_got_in_the_way_of_is_made_after_it(count: int) -> None:
    many = [f"w{number}" for number in range(count)]
    room, truth = kernel_with(*many)
    page = restored(room)
    stuck = truth.lists()
    cell = page.executes()
    room.kernel.busy(cell)
    room.wait(60.0)
    truth.widgets["w0"]["value"] = "set by the cell, without a word"
    room.kernel.replies(cell, {})
    room.kernel.idle(cell)
    # What the kernel had not come to it does now; but it may as well have been lost.
    assert stuck
    room.wait(10.0)
    truth.works()
    assert room.mirrored("w0")["value"] == "set by the cell, without a word"
    room.wait(1000.0)
    truth.works()
    assert room.for_kernel() == []


def test_a_widget_in_doubt_that_never_answers_holds_up_no_check() -> None:
    room, truth = kernel_with("w", "deaf")
    truth.widgets["deaf"] = None  # type: ignore[assignment]  # it is there, and says nothing
    room.broker._parts.comms.registry.doubt(room.record("deaf"), "the kernel raised")
    room.settle()
    truth.works()
    for value in range(2, 6):
        truth.widgets["w"]["value"] = value
        restored(room, f"page {value}")
        truth.works()
        assert room.mirrored("w")["value"] == value
        room.wait(1.0)


def test_nothing_is_kept_of_comms_that_are_closed() -> None:
    room, truth = kernel_with("w", "deaf")
    truth.widgets["deaf"] = None  # type: ignore[assignment]  # it is there, and says nothing
    restored(room)
    truth.works()
    checks = room.broker._parts.checks
    assert checks._deaf == {"deaf"}
    room.kernel.closes("deaf")
    del truth.widgets["deaf"]
    restored(room, "b")
    truth.works()
    room.wait(1.0)
    assert checks._deaf == set()
