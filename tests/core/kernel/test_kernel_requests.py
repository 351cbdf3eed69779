"""The broker's own requests are known again by their parent, and never shown to pages."""

from __future__ import annotations

import pytest

from jupyter_comm_broker.core.kernel.kernel_requests import KernelRequests
from jupyter_comm_broker.core.ledger import Ledger
from jupyter_comm_broker.core.pages.effects import Effects
from jupyter_comm_broker.protocol.message import Message
from jupyter_comm_broker.protocol.synthesis import Author

from ..talker import Talker


def kernel_requests() -> tuple[KernelRequests, Effects]:
    effects = Effects()
    author = Author("broker")
    return KernelRequests(author, effects, Ledger(effects.note)), effects


def asked(own: KernelRequests, effects: Effects, about: str, now: float = 0.0) -> Message:
    own.ask(about, "shell", "comm_info_request", {}, now)
    return effects.to_kernel[-1]


def answer(request: Message) -> Message:
    return Talker("kernel").write("shell", "comm_info_reply", {}, parent=request)


def test_an_answer_says_what_was_asked_and_when() -> None:
    own, effects = kernel_requests()
    reply = answer(asked(own, effects, "list", now=3.0))
    assert (own.is_ours(reply.parent), own.asked(reply).about, own.asked(reply).asked_at) == (
        True,
        "list",
        3.0,
    )


def test_an_answer_to_a_page_is_not_ours() -> None:
    own, _ = kernel_requests()
    assert own.is_ours(answer(Talker("a").write("shell", "comm_info_request", {})).parent) is False


def test_a_late_answer_is_still_ours_but_about_nothing() -> None:
    own, effects = kernel_requests()
    first, second = asked(own, effects, "list"), asked(own, effects, "states")
    own.done(first.header.msg_id)
    assert (own.is_ours(answer(first).parent), own.asked(answer(first)).about) == (True, "")
    own.give_up()
    assert (own.is_ours(answer(second).parent), own.asked(answer(second)).about) == (True, "")


def test_questions_that_are_never_answered_do_not_pile_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(KernelRequests, "MOST", 2)
    own, effects = kernel_requests()
    requests = [asked(own, effects, about) for about in ("1", "2", "3")]
    assert [own.asked(answer(request)).about for request in requests] == ["", "2", "3"]
