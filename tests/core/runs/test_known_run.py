"""Readers are told of a run in values."""

from __future__ import annotations

from jupyter_comm_broker.core.runs.known_run import SAVE_SECONDS

from ..room import Room
from .asking import begin, end, kept


def test_a_run_that_ended_with_an_error_says_so() -> None:
    room = Room()
    page = room.page("a")
    request = begin(room, page)
    room.kernel.says("stdin", "input_request", {"prompt": "Name?"}, request)
    (known,) = room.broker.known.runs()
    assert (known.prompt, known.status, known.state) == ("Name?", None, "running")
    assert (known.session_id, known.code) == ("a", "work()")
    room.kernel.raises("E", request)
    room.kernel.replies(request, {"status": "error", "execution_count": 3})
    room.kernel.idle(request)
    known = kept(room, request)
    assert (known.prompt, known.status, known.state, known.lost) == (None, "error", "ended", "")
    assert room.broker.known.run("unknown") is None
    assert room.broker.known.run_outputs("unknown") == []


def test_a_run_whose_kernel_was_restarted_says_why_it_has_no_end() -> None:
    room = Room()
    page = room.page("a")
    over = begin(room, page)
    end(room, over)
    begin(room, page)
    room.broker.kernel_restarted(room.now)
    states = [(each.state, each.lost) for each in room.broker.known.runs()]
    assert states[0] == ("ended", "")
    assert states[1][0] == "lost"
    assert "restarted before this cell was over" in states[1][1]


def test_a_save_counts_if_it_cannot_have_begun_before_the_change() -> None:
    room = Room()
    page = room.page("a")
    request = begin(room, page)
    room.kernel.prints("1", request)
    told = []
    for seconds in (SAVE_SECONDS / 2, SAVE_SECONDS):
        room.wait(seconds)
        room.broker.notebook_saved(room.now)
        told.append(kept(room, request).is_saved)
    room.kernel.prints("2", request)
    assert [*told, kept(room, request).is_saved] == [False, True, False]
