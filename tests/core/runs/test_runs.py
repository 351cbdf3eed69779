"""Runs are kept until a page saw their end and some time has passed, or until the bounds."""

from __future__ import annotations

from jupyter_comm_broker.core.limits import Limits
from jupyter_comm_broker.protocol.message import Message

from ..page import Page
from ..room import Room
from .asking import begin, end, kept, run


def ids(room: Room) -> list[str]:
    return [each.msg_id for each in room.broker.known.runs()]


def printed(room: Room, page: Page, text: str = "x" * 1_000, *, over: bool = True) -> Message:
    request = begin(room, page)
    room.kernel.prints(text, request)
    if over:
        end(room, request)
    return request


def display(room: Room, request: Message, value: str, msg_type: str = "display_data") -> None:
    content = {"data": {"text/plain": value}, "metadata": {}, "transient": {"display_id": "x"}}
    room.kernel.publishes(msg_type, content, request)


def test_a_run_whose_end_was_seen_is_kept_for_a_while() -> None:
    room = Room(limits=Limits(ended_run_seconds=100.0))
    page = room.page("a")
    request = printed(room, page)
    room.wait(99)
    assert ids(room) == [request.header.msg_id]
    room.wait(62)
    assert ids(room) == []
    assert room.broker.known.run_bytes() == 0
    assert (room.broker.next_due() or room.now + 1) > room.now


def test_a_run_whose_end_nobody_saw_is_kept_whatever_the_time() -> None:
    room = Room(limits=Limits(ended_run_seconds=100.0))
    page = room.page("a")
    request = begin(room, page)
    page.detach()
    end(room, request)
    room.wait(10_000)
    assert ids(room) == [request.header.msg_id]


def test_above_the_bound_output_goes_of_what_is_over_and_seen_then_of_what_is_over() -> None:
    room = Room(limits=Limits(runs_bytes=63_000))
    page = room.page("a")
    seen = printed(room, page, "s" * 20_000)
    unseen = begin(room, page)
    page.detach()
    room.kernel.prints("u" * 20_000, unseen)
    end(room, unseen)
    page.attach()
    running = printed(room, page, "r" * 20_000, over=False)
    known = room.broker.known

    def text(request: Message) -> str:
        return str(known.run_outputs(request.header.msg_id)[-1]["text"])

    assert len(text(seen)) < 20_000
    assert text(unseen) == "u" * 20_000
    assert text(running) == "r" * 20_000
    room.kernel.prints("r" * 30_000, running)
    assert len(text(unseen)) < 20_000
    assert text(running) == "r" * 50_000
    assert known.run_bytes() <= 63_000
    assert kept(room, unseen).status == "ok"
    assert room.broker.known.counters()["run_output_dropped"] >= 2


def test_above_the_number_the_oldest_that_are_over_go() -> None:
    room = Room(limits=Limits(remembered_runs=3))
    page = room.page("a")
    running = begin(room, page)
    others = [printed(room, page) for _ in range(4)]
    assert ids(room) == [each.header.msg_id for each in (running, *others[-2:])]


def test_an_update_reaches_the_display_of_an_earlier_run_also_from_another_cell() -> None:
    room = Room()
    page = room.page("a")
    first = begin(room, page)
    display(room, first, "1")
    end(room, first)
    second = begin(room, page, "another")
    before = kept(room, first).changed_at
    room.wait(5)
    display(room, second, "2", "update_display_data")
    known = room.broker.known
    assert known.run_outputs(first.header.msg_id)[0]["data"] == {"text/plain": "2"}
    assert known.run_outputs(second.header.msg_id) == []
    assert kept(room, first).changed_at > before
    # A display with a known id updates the others, and is one of its own.
    display(room, second, "3")
    assert known.run_outputs(first.header.msg_id)[0]["data"] == {"text/plain": "3"}
    assert known.run_outputs(second.header.msg_id)[0]["data"] == {"text/plain": "3"}


def test_a_cell_that_runs_again_leaves_its_earlier_run_as_it_is() -> None:
    """Its page has let go of the earlier run, so no update reaches it."""
    room = Room()
    page = room.page("a")
    first = begin(room, page)
    display(room, first, "1")
    end(room, first)
    second = begin(room, page)
    display(room, second, "2")
    known = room.broker.known
    assert known.run_outputs(first.header.msg_id)[0]["data"] == {"text/plain": "1"}
    assert known.run_outputs(second.header.msg_id)[0]["data"] == {"text/plain": "2"}


def test_a_result_with_the_id_of_a_display_updates_it() -> None:
    room = Room()
    page = room.page("a")
    first = begin(room, page)
    display(room, first, "1")
    second = begin(room, page, "another")
    display(room, second, "2", "execute_result")
    known = room.broker.known
    assert known.run_outputs(first.header.msg_id)[0]["data"] == {"text/plain": "2"}
    assert known.run_outputs(second.header.msg_id)[0]["output_type"] == "execute_result"


def test_displays_that_are_cleared_or_forgotten_leave_nothing_behind() -> None:
    room = Room(limits=Limits(remembered_runs=1))
    page = room.page("a")
    request = begin(room, page)
    for _ in range(3):
        display(room, request, "1")
        room.kernel.publishes("clear_output", {}, request)
    runs = room.broker._parts.runs
    assert runs._displays == {}
    display(room, request, "1")
    end(room, request)
    begin(room, page, "another")
    assert (runs._displays, len(runs)) == ({}, 1)


def test_a_reply_to_something_else_under_the_same_id_ends_no_run() -> None:
    room = Room()
    page = room.page("a")
    request = begin(room, page)
    room.kernel.says("shell", "inspect_reply", {"status": "ok"}, request)
    assert kept(room, request).status is None


def test_what_runs_is_not_forgotten_because_its_reply_came_early() -> None:
    room = Room(limits=Limits(ended_run_seconds=10.0))
    page = room.page("a")
    request = begin(room, page)
    room.kernel.replies(request, {"status": "ok"})
    room.wait(1_000)
    assert kept(room, request).state == "running"
    room.kernel.idle(request)
    room.wait(100)
    assert ids(room) == []


def test_where_nothing_is_over_the_newest_is_not_kept() -> None:
    room = Room(limits=Limits(remembered_runs=2))
    page = room.page("a")
    first = begin(room, page)
    second = run(page)
    run(page)
    assert ids(room) == [first.header.msg_id, second.header.msg_id]


def test_a_msg_id_that_is_sent_again_is_a_new_run_once_the_first_is_over() -> None:
    room = Room()
    page = room.page("a")
    request = run(page, msg_id="1")
    run(page, "another", msg_id="1")
    assert kept(room, request).cell_id == "cell"
    room.kernel.busy(request)
    end(room, request)
    run(page, "another", msg_id="1")
    assert (ids(room), kept(room, request).cell_id) == (["1"], "another")


def test_a_save_says_that_the_file_has_what_came_before() -> None:
    room = Room()
    page = room.page("a")
    request = printed(room, page)
    room.wait(10)
    room.broker.notebook_saved(room.now)
    later = printed(room, page)
    assert kept(room, request).is_saved
    assert not kept(room, later).is_saved


def test_output_that_no_page_could_draw_is_passed_on_and_not_kept() -> None:
    room = Room()
    page = room.page("a")
    request = begin(room, page)
    page.gets()
    odd = room.kernel.publishes("stream", {"name": "stdout"}, request)
    assert page.gets() == [odd]
    assert kept(room, request).messages == 0
    assert room.log == []


def test_a_cell_that_the_kernel_dropped_is_lost() -> None:
    room = Room()
    page = room.page("a")
    request = run(page)
    room.wait(3)
    for each in room.for_kernel():
        if each.header.session == "broker":
            room.kernel.busy(each)
            room.kernel.replies(each, {"status": "ok"})
            room.kernel.idle(each)
    assert kept(room, request).state == "lost"
