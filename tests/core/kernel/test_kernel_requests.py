"""The broker's own requests are known again by their parent, and never shown to pages."""

from __future__ import annotations

import pytest

from jupyter_comm_broker.core.context import Context, Policy
from jupyter_comm_broker.core.kernel.kernel_requests import KernelRequests
from jupyter_comm_broker.core.limits import Limits
from jupyter_comm_broker.protocol.message import Message
from jupyter_comm_broker.protocol.synthesis import Author

from ..talker import Talker


def kernel_requests() -> tuple[KernelRequests, Context]:
    context = Context.create(Policy(), Limits(), Author("broker", 0.0))
    return KernelRequests(context), context


def asked(own: KernelRequests, context: Context, about: str, now: float = 0.0) -> Message:
    own.ask(about, "shell", "comm_info_request", {}, now)
    return context.effects.to_kernel[-1]


def answer(request: Message) -> Message:
    return Talker("kernel").write("shell", "comm_info_reply", {}, parent=request)


def test_an_answer_says_what_was_asked_and_when() -> None:
    own, context = kernel_requests()
    reply = answer(asked(own, context, "list", now=3.0))
    assert (own.is_ours(reply), own.asked(reply).about, own.asked(reply).asked_at) == (
        True,
        "list",
        3.0,
    )


def test_an_answer_to_a_page_is_not_ours() -> None:
    own, _ = kernel_requests()
    assert own.is_ours(answer(Talker("a").write("shell", "comm_info_request", {}))) is False


def test_a_late_answer_is_still_ours_but_about_nothing() -> None:
    own, context = kernel_requests()
    first, second = asked(own, context, "list"), asked(own, context, "states")
    own.done(first.header.msg_id)
    assert (own.is_ours(answer(first)), own.asked(answer(first)).about) == (True, "")
    own.give_up()
    assert (own.is_ours(answer(second)), own.asked(answer(second)).about) == (True, "")


def test_questions_that_are_never_answered_do_not_pile_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(KernelRequests, "MOST", 2)
    own, context = kernel_requests()
    requests = [asked(own, context, about) for about in ("1", "2", "3")]
    assert [own.asked(answer(request)).about for request in requests] == ["", "2", "3"]
