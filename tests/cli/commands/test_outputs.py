"""``outputs``: which run is meant, its text, and how it is followed to its end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from jupyter_comm_broker.cli.commands import outputs
from jupyter_comm_broker.cli.exits import Exit

from ..conftest import Run
from ..counter import KERNEL, Counter
from .test_running import a_run, lays_runs

UNCHANGED = (304, b"")
GONE = (404, {"message": "no run", "reason": "RequestNotFoundError"})


@pytest.fixture(autouse=True)
def kernel(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outputs, "OFTEN", 0.01)
    monkeypatch.setattr(outputs, "PAUSE", 0.01)
    counter.lays_kernels(a="x.ipynb")
    lays_runs(counter, a_run())


def printed(text: str, **other: Any) -> tuple[int, dict[str, Any]]:
    """Return the answer with what a run has printed so far."""
    return 200, {
        "msg_id": "r1",
        "state": "ended",
        "status": "ok",
        "lost": None,
        "prompt": None,
        "bytes_dropped": 0,
        "outputs": [{"output_type": "stream", "name": "stdout", "text": text}],
        **other,
    }


def lays(counter: Counter, *answers: tuple[int, Any], msg_id: str = "r1") -> None:
    counter.answers["GET", f"/api/kernels/{KERNEL}/requests/{msg_id}/outputs"] = list(answers)


LOST = {"state": "lost", "status": None, "lost": "DeadKernelError: restarted"}

RUNNING = {"state": "running", "status": None}


def test_people_see_the_text_and_how_far_it_is(run: Run, counter: Counter) -> None:
    lays(counter, printed("a\nb", **RUNNING))
    ended = run("outputs", "x")
    assert (ended.code, ended.out) == (0, "a\nb\n")
    assert ended.err == "the cell still runs; --follow goes on\n"


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({}, ""),
        ({"status": "error"}, ""),
        ({"status": "aborted"}, "the cell was not run: one before it failed\n"),
        (LOST, "the end of the cell is not known: DeadKernelError: restarted\n"),
        ({"state": "queued", "status": None}, "the cell waits: the kernel has not begun with it\n"),
    ],
)
def test_how_it_ended_is_said(run: Run, counter: Counter, how: Any, said: str) -> None:
    lays(counter, printed("a\n", **how))
    ended = run("outputs", "x")
    assert (ended.code, ended.out, ended.err) == (0, "a\n", said)


def test_programs_get_the_outputs_as_the_api_has_them(run: Run, counter: Counter) -> None:
    lays(counter, printed("a\n"))
    assert run("outputs", "x", "--json").json == printed("a\n")[1]


def test_a_run_is_followed_to_its_end(run: Run, counter: Counter) -> None:
    lays(
        counter,
        printed("a\nb", **RUNNING),
        UNCHANGED,
        printed("a\nbc\n", prompt="name? ", **RUNNING),
        printed("a\nbc\nd\n"),
    )
    ended = run("outputs", "x", "--follow")
    assert (ended.code, ended.out) == (0, "a\nbc\nd\n")
    assert ended.err == "the cell asks: name? \n"


@pytest.mark.parametrize(
    ("how", "code"),
    [
        ({"status": "error"}, Exit.REFUSED),
        ({"status": "aborted"}, Exit.REFUSED),
        (LOST, Exit.KERNEL_DOWN),
        ({**LOST, "lost": "ReplyLost: nobody heard it"}, Exit.REFUSED),
    ],
)
def test_the_exit_code_tells_how_a_run_that_was_followed_ended(
    run: Run, counter: Counter, how: Any, code: Exit
) -> None:
    lays(counter, printed("a", **RUNNING), printed("a\n", **how))
    assert run("outputs", "x", "-f").code == code


def test_programs_get_the_end_of_a_run_that_is_followed(run: Run, counter: Counter) -> None:
    lays(counter, printed("a", **RUNNING), printed("ab\n"))
    assert run("outputs", "x", "-f", "--json").json == printed("ab\n")[1]


def test_a_run_that_is_no_longer_kept_is_said_so(run: Run, counter: Counter) -> None:
    lays(counter, printed("a\n", **RUNNING), GONE)
    ended = run("outputs", "x", "-f")
    assert (ended.code, ended.out) == (Exit.NOT_FOUND, "a\n")
    assert "no run" in ended.err


def states(*each: tuple[str, str, str]) -> list[dict[str, Any]]:
    return [a_run(msg_id, cell_id=cell, state=state) for msg_id, cell, state in each]


@pytest.mark.parametrize(
    ("runs", "words", "meant"),
    [
        (states(("c", "", "queued"), ("b", "", "running"), ("a", "", "ended")), [], "b"),
        (states(("c", "", "queued"), ("b", "", "lost"), ("a", "", "ended")), [], "b"),
        (states(("c", "", "queued"), ("b", "", "queued")), [], "b"),
        (states(("abc", "", "ended"), ("abd", "", "ended")), ["abc"], "abc"),
        (states(("abc", "", "ended"), ("ab", "", "ended")), ["ab"], "ab"),
        (states(("abc", "", "ended"), ("xyz", "", "ended")), ["x"], "xyz"),
        (states(("b", "cell", "ended"), ("a", "cell", "ended")), ["ce"], "b"),
        (states(("b", "cell-1", "ended"), ("a", "cell", "ended")), ["cell"], "a"),
    ],
)
def test_the_run_that_is_meant_is_found(
    run: Run, counter: Counter, runs: Sequence[Any], words: list[str], meant: str
) -> None:
    lays_runs(counter, *runs)
    lays(counter, printed("x\n"), msg_id=meant)
    assert run("outputs", "x", *words).out == "x\n"


@pytest.mark.parametrize(
    ("runs", "words", "code", "said"),
    [
        ([], [], Exit.NOT_FOUND, "no run of a cell is kept of kernel x.ipynb"),
        (states(("a", "", "ended")), ["zz"], Exit.NOT_FOUND, "no run 'zz' is kept"),
        (states(("a", "", "ended")), [""], Exit.NOT_FOUND, "no run '' is kept"),
        (states(("ab", "", "ended"), ("ac", "", "ended")), ["a"], Exit.USAGE, "several runs: ab,"),
        (states(("1", "ca", "ended"), ("2", "cb", "ended")), ["c"], Exit.USAGE, "several runs"),
    ],
)
def test_what_is_not_one_run_is_said(
    run: Run, counter: Counter, runs: Sequence[Any], words: list[str], code: Exit, said: str
) -> None:
    lays_runs(counter, *runs)
    ended = run("outputs", "x", *words)
    assert (ended.code, ended.out) == (code, "")
    assert said in ended.err
