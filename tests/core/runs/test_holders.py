"""All pages that show a run's cell get its reply and its questions, and the first answer counts."""

from __future__ import annotations

import pytest

from jupyter_comm_broker.core.limits import Limits
from jupyter_comm_broker.core.runs import holders
from jupyter_comm_broker.protocol.message import Message

from ..page import Page
from ..room import Room
from .asking import ASK, ATTACH, attach, begin, end, runs_of, said, types


def asks(room: Room, request: Message, prompt: str = "Name?", *, password: bool = False) -> Message:
    content = {"prompt": prompt, "password": password}
    return room.kernel.says("stdin", "input_request", content, request)


def answers(page: Page, question: Message, value: str) -> Message:
    return page.sends("input_reply", {"value": value}, "stdin", parent=question)


def two_pages(room: Room) -> tuple[Page, Page, Message]:
    """Return a page that runs a cell, another one that attached to it, and the request."""
    page, later = room.page("a"), room.page("b")
    request = begin(room, page)
    attach(later, request)
    page.gets()
    return page, later, request


def test_a_reply_comes_to_all_of_them_and_once() -> None:
    room = Room()
    page, later, request = two_pages(room)
    stranger = room.page("c")
    stranger.gets()
    end(room, request)
    assert types(page.gets()) == ["execute_reply", "idle"]
    assert types(later.gets()) == ["execute_reply", "idle"]
    assert types(stranger.gets()) == ["idle"]


def test_a_page_that_asked_and_attached_gets_one_reply() -> None:
    room = Room()
    page = room.page("a")
    request = begin(room, page)
    attach(page, request)
    end(room, request)
    assert types(page.gets()) == ["execute_reply", "idle"]


def test_all_are_asked_and_the_first_answer_closes_the_other_boxes() -> None:
    room = Room()
    page, later, request = two_pages(room)
    question = asks(room, request)
    assert page.gets() == later.gets() == [question]
    room.for_kernel()
    answer = answers(later, question, "Ada")
    assert room.for_kernel() == [answer]
    assert later.gets() == []
    closed, typed = page.gets()
    assert (said(closed), typed.content) == ("answered", {"name": "stdin", "text": "Name? Ada\n"})
    assert closed.parent.msg_id == typed.parent.msg_id == request.header.msg_id
    # Too late: the kernel would take it for the answer to its next question.
    answers(page, question, "Bob")
    assert room.for_kernel() == []
    second = asks(room, request)
    answer = answers(page, second, "Bob")
    assert room.for_kernel() == [answer]


def test_what_was_typed_is_kept_and_a_password_is_not() -> None:
    room = Room()
    page = room.page("a")
    request = begin(room, page)
    answers(page, asks(room, request), "Ada")
    answers(page, asks(room, request, "Key:", password=True), "secret")
    messages = attach(room.page("b"), request)
    assert messages[2].content == {"name": "stdin", "text": "Name? Ada\nKey: ········\n"}
    assert not any(b"secret" in bytes(part) for each in messages for part in each.parts)


def test_a_question_that_waits_is_asked_again_by_a_page_that_comes() -> None:
    room = Room()
    page = room.page("a")
    request = begin(room, page)
    question = asks(room, request)
    page.detach()
    later = room.page("b")
    assert runs_of(later)[0]["asks"]
    assert attach(later, request)[-1].parts == question.parts
    answer = answers(later, question, "Ada")
    assert answer in room.for_kernel()
    assert not runs_of(later)[0]["asks"]


def test_an_answer_that_names_no_question_is_the_one_of_the_cell() -> None:
    """nbclassic sends no parent."""
    room = Room()
    page, later, request = two_pages(room)
    asks(room, request)
    later.gets()
    page.sends("input_reply", {"value": "Ada"}, "stdin")
    assert said(later.gets()[0]) == "answered"
    # Nothing waits any more, and this may be for a thread's question.
    room.for_kernel()
    stray = page.sends("input_reply", {"value": "Bob"}, "stdin")
    assert room.for_kernel() == [stray]


def test_a_page_that_is_gone_is_no_holder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(holders, "MOST_OTHERS", 1)
    room = Room()
    _, later, request = two_pages(room)
    later.detach()
    room.wait(room.broker.known.limits.absent_seconds + 1)
    end(room, request)
    attach(room.page("c"), request)
    found = room.broker._parts.runs.get(request.header.msg_id)
    assert found is not None
    assert found.attached == ["c"]


def test_a_page_that_lost_its_socket_gets_the_end_when_it_is_back() -> None:
    room = Room()
    _, later, request = two_pages(room)
    later.detach()
    room.kernel.prints("1", request)
    end(room, request)
    later.attach()
    assert [each for each in types(later.gets()) if each != "busy"] == [
        *("stream", "execute_reply", "idle"),
        "idle",
    ]


def test_an_end_that_was_lost_is_told_to_who_attached() -> None:
    room = Room()
    page, later, request = two_pages(room)
    told = room.broker._parts.holders
    told.lost(request.header.msg_id, "ReplyLost", "nobody heard it", room.now)
    told.lost(request.header.msg_id, "ReplyLost", "nobody heard it", room.now)
    messages = later.gets()
    assert types(messages) == ["error", "execute_reply", "idle"]
    assert messages[1].content["ename"] == "ReplyLost"
    # The one that asked is told by who found out.
    assert page.gets() == []


def test_an_answer_to_an_old_question_is_not_taken_for_one_to_the_next() -> None:
    room = Room()
    page, later, request = two_pages(room)
    first = asks(room, request)
    answers(page, first, "1")
    answers(page, asks(room, request, "Age?"), "1")
    asks(room, request, "City?")
    room.for_kernel()
    answers(later, first, "2")
    assert room.for_kernel() == []


def test_an_answer_that_names_no_question_is_for_one_cell_only() -> None:
    """Two cells can ask at once, in a kernel with subshells."""
    room = Room()
    page = room.page("a")
    runs = [begin(room, page, "1"), begin(room, page, "2")]
    for each in runs:
        asks(room, each)
    page.sends("input_reply", {"value": "Ada"}, "stdin")
    assert [each.prompt for each in room.broker.known.runs()] == [None, "Name?"]


def test_a_question_without_a_prompt_is_answered_like_any_other() -> None:
    room = Room()
    page, later, request = two_pages(room)
    question = room.kernel.says("stdin", "input_request", {"prompt": None}, request)
    later.gets()
    answers(page, question, "Ada")
    assert [said(each) for each in later.gets()] == ["answered", None]
    assert room.log == []


def test_a_question_that_an_interrupt_ended_is_asked_nobody_again() -> None:
    room = Room()
    page = room.page("a")
    request = begin(room, page)
    asks(room, request)
    room.kernel.raises("KeyboardInterrupt", request)
    assert types(attach(room.page("b"), request)) == ["replay", "execute_input", "error"]


def test_what_is_no_output_is_never_dropped_while_a_page_is_away() -> None:
    room = Room(limits=Limits(absent_bytes=5_000))
    page, later = room.page("a"), room.page("b")
    request = begin(room, page)
    room.kernel.prints("x" * 20_000, request)
    asks(room, request)
    later.gets()
    later.sends("execute_request", ASK, metadata=ATTACH, msg_id=request.header.msg_id)
    later.detach()
    later.attach()
    assert "input_request" in types(later.gets())


def test_a_restart_by_somebody_else_is_told_to_who_attached() -> None:
    room = Room()
    _, later, _ = two_pages(room)
    room.broker.kernel_restarted(room.now)
    told = [each for each in later.gets() if each.header.msg_type != "status"]
    assert types(told) == ["error", "execute_reply"]
