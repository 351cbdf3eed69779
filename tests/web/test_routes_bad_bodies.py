"""Bodies that are none, or not what the document says, and what is too large or too deep."""

from __future__ import annotations

import json
from typing import Any

import pytest

from .conftest import Ask, Desk
from .test_routes_bad_input import OPEN, SEND, do, refused, room, unheard
from .test_routes_rights import CLOSINGS, COMM, TARGET, Operation

__all__ = ["room"]

RECORD, RECORD_TARGET = ("PUT", COMM + "/recording"), ("PUT", TARGET)
CLOSE_CHOSEN = ("POST", CLOSINGS)
WRITING = [OPEN, SEND, RECORD, RECORD_TARGET, CLOSE_CHOSEN]
FORM = {"Content-Type": "multipart/form-data; boundary=x"}

UPDATE = {"method": "update", "state": {"value": 1}}


def lists(levels: int) -> bytes:
    return b"[" * levels + b"]" * levels


def body(**fields: Any) -> bytes:
    return json.dumps({"data": {}, **fields}).encode()


def placed(paths: Any) -> bytes:
    return body(data={**UPDATE, "buffer_paths": paths}, buffers=["AA=="])


def part(name: str, value: bytes) -> bytes:
    return b'--x\r\nContent-Disposition: form-data; name="%b"\r\n\r\n%b\r\n' % (
        name.encode(),
        value,
    )


@pytest.mark.parametrize("operation", WRITING, ids=" ".join)
@pytest.mark.parametrize(
    "text",
    [b"", b"{", b"null", b"7.0", b'"x"', b"\xff\xfe", b"\0", b"true"],
    ids=repr,
)
async def test_a_body_that_is_none_is_refused(
    ask: Ask, room: Desk, operation: Operation, text: bytes
) -> None:
    refused(room, await do(ask, operation, text), 400, "")


@pytest.mark.parametrize("operation", WRITING, ids=" ".join)
async def test_a_body_of_another_type_is_refused(
    ask: Ask, room: Desk, operation: Operation
) -> None:
    for media_type in ("text/plain", "application/x-www-form-urlencoded", "application/jsonx"):
        answer = await do(ask, operation, b"{}", headers={"Content-Type": media_type})
        assert answer.status == 415
        assert media_type in answer.body["message"]
        unheard(room, answer)


WRONG: list[tuple[Operation, bytes, str]] = [
    # Wrong types, and what must be there and is not.
    (SEND, b"{}", "data"),
    (SEND, body(data=[1]), "data"),
    (SEND, body(data=None), "data"),
    (SEND, body(metadata=1), "metadata"),
    (SEND, body(buffers={}), "buffers"),
    (SEND, body(target_name="plot"), "target_name"),
    (SEND, body(comm_id="c1"), "comm_id"),
    (SEND, b"[]", ""),
    (SEND, b'[{"data": {}}, {"data": 1}]', "[1].data"),
    (SEND, b'[{"data": {}}, {"data": {}, "buffers": ["?"]}]', "[1].buffers[0]"),
    (SEND, b'[{"data": {}}, {"data": {"x": %b}}]' % lists(500), "[1].data"),
    (OPEN, body(), "target_name"),
    (OPEN, body(target_name=1), "target_name"),
    (OPEN, body(target_name=""), "target_name"),
    (OPEN, body(target_name="plot", comm_id=1), "comm_id"),
    (OPEN, body(target_name="plot", comm_id=""), "comm_id"),
    (OPEN, body(target_name="plot", data=1), "data"),
    (OPEN, body(target_name="plot", colour=1), "colour"),
    (RECORD, b"{}", "on"),
    (RECORD, b'{"on": 1}', "on"),
    (RECORD, b'{"on": true, "messages": 0}', "messages"),
    (RECORD, b'{"on": true, "payload_bytes": 1e9}', "payload_bytes"),
    (RECORD_TARGET, b'{"on": "true"}', "on"),
    (CLOSE_CHOSEN, b"{}", "comms"),
    (CLOSE_CHOSEN, b'{"comms": "c1"}', "comms"),
    (CLOSE_CHOSEN, b'{"comms": ["c1", 1]}', "comms[1]"),
    (CLOSE_CHOSEN, b'{"comms": ["c1"], "dry_run": 0}', "dry_run"),
    (CLOSE_CHOSEN, b'{"comms": [%b"c1"]}' % (b'"c1",' * 10_000), "comms"),
    # Buffers that are no base64, or whose places are none.
    (SEND, body(buffers=["?"]), "buffers[0]"),
    (SEND, body(buffers=["AA==", "AA"]), "buffers[1]"),
    (SEND, body(buffers=["A A=="]), "buffers[0]"),
    (SEND, body(buffers=[None]), "buffers[0]"),
    (SEND, body(data=UPDATE, buffers=["AA=="]), "buffers"),
    (SEND, body(data={**UPDATE, "buffer_paths": [["x"]]}), "buffers"),
    (SEND, body(data={**UPDATE, "buffer_paths": 1}), "data.buffer_paths"),
    (SEND, placed([["x", 0]]), "data.buffer_paths[0]"),
    (SEND, placed([1]), "data.buffer_paths[0]"),
    (OPEN, body(target_name="jupyter.widget", buffers=["AA=="]), "buffers"),
    # Names that are too long for lists, logs and URLs.
    (OPEN, body(target_name="ü" * 1_000_000), "target_name"),
    (OPEN, body(target_name="plot", comm_id="ü" * 1_000_000), "comm_id"),
    # What JSON has no word for.
    (SEND, b'{"data": {"x": NaN}}', ""),
    (SEND, b'{"data": {"x": -Infinity}}', ""),
    (SEND, b'{"data": {"x": "\\ud800"}}', ""),
    (OPEN, b'{"target_name": "plot", "data": {"x": NaN}}', ""),
    (RECORD, b'{"on": true, "messages": NaN}', ""),
    # A kernel, or the other end, could not read it.
    *((SEND, b'{"data": {"x": %b}}' % lists(levels), "data") for levels in (500, 900)),
    *((SEND, b'{"data": {"x": %b}}' % lists(levels), "") for levels in (1000, 1100, 100_000)),
    (SEND, b'{"data": {}, "metadata": {"x": %b}}' % lists(500), "metadata"),
    (OPEN, b'{"target_name": "plot", "data": {"x": %b}}' % lists(500), "data"),
]


@pytest.mark.parametrize(
    ("operation", "text", "field"), WRONG, ids=[f"{o[0]} {t[:60]!r}" for o, t, _ in WRONG]
)
async def test_what_is_wrong_with_a_body_is_said_with_its_field(
    ask: Ask, room: Desk, operation: Operation, text: bytes, field: str
) -> None:
    refused(room, await do(ask, operation, text), 400, field)


@pytest.mark.parametrize("levels", range(930, 1000))
async def test_no_depth_is_a_fault(ask: Ask, room: Desk, levels: int) -> None:
    """Where Python's limit strikes depends on who calls."""
    answer = await do(ask, SEND, b'{"data": {"x": %b}}' % lists(levels))
    assert answer.status == 400
    assert "nested more than 500 levels deep" in answer.body["message"]
    unheard(room, answer)


async def test_what_is_just_not_too_deep_passes(ask: Ask, room: Desk) -> None:
    answer = await do(ask, SEND, b'{"data": {"x": %b}}' % lists(498), query={"wait": "reply"})
    assert answer.status == 200


@pytest.mark.parametrize(
    ("text", "field"),
    [
        (part("data", b"{"), "data"),
        (part("data", b"{}") + part("data", b"{}"), "data"),
        (part("data", b'{"x": %b}' % lists(500)), "data"),
        (part("data", b'{"x": %b}' % lists(5000)), "data"),
        (part("data", b"{}") + part("colour", b"red"), "colour"),
        (part("data", b"{}") + part("buffers", b"") * 97, "buffers"),
        (part("data", b"{}") + part("buffers", b"") * 200, "buffers"),
        (b"", "data"),
    ],
    ids=lambda value: repr(value[-40:]),
)
async def test_what_is_wrong_with_a_form_is_said_with_its_field(
    ask: Ask, room: Desk, text: bytes, field: str
) -> None:
    refused(room, await do(ask, SEND, text + b"--x--\r\n", headers=FORM), 400, field)


async def test_a_form_that_cannot_be_taken_apart_is_refused(ask: Ask, room: Desk) -> None:
    for headers in (FORM, {"Content-Type": "multipart/form-data"}):
        answer = await do(ask, SEND, b"no form at all", headers=headers)
        assert answer.status == 400
        assert "field" in answer.body
        unheard(room, answer)


async def test_an_id_that_is_taken_is_a_conflict(ask: Ask, room: Desk) -> None:
    answer = await do(ask, OPEN, body(target_name="plot", comm_id="c1"))
    refused(room, answer, 409, "comm_id")


@pytest.mark.parametrize("operation", [OPEN, SEND], ids=" ".join)
async def test_what_is_too_large_names_limit_and_setting(
    ask: Ask, room: Desk, operation: Operation, jp_serverapp: Any
) -> None:
    limit = 10_000
    jp_serverapp.web_app.settings["websocket_max_message_size"] = limit
    name = {"target_name": "plot"} if operation == OPEN else {}
    for size, what in ((limit, "the message"), (6 * limit, "the body")):
        answer = await do(ask, operation, body(data={"x": "y" * size}, **name))
        assert answer.status == 413
        assert answer.body["limit"] == limit
        assert "websocket_max_message_size" in answer.body["setting"]
        assert answer.body["message"].startswith(what)
        unheard(room, answer)
    names = await do(ask, operation, body(data={"x": "y"}, **name))
    assert names.status in (201, 202)


@pytest.mark.parametrize("name", ["plöt", "a/b?c#d", "🎛", "x" * 1000, "<script>", "a\nb\0c"])
async def test_any_other_name_is_as_good(ask: Ask, room: Desk, name: str) -> None:
    answer = await do(ask, OPEN, body(target_name=name, comm_id=name))
    assert (answer.status, answer.body["target_name"], answer.body["comm_id"]) == (201, name, name)
    assert "\n" not in answer.headers["Location"]
