"""``send`` and ``open``: what is asked of the API, and what its answers become."""

from __future__ import annotations

from typing import Any

import pytest

from jupyter_comm_broker.cli.exits import Exit

from ..conftest import Run
from ..counter import KERNEL, Counter, comm

MESSAGES = f"/api/kernels/{KERNEL}/comms/c1/messages"
COMMS = f"/api/kernels/{KERNEL}/comms"
BUSY = {"msg_id": "m", "msg_type": "execute_request", "seconds": 12.0}
MESSAGE = {
    "msg_type": "comm_msg",
    "comm_id": "c1",
    "data": {"a": "\x1b"},
    "buffers": [{"length": 1}],
}
ERROR = {"ename": "ValueError", "evalue": "boom", "traceback": []}


def reply(**other: Any) -> dict[str, Any]:
    return {
        "msg_id": "m1",
        "seconds": 0.25,
        "comm_messages": [MESSAGE],
        "errors": [],
        "streams": [{"name": "stdout", "text": "one\ntwo\n"}],
        "truncated": False,
        **other,
    }


@pytest.fixture(autouse=True)
def kernel(counter: Counter) -> None:
    counter.lays_kernels(a="x.ipynb")
    counter.lays_comms(comm())


def test_a_message_is_sent_and_what_comes_first_is_said(run: Run, counter: Counter) -> None:
    counter.lays(MESSAGES, {"msg_id": "m1", "queued_behind": BUSY}, method="POST", status=202)
    ended = run("send", "c1", '{"a": 1}', "--metadata", '{"v": 2}')
    assert (ended.code, ended.out) == (0, "sent as m1\n")
    assert (
        ended.err
        == "the kernel is busy and handles it after execute_request, which has run for 12s\n"
    )
    asked = counter.asked[-1]
    assert asked.json == {"data": {"a": 1}, "metadata": {"v": 2}}
    assert asked.query == {"wait": "none"}


@pytest.mark.parametrize(
    "attributes",
    [
        ["value=7", "description=as said"],
        ["--set", "value=7", "--set", "description=as said"],
        ["value=7", "--set", "description=as said"],
    ],
)
def test_a_widget_is_moved(run: Run, counter: Counter, attributes: list[str]) -> None:
    counter.lays(MESSAGES, {"msg_id": "m1", "seconds": 0.25}, method="POST")
    words = (*attributes, "--wait", "processed", "--timeout", "2m")
    assert run("send", "c", *words).out == "done in 0.250 s\n"
    asked = counter.asked[-1]
    state = {"value": 7, "description": "as said"}
    assert asked.json["data"] == {"method": "update", "state": state, "buffer_paths": []}
    assert asked.query == {"wait": "processed", "timeout": "120.0"}


def test_answers_are_shown_without_harm(run: Run, counter: Counter) -> None:
    counter.lays(MESSAGES, reply(), method="POST")
    ended = run("send", "c1", "{}", "--wait", "reply")
    assert ended.out.splitlines() == [
        'comm_msg c1 {"a": "\\u001b"} +1 buffers',
        "stdout: one",
        "stdout: two",
        "done in 0.250 s",
    ]
    assert run("send", "c1", "{}", "--wait", "reply", "--json").json == reply()


def test_an_error_in_the_kernel_is_a_failure(run: Run, counter: Counter) -> None:
    counter.lays(MESSAGES, reply(errors=[ERROR], truncated=True), method="POST")
    ended = run("send", "c1", "{}", "--wait", "reply")
    assert ended.code == Exit.REFUSED
    assert "ValueError: boom\nfailed in" in ended.out
    assert "more answers" in ended.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["{}", "--set", "a=1"], "leave those out"),
        (["a=1", "--buffer", "/dev/null"], "leave those out"),
        (["{}", "a=1"], "'{}' is not an attribute"),
        (["a=1", "more"], "'more' is not an attribute: give one JSON object, or"),
        ([], "nothing to send"),
        (["{"], "data is not JSON"),
    ],
)
def test_nothing_is_asked_where_the_words_are_wrong(
    run: Run, counter: Counter, words: list[str], said: str
) -> None:
    ended = run("send", "c1", *words)
    assert ended.code == Exit.USAGE
    assert said in ended.err
    assert counter.asked == []


def test_a_message_that_stands_is_said_to(run: Run, counter: Counter) -> None:
    late = {
        "message": "the message was accepted and is not taken back",
        "reason": "UnansweredError",
    }
    counter.lays(MESSAGES, late, method="POST", status=504)
    ended = run("send", "c1", "{}", "--wait", "processed")
    assert (ended.code, ended.out) == (Exit.TIMED_OUT, "")
    assert "accepted and is not taken back" in ended.err


def test_a_comm_is_opened(run: Run, counter: Counter) -> None:
    counter.lays(COMMS, comm("new", target_name="my.target"), method="POST", status=201)
    ended = run("open", "x", "my.target", '{"a": 1}', "--comm-id", "new")
    assert (ended.code, ended.out) == (0, "opened new to my.target\n")
    assert counter.asked[-1].json == {
        "data": {"a": 1},
        "target_name": "my.target",
        "comm_id": "new",
    }
    assert run("open", "x", "my.target", "--json").json["comm_id"] == "new"
    assert counter.asked[-1].json == {"data": {}, "target_name": "my.target"}


def test_a_refused_comm_says_why(run: Run, counter: Counter) -> None:
    refused = {
        "message": "the kernel closed it again",
        "reason": "CommRefusedError",
        "said": "Traceback\n  File\nValueError: boom\n",
    }
    counter.lays(COMMS, refused, method="POST", status=422)
    ended = run("open", "x", "my.target")
    assert (ended.code, ended.out) == (Exit.REFUSED, "")
    assert ended.err == "jupyter comms: the kernel closed it again (ValueError: boom)\n"
    counter.lays(COMMS, {**refused, "said": ""}, method="POST", status=409)
    assert run("open", "x", "t").err == "jupyter comms: the kernel closed it again\n"
