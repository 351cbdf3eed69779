"""No fault of ours stops, delays or doubles a message between a page and its kernel."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from jupyter_comm_broker.core.kernel.verification import Verification
from jupyter_comm_broker.core.policy import Policy
from jupyter_comm_broker.core.requests.execution import Execution
from jupyter_comm_broker.core.restore.catch_up import CatchUps
from jupyter_comm_broker.core.restore.output_capture import OutputCapture
from jupyter_comm_broker.core.restore.page_replies import PageReplies
from jupyter_comm_broker.core.restore.restore import Restore
from jupyter_comm_broker.core.state.comm_record import Knowledge
from jupyter_comm_broker.core.state.mirror import Mirror
from jupyter_comm_broker.core.state.registry import Registry
from jupyter_comm_broker.core.state.targets import Targets
from jupyter_comm_broker.errors import MalformedMessageError
from jupyter_comm_broker.protocol.message import Message

from .capturing import Capturing
from .room import Room


class OurError(Exception):
    """What a bug in the broker would raise."""


def breaks(patch: pytest.MonkeyPatch, owner: type, name: str) -> None:
    def fail(*_: Any, **__: Any) -> Any:
        raise OurError

    patch.setattr(owner, name, fail)


Says = Callable[[Room], Message]

FROM_KERNEL: list[tuple[type, str, Says]] = [
    (Registry, "opened", lambda room: room.kernel.opens("new", {"value": 1})),
    (Mirror, "kernel_opened", lambda room: room.kernel.opens("new", {"value": 1})),
    (OutputCapture, "changed", lambda room: room.kernel.updates("w", {"value": 2})),
    (Registry, "found", lambda room: room.kernel.updates("unknown", {"value": 2})),
    (Mirror, "kernel_sent", lambda room: room.kernel.updates("w", {"value": 2})),
    (Targets, "proved", lambda room: room.kernel.customs("w", 1)),
    (Mirror, "closed", lambda room: room.kernel.closes("w")),
    (OutputCapture, "closed", lambda room: room.kernel.closes("w")),
    (Registry, "closed", lambda room: room.kernel.closes("w")),
    (OutputCapture, "captured", lambda room: room.kernel.prints("x")),
    (Mirror, "failed", lambda room: room.kernel.publishes("error", {"ename": "E"})),
    (Mirror, "busy", lambda room: room.kernel.publishes("status", {"execution_state": "busy"})),
    (Mirror, "idle", lambda room: room.kernel.publishes("status", {"execution_state": "idle"})),
    (
        Execution,
        "followed",
        lambda room: room.kernel.publishes("status", {"execution_state": "busy"}),
    ),
]

FROM_PAGE: list[tuple[type, str, Callable[[Any], Message]]] = [
    (Registry, "opened", lambda page: page.opens("new", "jupyter.widget", {"state": {}})),
    (Mirror, "frontend_opened", lambda page: page.opens("new", "jupyter.widget", {"state": {}})),
    (Targets, "proved", lambda page: page.updates("w", {"value": 2})),
    (CatchUps, "used", lambda page: page.updates("w", {"value": 2})),
    (Mirror, "frontend_sent", lambda page: page.updates("w", {"value": 2})),
    (Restore, "is_control", lambda page: page.updates("w", {"value": 2})),
    (Restore, "request_state", lambda page: page.asks_state("w")),
    (PageReplies, "comm_info", lambda page: page.sends("comm_info_request", {})),
    (PageReplies, "kernel_info", lambda page: page.sends("kernel_info_request", {})),
    (Mirror, "closed", lambda page: page.closes("w")),
    (Registry, "get", lambda page: page.closes("w")),
]


def prepared() -> tuple[Room, Any, Any]:
    room = Room()
    first, second = room.page("a"), room.page("b")
    room.kernel.opens("w", {"value": 1})
    first.updates("w", {"value": 1})
    room.kernel.busy(second.executes())
    for page in (first, second):
        page.gets()
    room.for_kernel()
    return room, first, second


def test_what_a_widget_collected_passes_although_it_cannot_be_compared(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    capturing = Capturing()
    room, page = capturing.room, capturing.page
    room.kernel.prints("x", capturing.cell)
    page.gets()
    breaks(monkeypatch, OutputCapture, "is_stale")
    message = room.kernel.updates("out", {"layout": "other"}, capturing.cell)
    assert page.gets() == [message]
    assert room.broker.known.counters()["faults"] == 1


@pytest.mark.parametrize(("owner", "name", "says"), FROM_KERNEL)
def test_a_message_of_the_kernel_is_delivered_once_whatever_fails(
    owner: type, name: str, says: Says, monkeypatch: pytest.MonkeyPatch
) -> None:
    room, first, second = prepared()
    breaks(monkeypatch, owner, name)
    message = says(room)
    # By their ids: an idle under another request is relabelled while a cell runs.
    got = [[each.header.msg_id for each in page.gets()] for page in (first, second)]
    assert got == [[message.header.msg_id]] * 2
    assert room.broker._parts.ledger.counters["faults"] == 1
    assert [type(line.fault) for line in room.log] == [OurError]


@pytest.mark.parametrize(("owner", "name", "sends"), FROM_PAGE)
def test_a_message_of_a_page_reaches_the_kernel_once_whatever_fails(
    owner: type, name: str, sends: Callable[[Any], Message], monkeypatch: pytest.MonkeyPatch
) -> None:
    room, first, _ = prepared()
    breaks(monkeypatch, owner, name)
    message = sends(first)
    assert room.for_kernel() == [message]
    assert room.broker._parts.ledger.counters["faults"] == 1


def test_a_comm_whose_message_could_not_be_followed_is_asked_about(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    room = Room()
    room.kernel.opens("w", {"value": 1})
    with monkeypatch.context() as patch:
        breaks(patch, Mirror, "kernel_sent")
        room.kernel.updates("w", {"value": 2})
    assert (room.mirrored("w"), room.record("w").knowledge) == ({"value": 1}, Knowledge.DIRTY)
    [asked] = room.for_kernel()
    room.kernel.updates("w", {"_model_name": "N", "value": 2}, asked)
    assert room.mirrored("w")["value"] == 2
    assert room.record("w").knowledge is Knowledge.CLEAN


@pytest.mark.parametrize("part", [Verification, Restore, CatchUps, OutputCapture])
def test_a_part_that_fails_in_its_time_does_not_stop_the_others(
    part: type, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = Room()
    page = room.page("a")
    breaks(monkeypatch, part, "next_due")
    message = room.kernel.prints("x")
    assert page.gets() == [message]
    request = page.executes()
    assert room.for_kernel() == [request]


def test_a_message_that_is_not_allowed_stays_here_even_if_the_telling_fails(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    room = Room(policy=Policy(allowed_message_types=frozenset({"kernel_info_request"})))
    page = room.page("a")
    breaks(monkeypatch, PageReplies, "refuse")
    page.executes()
    assert room.for_kernel() == []


@pytest.mark.parametrize("header", [b"", b"[]", b"{", b"null", b"3", b'"header"', b"\xff"])
def test_a_kernels_message_without_a_header_is_dropped_and_counted(header: bytes) -> None:
    room = Room()
    page = room.page("a")
    room.broker.kernel_sent(Message("iopub", [header, b"{}", b"{}", b"{}"]), room.now)
    room.settle()
    assert page.gets() == []
    assert room.broker._parts.ledger.counters["malformed_from_kernel"] == 1


def test_a_flood_of_malformed_messages_is_one_line_of_the_log() -> None:
    room = Room()
    for number in range(100):
        room.kernel.publishes("comm_msg", {"data": number})
        room.broker.kernel_sent(Message("iopub", [b"", b"{}", b"{}", b"{}"]), room.now)
        room.broker.kernel_sent_unreadable("shell", MalformedMessageError("no delimiter"), room.now)
    room.settle()
    assert room.broker._parts.ledger.counters["malformed_from_kernel"] == 300
    assert [line.text[:27] for line in room.log] == ["malformed comm_msg from the"]
    room.wait(60.0)
    room.kernel.publishes("comm_msg", {"data": 1})
    assert "299 other malformed messages" in room.log[-1].text


@pytest.mark.parametrize("msg_type", ["comm_open", "comm_msg", "comm_close"])
def test_a_kernels_comm_message_without_a_comm_id_passes(msg_type: str) -> None:
    room = Room()
    page = room.page("a")
    message = room.kernel.publishes(msg_type, {"data": {}})
    assert page.gets() == [message]
    assert room.broker._parts.ledger.counters["malformed_from_kernel"] == 1
    assert room.broker._parts.ledger.counters["faults"] == 0


@pytest.mark.parametrize(
    ("header", "content"),
    [
        (b"{}", b"{}"),
        (b"[]", b"{}"),
        (b"", b"{}"),
        (b'{"msg_type": "comm_msg", "msg_id": "1"}', b"{}"),
        (b'{"msg_type": "comm_msg", "msg_id": "1"}', b'{"comm_id": ""}'),
        (b'{"msg_type": "comm_open", "msg_id": "1"}', b"["),
    ],
)
def test_a_pages_message_that_is_none_reaches_nobody_else(header: bytes, content: bytes) -> None:
    room = Room()
    page = room.page("a")
    with pytest.raises(MalformedMessageError):
        room.broker.frontend_sent("a", Message("shell", [header, b"{}", b"{}", content]), room.now)
    room.settle()
    assert room.for_kernel() == []
    # Who sent a comm message waits for its idle.
    assert [m.header.msg_type for m in page.gets()] == ["status"] * (b"comm" in header)


@pytest.mark.parametrize("data", ["text", [1], None, {"method": 3}, {"method": "update"}])
def test_a_pages_comm_message_of_any_shape_reaches_the_kernel(data: Any) -> None:
    room = Room()
    page = room.page("a")
    room.kernel.opens("w", {"value": 1})
    message = page.tells("w", data)
    assert message in room.for_kernel()
    assert room.broker._parts.ledger.counters["faults"] == 0
