"""A run goes from its sending to its end, in whatever order the kernel's words come."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from jupyter_comm_broker.core.runs.run import Ask, Run
from jupyter_comm_broker.core.runs.run_outputs import RunOutputs
from jupyter_comm_broker.protocol.message import Header, Message

from ..talker import Talker

KERNEL = Talker("kernel")


def sent() -> Run:
    ask = Ask(
        Header(msg_id="m"), b"{}", "page", "cell", records_timing=False, code="1", sent_at=1.0
    )
    return Run(ask, RunOutputs(1_000, str, lambda display_id, is_drawn: None), 1.0)


def reply(count: object = 5) -> Message:
    return KERNEL.write("shell", "execute_reply", {"status": "ok", "execution_count": count})


@pytest.mark.parametrize("reply_first", [True, False])
def test_a_run_is_over_when_the_kernel_replied_and_said_idle(reply_first: bool) -> None:
    run = sent()
    assert run.state.value == "queued"
    run.began(2.0)
    assert run.state.value == "running"
    words: list[Callable[[], None]] = [lambda: run.heard(reply(), 3.0), lambda: run.idled(3.0)]
    for word in words if reply_first else reversed(words):
        assert not run.is_over
        word()
    assert (run.state.value, run.ended_at, run.changed_at) == ("ended", 3.0, 3.0)


def test_a_lost_run_says_why_and_one_that_is_over_is_not_lost() -> None:
    run = sent()
    run.asked(KERNEL.write("stdin", "input_request", {"prompt": "?"}))
    run.lose("DeadKernelError", "the kernel died", 4.0)
    run.lose("Another", "later", 5.0)
    assert (run.state.value, run.lost) == ("lost", ("DeadKernelError", "the kernel died"))
    assert (run.ended_at, run.question) == (4.0, None)
    # It was not lost after all.
    run.saw(5.0)
    run.began(6.0)
    assert (run.state.value, run.seen_at) == ("running", None)
    over = sent()
    over.heard(reply(), 2.0)
    over.idled(2.0)
    over.lose("DeadKernelError", "the kernel died", 4.0)
    assert over.state.value == "ended"


def test_a_question_ends_with_its_answer_or_with_the_run() -> None:
    run = sent()
    question = KERNEL.write("stdin", "input_request", {"prompt": "?"})
    run.asked(question)
    run.answered("page")
    assert (run.question, run.answers) == (None, {question.header.msg_id: "page"})
    ends: list[Callable[[], None]] = [
        run.raised,
        lambda: run.heard(reply(), 3.0),
        lambda: run.idled(3.0),
    ]
    for end in ends:
        run.asked(question)
        end()
        assert run.question is None


def test_the_count_is_the_replys_and_before_that_the_inputs() -> None:
    run = sent()
    run.began_with(KERNEL.write("iopub", "execute_input", {"code": "", "execution_count": 4}))
    assert run.execution_count == 4
    run.heard(reply("many"), 3.0)
    assert run.execution_count == 4
    run.heard(reply(5), 3.0)
    assert run.execution_count == 5


def test_each_page_holds_it_once_and_its_end_is_seen_once() -> None:
    run = sent()
    for page in ("a", "b", "a"):
        run.attach(page, run.attached)
    assert (run.holders, run.attached) == (["page", "b", "a"], ["b", "a"])
    run.saw(3.0)
    run.saw(4.0)
    assert run.seen_at == 3.0
    run.capture(True)
    assert run.captured


def test_a_reply_that_comes_after_all_is_the_end() -> None:
    run = sent()
    run.began(1.0)
    run.lose("ReplyLost", "nobody heard it", 2.0)
    run.heard(reply(), 3.0)
    assert (run.state.value, run.status, run.ended_at) == ("ended", "ok", 2.0)


def test_a_run_that_was_replied_to_ends_with_its_process() -> None:
    run = sent()
    run.heard(reply(), 2.0)
    run.lose("DeadKernelError", "the kernel died", 4.0)
    assert (run.state.value, run.status, run.lost) == ("ended", "ok", None)


@pytest.mark.parametrize("content", [[], "a", {"execution_count": "many", "status": 1}])
def test_a_reply_that_makes_no_sense_is_one(content: object) -> None:
    run = sent()
    run.heard(KERNEL.write("shell", "execute_reply", content), 2.0)
    run.idled(2.0)
    assert (run.state.value, run.status, run.execution_count) == ("ended", "", None)


def test_of_a_large_reply_the_outcome_is_kept() -> None:
    run = sent()
    large = {"status": "ok", "execution_count": 5, "payload": ["x" * 200_000]}
    run.heard(KERNEL.write("shell", "execute_reply", large), 2.0)
    assert run.reply is not None
    assert run.reply.content == {"status": "ok", "execution_count": 5}
    assert run.size < 1_000
