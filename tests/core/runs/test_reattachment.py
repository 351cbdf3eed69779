"""A page asks which runs there are, and attaches to one."""

from __future__ import annotations

from typing import Any

import pytest

from jupyter_comm_broker.core.limits import Limits
from jupyter_comm_broker.core.runs.ask import LONGEST_CODE

from ..room import Room
from .asking import ASK, answer_to, attach, begin, end, run, runs_of, types
from .cell import Cell, Notebook

SUM = 1397426411

# -- what is listed ----------------------------------------------------------------------------


def test_a_run_is_listed_from_its_sending_to_its_end() -> None:
    room = Room()
    page, later = room.page("a"), room.page("b")
    request = run(page)
    room.for_kernel()
    (queued,) = runs_of(later)
    assert room.for_kernel() == []
    assert (queued["state"], queued["cell_id"], queued["began_at"]) == ("queued", "cell", None)
    assert queued["record_timing"]
    assert "code" not in queued
    room.kernel.busy(request)
    room.kernel.publishes("execute_input", {"code": "work()", "execution_count": 3}, request)
    room.kernel.prints("1", request)
    (running,) = runs_of(later, code=True)
    assert (running["state"], running["execution_count"]) == ("running", 3)
    assert (running["messages"], running["code"]) == (1, "work()")
    room.kernel.replies(request, {"status": "ok", "execution_count": 3})
    assert runs_of(later)[0]["state"] == "running"
    room.kernel.idle(request)
    assert runs_of(later)[0]["state"] == "ended"


def test_what_is_no_run_of_a_cell_is_not_listed() -> None:
    room = Room()
    page = room.page("a")
    page.sends("execute_request", {"code": "1", "silent": True})
    page.sends("inspect_request", {"code": "1"})
    assert runs_of(page) == []


def test_a_run_whose_frontend_names_no_cell_is_listed_without_one() -> None:
    room = Room()
    page = room.page("a")
    for metadata in ({}, {"cellId": 7}, [1]):
        page.sends("execute_request", {"code": "1"}, metadata=metadata)
    assert [each["cell_id"] for each in runs_of(page)] == ["", "", ""]
    assert room.log == []


def test_a_page_is_told_once_if_what_it_missed_was_not_kept() -> None:
    room = Room(limits=Limits(absent_bytes=5_000))
    page = room.page("a")
    request = begin(room, page)
    page.detach()
    page.comes_back()
    assert not answer_to(page)["lacks"]
    page.detach()
    for _ in range(20):
        room.kernel.prints("x" * 1_000, request)
    page.comes_back()
    assert answer_to(page)["lacks"]
    assert not answer_to(page)["lacks"]


# -- what a page gets --------------------------------------------------------------------------


def test_a_page_that_attaches_gets_the_fence_the_run_and_then_what_comes() -> None:
    room = Room()
    page = room.page("a")
    request = begin(room, page)
    room.kernel.prints("1\n", request)
    room.kernel.prints("2\n", request)
    page.detach()
    later = room.page("b")
    room.for_kernel()
    messages = attach(later, request)
    assert room.for_kernel() == []
    assert types(messages) == ["replay", "execute_input", "stream"]
    assert all(each.parent.msg_id == request.header.msg_id for each in messages)
    assert messages[0].parent.msg_type == "comm_info_request"
    assert messages[2].content["text"] == "1\n2\n"
    room.kernel.prints("3\n", request)
    end(room, request)
    assert types(later.gets()) == ["stream", "execute_reply", "idle"]


def test_a_run_that_has_ended_comes_whole() -> None:
    room = Room()
    page = room.page("a")
    request = begin(room, page)
    room.kernel.prints("1\n", request)
    end(room, request)
    messages = attach(room.page("b"), request)
    assert types(messages) == ["replay", "execute_input", "stream", "execute_reply", "idle"]
    assert messages[-1].parent.msg_type == "comm_info_request"


def test_a_run_that_is_not_known_is_refused_without_a_fence() -> None:
    room = Room()
    page = room.page("a")
    unknown = page.write("shell", "execute_request", ASK)
    reply, idle = attach(page, unknown)
    assert reply.content["ename"] == "UnknownRun"
    assert idle.execution_state == "idle"


@pytest.mark.parametrize("asked", [{"ask": "dance"}, {"ask": "runs", "version": 2}])
def test_what_this_version_does_not_know_is_refused(asked: dict[str, Any]) -> None:
    room = Room()
    page = room.page("a")
    page.gets()
    page.sends("execute_request", ASK, metadata={"comm_broker": asked})
    assert page.gets()[0].content["ename"] == "UnknownAsk"


@pytest.mark.parametrize(
    ("content", "mark"),
    [
        ({**ASK, "code": "1"}, {"ask": "runs"}),
        ({**ASK, "silent": False}, {"ask": "runs"}),
        (ASK, {"ask": 1}),
        (ASK, "runs"),
    ],
)
def test_a_cell_whose_metadata_look_like_the_mark_reaches_the_kernel(
    content: dict[str, Any], mark: Any
) -> None:
    room = Room()
    page = room.page("a")
    room.for_kernel()
    request = page.sends("execute_request", content, metadata={"comm_broker": mark})
    assert room.for_kernel() == [request]


def test_a_clear_that_waits_is_carried_out_by_the_next_output() -> None:
    room = Room()
    page = room.page("a")
    request = begin(room, page)
    room.kernel.prints("old", request)
    room.kernel.publishes("clear_output", {"wait": True}, request)
    later, notebook = room.page("b"), Notebook()
    cell = notebook.attaches(request.header.msg_id)
    notebook.gets(attach(later, request))
    assert cell.shown[0]["text"] == "old"
    room.kernel.prints("new", request)
    notebook.gets(later.gets())
    assert cell.shown[0]["text"] == "new"


def test_a_kernel_that_was_restarted_ends_its_runs_with_that_word() -> None:
    room = Room()
    page = room.page("a")
    request = begin(room, page)
    room.kernel.prints("1", request)
    room.broker.kernel_restarted(room.now)
    room.settle()
    room.kernel.session = "another"
    room.prove()
    later = room.page("b")
    assert runs_of(later)[0]["state"] == "lost"
    messages = attach(later, request)
    assert types(messages) == [
        *("replay", "execute_input", "stream"),
        *("error", "execute_reply", "idle"),
    ]
    assert messages[3].content["ename"] == "DeadKernelError"
    # A page drops what comes from another session than the kernel's (rule 1).
    assert len({each.header.session for each in messages}) == 1


def test_a_cell_that_waited_when_its_kernel_was_restarted_was_not_run_which_is_no_error() -> None:
    room = Room()
    page, later = room.page("a"), room.page("b")
    begin(room, page, "first")
    waits = run(page, "second")
    attach(later, waits)
    room.broker.kernel_restarted(room.now)
    room.settle()
    reply, idle = [each for each in later.gets() if each.parent.msg_id == waits.header.msg_id]
    assert (reply.content["status"], idle.execution_state) == ("aborted", "idle")
    assert "ename" not in reply.content
    room.kernel.session = "another"
    room.prove()
    assert types(attach(later, waits)) == ["replay", "execute_reply", "idle"]


def test_a_display_of_a_new_process_is_none_of_the_old_ones() -> None:
    room = Room()
    page = room.page("a")
    old = begin(room, page, "old")
    shows = {"data": {"text/plain": "old"}, "metadata": {}, "transient": {"display_id": "bar"}}
    room.kernel.publishes("display_data", shows, old)
    end(room, old)
    room.broker.kernel_restarted(room.now)
    room.settle()
    room.kernel.session = "another"
    room.prove()
    new = begin(room, page, "new")
    room.kernel.publishes("display_data", {**shows, "data": {"text/plain": "new"}}, new)
    assert [each["has_displays"] for each in runs_of(page)] == [False, True]
    texts = [m.content["data"]["text/plain"] for m in attach(page, old) if "data" in m.content]
    assert texts == ["old"]


def test_the_source_has_a_checksum_that_a_page_can_make_too() -> None:
    room = Room()
    page = room.page("a")
    for code in ("print('ä€😀')", "x" * (LONGEST_CODE + 1)):
        page.sends("execute_request", {"code": code}, metadata={"cellId": "cell"})
    # As labextension/static/matching.js counts it; see tests/labextension/matching.test.js.
    assert [each["code_sum"] for each in runs_of(page)] == [SUM, None]


def test_the_output_of_an_output_widget_stays_the_widgets() -> None:
    room = Room()
    page = room.page("a")
    room.kernel.opens("out", {"_model_name": "OutputModel", "msg_id": "", "outputs": []})
    request = begin(room, page)
    room.kernel.prints("before\n", request)
    room.kernel.updates("out", {"msg_id": request.header.msg_id}, request)
    room.kernel.prints("inside\n", request)
    page.detach()
    later = room.page("b")
    messages = attach(later, request)
    assert types(messages) == ["replay", "execute_input", "stream", "captured"]
    assert messages[2].content["text"] == "before\n"
    room.kernel.prints("inside\n", request)
    room.kernel.updates("out", {"msg_id": ""}, request)
    room.kernel.prints("after\n", request)
    assert [each for each in types(later.gets()) if each != "comm_msg"] == [
        *("stream", "released", "stream"),
    ]


def test_a_kernel_that_dies_while_an_output_widget_collects_ends_the_cell_with_that_word() -> None:
    room = Room()
    page = room.page("a")
    room.kernel.opens("out", {"_model_name": "OutputModel", "msg_id": "", "outputs": []})
    request = begin(room, page)
    room.kernel.updates("out", {"msg_id": request.header.msg_id}, request)
    room.kernel.prints("inside\n", request)
    later = room.page("b")
    assert types(attach(later, request))[-1] == "captured"
    room.broker.kernel_restarted(room.now)
    # The plug-in would keep the error from the cell before it is released.
    told = [each for each in types(later.gets()) if each in ("released", "error", "execute_reply")]
    assert told == ["released", "error", "execute_reply"]


# -- bounds ------------------------------------------------------------------------------------


def test_above_its_bound_the_oldest_text_goes_and_a_sentence_says_so() -> None:
    room = Room(limits=Limits(run_text_bytes=20_000))
    page = room.page("a")
    request = begin(room, page)
    display = {"data": {"text/plain": "kept"}, "metadata": {}, "transient": {"display_id": "x"}}
    room.kernel.publishes("display_data", display, request)
    for number in range(0, 5_000, 10):
        lines = (f"line {each}\n" for each in range(number, number + 10))
        room.kernel.prints("".join(lines), request)
    cell = Cell()
    messages = attach(room.page("b"), request)
    for each in messages[2:]:
        cell.takes(each.header.msg_type, each.content)
    notice, kept, text = cell.shown
    assert "CommBroker.run_text_bytes = 20000" in notice["text"]
    assert kept["data"] == {"text/plain": "kept"}
    assert text["text"].endswith("line 4999\n")
    assert len(text["text"]) < 20_000
    (told,) = runs_of(room.page("c"))
    assert told["bytes"] <= 22_000
    assert told["bytes_dropped"] > 20_000
