"""A page that was away too long, or missed too much, still hears the end of what it asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest

from jupyter_comm_broker.core.limits import Limits
from jupyter_comm_broker.core.outboxes.kind import Kind
from jupyter_comm_broker.core.pages import missed_ends
from jupyter_comm_broker.core.pages.missed_ends import MissedEnds
from jupyter_comm_broker.core.pages.outcome import LONGEST_REPLY
from jupyter_comm_broker.protocol.message import Message

from ..page import Page
from ..room import Room
from ..talker import Talker

KERNEL, PAGE = Talker("kernel"), Talker("a")
SHOWN = {"_model_name": "IntSliderModel", "value": 1}
MEGABYTE = "x" * (1 << 20)


def away_too_long(room: Room, page: Page, request: Message) -> None:
    page.detach()
    room.wait(Limits().absent_seconds + 1)


def missed_too_much(room: Room, page: Page, request: Message) -> None:
    page.detach()
    for _ in range(18):
        room.kernel.customs("figure", MEGABYTE, request)


def lost_too_much_in_flight(room: Room, page: Page, request: Message) -> None:
    page.network = False
    for _ in range(5):
        room.kernel.customs("figure", MEGABYTE, request)
        page.gets()
    page.detach()


@pytest.mark.parametrize(
    ("goes", "at_once"),
    [
        (away_too_long, False),
        (away_too_long, True),
        (missed_too_much, False),
        (missed_too_much, True),
        # What was in flight before is lost.
        (lost_too_much_in_flight, False),
    ],
)
def test_a_cell_and_a_widget_of_a_page_that_comes_back_are_over(
    goes: Callable[[Room, Page, Message], None], at_once: bool
) -> None:
    room = Room()
    page = room.page("a")
    room.kernel.opens("w", SHOWN)
    room.kernel.opens("figure", target="figure")
    cell = page.executes()
    moved = page.sends("comm_msg", {"comm_id": "w", "data": {"method": "update", "state": {}}})
    room.kernel.busy(cell)
    page.gets()

    def ends() -> None:
        room.kernel.replies(cell, {"status": "ok", "execution_count": 7})
        room.kernel.idle(cell)
        room.kernel.busy(moved)
        room.kernel.idle(moved)

    if at_once:
        page.detach()
        ends()
    goes(room, page, cell)
    if not at_once:
        ends()
    page.comes_back()
    got = page.gets()
    (reply,) = [each for each in got if each.header.msg_type == "execute_reply"]
    assert (reply.parent.msg_id, reply.content["execution_count"]) == (cell.header.msg_id, 7)
    idle = [each.parent.msg_id for each in got if each.execution_state == "idle"]
    assert {cell.header.msg_id, moved.header.msg_id} <= set(idle)
    # The last word on the kernel's state is the true one.
    assert got[-1].execution_state == "idle"
    page.detach()
    page.comes_back()
    assert [each for each in page.gets() if each.header.msg_type == "execute_reply"] == []


def test_a_page_that_reads_too_slowly_hears_them_when_it_returns() -> None:
    room = Room(limits=Limits(outbox_cap_bytes=10_000))
    page = room.page("a")
    cell = page.executes()
    room.kernel.busy(cell)
    room.kernel.replies(cell, {"status": "ok", "execution_count": 1})
    room.kernel.opens("figure", target="figure")
    room.kernel.customs("figure", "x" * 20_000, cell)
    assert room.cut_off == ["a"]
    room.kernel.idle(cell)
    page.detach()
    page.comes_back()
    ours = [each for each in page.gets() if each.parent.msg_id == cell.header.msg_id]
    assert [each.execution_state or each.header.msg_type for each in ours] == [
        *("execute_reply", "idle")
    ]


def test_a_question_is_asked_again_unless_it_was_answered() -> None:
    room = Room()
    page = room.page("a")
    cell = page.executes()
    room.kernel.busy(cell)
    away_too_long(room, page, cell)
    room.kernel.says("stdin", "input_request", {"prompt": "old", "password": False}, cell)
    question = room.kernel.says("stdin", "input_request", {"prompt": "new"}, cell)
    page.comes_back()
    asked = [each for each in page.gets() if each.channel == "stdin"]
    assert [each.header.msg_id for each in asked] == [question.header.msg_id]


def end(session: str = "a", **content: object) -> Message:
    request = Talker(session).write("shell", "execute_request", {})
    return KERNEL.write("shell", "execute_reply", {"status": "ok", **content}, parent=request)


def test_only_what_a_page_waits_for_is_kept_and_only_for_pages_of_which_nothing_else_is() -> None:
    ends, reply = MissedEnds(Counter()), end()
    ends.note("a", reply)
    assert ends.take("a") == []
    printed = KERNEL.write("iopub", "stream", {"text": "1"})
    others = KERNEL.write("iopub", "status", {"execution_state": "idle"}, parent=end("b"))
    ends.keep("a", [(printed, Kind.OUTPUT, ""), (reply, Kind.PLAIN, ""), (others, Kind.PLAIN, "")])
    assert ends.take("a") == [reply]
    ends.note("a", reply)
    assert ends.take("a") == []


def test_of_a_large_reply_the_outcome_is_kept() -> None:
    ends = MissedEnds(Counter())
    ends.keep("a", [(end(execution_count=3, payload="x" * LONGEST_REPLY), Kind.PLAIN, "")])
    (kept,) = ends.take("a")
    assert kept.content == {"status": "ok", "execution_count": 3}


def test_they_are_bounded_and_the_oldest_goes_first_and_is_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reply = end()
    monkeypatch.setattr(missed_ends, "MOST_BYTES", 3 * reply.size)
    counters: Counter[str] = Counter()
    ends = MissedEnds(counters)
    for session_id in ("nothing", "a", "b"):
        ends.keep(session_id, [])
    for session_id in ("a", "b"):
        ends.keep(session_id, [(reply, Kind.PLAIN, "")] * 2)
    assert counters["dropped_ends"] == 1
    assert ends.take("a") == [reply]
    assert ends.take("b") == [reply, reply]
    ends.note("nothing", reply)
    assert ends.take("nothing") == [reply]
