"""Who waits for a busy kernel sees why; who does not have to wait sees nothing."""

from __future__ import annotations

import io
import threading
from argparse import Namespace
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from jupyter_comm_broker.cli import waiting
from jupyter_comm_broker.cli.command_context import CommandContext
from jupyter_comm_broker.cli.exits import CommandError, Exit
from jupyter_comm_broker.cli.waiting import behind, patiently

from .counter import KERNEL, Counter


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(params=[io.StringIO, Screen])
def context(request: pytest.FixtureRequest, counter: Counter) -> CommandContext:
    counter.lays_kernels(a="x.ipynb")
    counter.lays(f"/api/kernels/{KERNEL}", {"execution_state": "busy"})
    words = Namespace(json=False, url=counter.url, token="t")
    return CommandContext(
        words, out=io.StringIO(), notes=request.param(), environment={"TERM": "xterm"}
    )


def said(context: CommandContext) -> str:
    notes = context.notes.file
    assert isinstance(notes, io.StringIO)
    return notes.getvalue()


Slowly = Callable[[str], Callable[[], str]]


@pytest.fixture
def slowly(monkeypatch: pytest.MonkeyPatch, context: CommandContext) -> Iterator[Slowly]:
    """Something that ends as soon as the person has been told this and that."""
    monkeypatch.setattr(waiting, "QUIET", 0.01)
    monkeypatch.setattr(waiting, "LOOK", 0.01)
    over = threading.Event()

    def telling(text: str) -> Callable[[], str]:
        def ask() -> str:
            while text not in said(context) and not over.wait(0.01):
                pass
            return "answer"

        return ask

    yield telling
    over.set()


def test_a_wait_is_told_with_what_the_kernel_does(context: CommandContext, slowly: Slowly) -> None:
    assert patiently(context, KERNEL, slowly("is busy")) == "answer"
    assert "kernel x.ipynb" in said(context)
    assert "is busy" in said(context)


def test_what_is_there_at_once_is_not_waited_for(context: CommandContext) -> None:
    assert patiently(context, KERNEL, lambda: 1) == 1
    assert said(context) == ""


def test_what_went_wrong_goes_wrong_here(context: CommandContext) -> None:
    def ask() -> Any:
        raise CommandError(Exit.TIMED_OUT, "late")

    with pytest.raises(CommandError, match="late"):
        patiently(context, KERNEL, ask)


def test_who_may_not_look_at_the_kernel_still_waits(
    context: CommandContext, counter: Counter, slowly: Slowly
) -> None:
    forbidden = {"message": "no", "reason": "not authorized"}
    counter.lays(f"/api/kernels/{KERNEL}", forbidden, status=403)
    assert patiently(context, KERNEL, slowly("is not done yet")) == "answer"


def test_what_comes_first_is_said() -> None:
    assert behind(None) == ""
    running = {"msg_id": "m", "msg_type": "execute_request", "seconds": 125.0}
    assert behind(running).endswith("after execute_request, which has run for 2m")
    unknown = {"msg_id": None, "msg_type": None, "seconds": None}
    assert behind(unknown).endswith("after something")
