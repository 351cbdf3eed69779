"""A run as readers see it: whose it is, how far it is, and nothing that lets anybody pose as it."""

from __future__ import annotations

from typing import Any

import pytest

from jupyter_comm_broker.errors import RequestNotFoundError
from jupyter_comm_broker.inspection.runs import run_views
from jupyter_comm_broker.inspection.runs.run_views import LONGEST, RunView
from jupyter_comm_broker.protocol.alias import alias
from jupyter_comm_broker.protocol.message import Message
from tests.core.room import Room
from tests.core.runs.asking import begin, end, run

SESSION = "0123456789abcdef0123456789abcdef"


def shown(room: Room, request: Message, **how: Any) -> RunView:
    known = room.broker.known
    found = known.run(request.header.msg_id)
    assert found is not None
    return run_views.view("k", known, found, room.now, **{"code": False, "lines": 0, **how})


def test_a_run_is_shown_from_its_request_to_its_end() -> None:
    room = Room()
    page = room.page("a")
    request = run(page, "one")
    room.wait(2.0)
    waits = shown(room, request)
    assert (waits["state"], waits["cell_id"], waits["seconds"]) == ("queued", "one", 2.0)
    assert (waits["began_at"], waits["ended_at"], waits["execution_count"]) == (None, None, None)
    assert waits["session_id"] == alias("a")
    room.kernel.busy(request)
    room.kernel.publishes("execute_input", {"code": "", "execution_count": 3}, request)
    room.kernel.prints("x\n", request)
    room.wait(5.0)
    runs = shown(room, request)
    assert (runs["state"], runs["seconds"], runs["execution_count"]) == ("running", 5.0, 3)
    assert runs["began_at"] == room.broker.known.date(room.now - 5.0)
    assert (runs["messages"], runs["bytes"] > 0, runs["bytes_dropped"]) == (1, True, 0)
    end(room, request)
    room.wait(9.0)
    ended = shown(room, request)
    assert (ended["state"], ended["seconds"], ended["status"]) == ("ended", 5.0, "ok")
    assert ended["ended_at"] == ended["changed_at"]


def test_a_run_whose_process_is_gone_says_why() -> None:
    room = Room()
    request = begin(room, room.page("a"))
    assert shown(room, request)["lost"] is None
    room.broker.kernel_restarted(room.now)
    room.settle()
    lost = shown(room, request)
    assert lost["state"] == "lost"
    assert "DeadKernelError" in str(lost["lost"])


def test_a_prompt_that_waits_is_shown() -> None:
    room = Room()
    request = begin(room, room.page("a"))
    assert shown(room, request)["prompt"] is None
    room.kernel.says("stdin", "input_request", {"prompt": "name? ", "password": False}, request)
    assert shown(room, request)["prompt"] == "name? "


def test_code_and_lines_are_shown_if_they_are_asked_for() -> None:
    room = Room()
    request = begin(room, room.page("a"))
    room.kernel.prints("1\n2\n3\n", request)
    assert {"code", "last_lines"} & set(shown(room, request)) == set()
    asked = shown(room, request, code=True, lines=2)
    assert (asked["code"], asked["last_lines"]) == ("work()", ["2", "3"])


def test_nobody_learns_the_session_id_and_the_run_is_found_by_what_is_shown() -> None:
    room = Room()
    request = run(room.page(SESSION))
    assert SESSION in request.header.msg_id
    view = shown(room, request)
    assert SESSION not in str(view)
    assert view["msg_id"] == request.header.msg_id.replace(SESSION, alias(SESSION))
    known = room.broker.known
    for name in (view["msg_id"], request.header.msg_id):
        assert run_views.found("k", known, name).msg_id == request.header.msg_id


def test_a_request_that_never_was_is_said_so() -> None:
    with pytest.raises(RequestNotFoundError, match="'gone'"):
        run_views.found("k", Room().broker.known, "gone")


@pytest.mark.parametrize("cell_id", ["", "<img src=x>", "../../x", "\x1b[2J\x00", "ü\ud800", "x"])
def test_a_cells_id_is_what_the_page_says_and_bounded(cell_id: str) -> None:
    room = Room()
    page = room.page("a")
    found = shown(room, run(page, cell_id))["cell_id"]
    # No text can hold a lone surrogate.
    assert found == (cell_id.replace("\ud800", "\ufffd") or None)
    longer = shown(room, run(page, cell_id * 5_000))["cell_id"] or ""
    assert len(longer) <= LONGEST


def test_outputs_are_told_with_how_far_the_run_is() -> None:
    room = Room()
    request = begin(room, room.page("a"))
    room.kernel.prints("x\n", request)
    known = room.broker.known
    found = known.run(request.header.msg_id)
    assert found is not None
    told: Any = run_views.outputs("k", known, found)
    assert told == {
        "kernel_id": "k",
        "msg_id": request.header.msg_id,
        "state": "running",
        "status": None,
        "execution_count": 3,
        "lost": None,
        "prompt": None,
        "bytes_dropped": 0,
        "outputs": [{"output_type": "stream", "name": "stdout", "text": "x\n"}],
    }


def test_a_tag_changes_with_whatever_is_shown_and_not_with_time() -> None:
    room = Room()
    page = room.page("a")
    request = run(page)
    seen = []

    def tag() -> str:
        room.wait(1.0)
        return run_views.tag(room.broker.known, room.broker.known.runs())

    seen.append(tag())
    assert tag() == seen[0]
    room.kernel.busy(request)
    seen.append(tag())
    display = {"data": {"text/plain": "a"}, "metadata": {}, "transient": {"display_id": "d"}}
    room.kernel.publishes("display_data", display, request)
    seen.append(tag())
    changed = {**display, "data": {"text/plain": "b"}}
    room.kernel.publishes("update_display_data", changed, request)
    seen.append(tag())
    room.kernel.says("stdin", "input_request", {"prompt": "?", "password": False}, request)
    seen.append(tag())
    end(room, request)
    seen.append(tag())
    run(page, "other")
    seen.append(tag())
    assert len(set(seen)) == len(seen)
    assert run_views.tag(room.broker.known, room.broker.known.runs(), "other") not in seen
