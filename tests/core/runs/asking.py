"""What the plug-in of a page asks, and what a cell does, in a room with a broker."""

from __future__ import annotations

from typing import Any

from jupyter_comm_broker.core.runs.known_run import KnownRun
from jupyter_comm_broker.protocol.message import Message

from ..page import Page
from ..room import Room

ASK = {
    "code": "",
    "silent": True,
    "store_history": False,
    "user_expressions": {},
    "allow_stdin": True,
    "stop_on_error": False,
}


ATTACH = {"comm_broker": {"version": 1, "ask": "attach"}}


def runs_of(page: Page, **more: Any) -> list[dict[str, Any]]:
    """Ask which runs there are."""
    runs: list[dict[str, Any]] = answer_to(page, **more)["runs"]
    return runs


def answer_to(page: Page, **more: Any) -> dict[str, Any]:
    """Ask which runs there are. Returns all that the broker says."""
    page.gets()
    metadata = {"comm_broker": {"version": 1, "ask": "runs", **more}}
    asked = page.sends("execute_request", ASK, metadata=metadata)
    reply, idle = page.gets()
    assert (reply.header.msg_type, reply.parent.msg_id) == ("execute_reply", asked.header.msg_id)
    assert idle.execution_state == "idle"
    said_to: dict[str, Any] = reply.content["comm_broker"]
    return said_to


def attach(page: Page, request: Message) -> list[Message]:
    """Attach to a run. Returns what the page gets at once."""
    page.gets()
    page.sends("execute_request", ASK, metadata=ATTACH, msg_id=request.header.msg_id)
    return page.gets()


def said(message: Message) -> str | None:
    """Return what the broker says in a status; ``None`` if the message is none of its."""
    if message.header.msg_type != "status":
        return None
    say: str | None = message.content.get("comm_broker", {}).get("say")
    return say


def types(messages: list[Message]) -> list[str]:
    return [said(each) or each.execution_state or each.header.msg_type for each in messages]


def run(page: Page, cell_id: str = "cell", **header: Any) -> Message:
    metadata = {"cellId": cell_id, "recordTiming": True}
    return page.sends("execute_request", {"code": "work()"}, metadata=metadata, **header)


def begin(room: Room, page: Page, cell_id: str = "cell") -> Message:
    request = run(page, cell_id)
    room.kernel.busy(request)
    room.kernel.publishes("execute_input", {"code": "work()", "execution_count": 3}, request)
    return request


def end(room: Room, request: Message) -> None:
    room.kernel.replies(request, {"status": "ok", "execution_count": 3})
    room.kernel.idle(request)


def kept(room: Room, request: Message) -> KnownRun:
    """Return what readers are told of a run."""
    known = room.broker.known.run(request.header.msg_id)
    assert known is not None
    return known
