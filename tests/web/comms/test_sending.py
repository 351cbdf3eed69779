"""Sending on a comm: at once, until the kernel is done, or with what it answered."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from jupyter_comm_broker.errors import RefusedMessageError, TooLargeError
from jupyter_comm_broker.protocol.message import Message

from ..conftest import KERNEL_1, NO_KERNEL, Answer, Ask, Desk, Judge

COMMS = ("api", "kernels", KERNEL_1, "comms")
UPDATE = {"data": {"method": "update", "state": {"value": 7}, "buffer_paths": []}}
SLIDER = {"_model_name": "IntSliderModel", "value": 1}


async def send(ask: Ask, comm_id: str, body: Any, **query: Any) -> Answer:
    text = body if isinstance(body, str | bytes) else json.dumps(body)
    return await ask(*COMMS, comm_id, "messages", method="POST", body=text, params=query)


async def test_a_message_is_on_its_way_at_once(ask: Ask, desk: Desk) -> None:
    room, program = desk.rooms[KERNEL_1], desk.programs[KERNEL_1]
    room.kernel.opens("c1", SLIDER)
    answer = await send(ask, "c1", UPDATE)
    (sent,) = program.sent
    assert answer.status == 202
    assert answer.body == {"msg_id": sent.header.msg_id, "queued_behind": None}
    assert room.for_kernel() == [sent]
    assert (sent.header.msg_type, sent.channel) == ("comm_msg", "shell")
    assert sent.content == {"comm_id": "c1", **UPDATE}
    assert Judge.asked == [("write", "comms")]


async def test_a_busy_kernel_is_said(ask: Ask, desk: Desk) -> None:
    room = desk.rooms[KERNEL_1]
    room.kernel.opens("c1", SLIDER)
    page = room.page("a")
    cell = page.write("shell", "execute_request", {"code": "long"})
    room.kernel.busy(cell)
    room.wait(2.5)
    answer = await send(ask, "c1", UPDATE)
    assert answer.body["queued_behind"] == {
        "msg_id": cell.header.msg_id,
        "msg_type": "execute_request",
        "seconds": 2.5,
    }


async def test_who_waits_until_it_is_processed_hears_when_it_is(ask: Ask, desk: Desk) -> None:
    desk.rooms[KERNEL_1].kernel.opens("c1", SLIDER)
    answer = await send(ask, "c1", UPDATE, wait="processed")
    assert answer.status == 200
    assert set(answer.body) == {"msg_id", "seconds"}


async def test_a_reply_is_all_that_the_message_caused(ask: Ask, desk: Desk) -> None:
    room, program = desk.rooms[KERNEL_1], desk.programs[KERNEL_1]
    room.kernel.opens("c1", target="plot")

    def does(message: Message) -> None:
        room.kernel.busy(message)
        room.kernel.sends("c1", {"echo": 1}, message, [b"\xff"])
        room.kernel.prints("one ", message)
        room.kernel.prints("two", message)
        room.kernel.sends("c1", {"another": "'s"})
        room.kernel.raises("OddError", message)
        room.kernel.idle(message)

    program.does = does
    body = {"data": {}, "metadata": {"m": 1}, "buffers": [base64.b64encode(b"\0\1").decode()]}
    answer = (await send(ask, "c1", body, wait="reply")).body
    assert [(m["data"], m["redacted"]) for m in answer["comm_messages"]] == [({"echo": 1}, [])]
    assert answer["comm_messages"][0]["buffers"] == [
        {"length": 1, "encoding": "base64", "data": "/w=="}
    ]
    assert answer["streams"] == [{"name": "stdout", "text": "one two"}]
    assert answer["errors"] == [{"ename": "OddError", "evalue": "no", "traceback": ["line"]}]
    assert answer["truncated"] is False
    assert list(program.sent[0].buffers) == [b"\0\1"]
    assert bytes(program.sent[0].parts[2]) == b'{"m":1}'


async def test_secrets_in_a_reply_are_shown_to_who_may_execute_and_asks(
    ask: Ask, desk: Desk
) -> None:
    room, program = desk.rooms[KERNEL_1], desk.programs[KERNEL_1]
    room.kernel.opens("c1", {"_model_name": "PasswordModel", "value": ""})

    def does(message: Message) -> None:
        room.kernel.busy(message)
        room.kernel.echoes("c1", {"value": "hunter2"}, message)
        room.kernel.idle(message)

    program.does = does
    hidden = (await send(ask, "c1", UPDATE, wait="reply")).body["comm_messages"][0]
    assert "hunter2" not in str(hidden)
    assert hidden["redacted"] == [["state", "value"]]
    shown = (await send(ask, "c1", UPDATE, wait="reply", reveal="true")).body
    assert "hunter2" in str(shown)
    Judge.denied = {("execute", "comms")}
    assert (await send(ask, "c1", UPDATE, wait="reply", reveal="true")).status == 403


async def test_a_kernel_that_takes_long_has_the_message_all_the_same(ask: Ask, desk: Desk) -> None:
    room, program = desk.rooms[KERNEL_1], desk.programs[KERNEL_1]
    room.kernel.opens("c1", SLIDER)
    program.does = room.kernel.busy
    answer = await send(ask, "c1", UPDATE, wait="processed", timeout="0.01")
    assert answer.status == 504
    assert answer.body["msg_id"] == program.sent[0].header.msg_id
    assert "accepted and is not taken back" in answer.body["message"]
    assert answer.body["queued_behind"]["msg_id"] == answer.body["msg_id"]
    assert "still handling it" in answer.body["message"]


async def test_who_waits_in_vain_hears_what_the_kernel_runs(ask: Ask, desk: Desk) -> None:
    room, program = desk.rooms[KERNEL_1], desk.programs[KERNEL_1]
    room.kernel.opens("c1", SLIDER)
    program.does = lambda message: None
    cell = room.page("a").executes()
    room.kernel.busy(cell)
    answer = await send(ask, "c1", UPDATE, wait="processed", timeout="0.01")
    assert answer.status == 504
    assert answer.body["queued_behind"]["msg_type"] == "execute_request"
    assert f"execute_request {cell.header.msg_id}" in answer.body["message"]
    assert "awaits something" in answer.body["message"]
    room.kernel.idle(cell)
    quiet = await send(ask, "c1", UPDATE, wait="processed", timeout="0.01")
    assert (quiet.status, "queued_behind" in quiet.body) == (504, False)


async def test_a_form_carries_binary_parts(ask: Ask, desk: Desk) -> None:
    desk.rooms[KERNEL_1].kernel.opens("c1", target="plot")
    part = b'--x\r\nContent-Disposition: form-data; name="%b"\r\n\r\n%b\r\n'
    body = part % (b"data", b'{"a": 1}') + part % (b"buffers", b"\0\xff\r\n") + b"--x--\r\n"
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    path = (*COMMS, "c1", "messages")
    answer = await ask(*path, method="POST", body=body, headers=headers)
    assert answer.status == 202
    (sent,) = desk.programs[KERNEL_1].sent
    assert (sent.content["data"], list(sent.buffers)) == ({"a": 1}, [b"\0\xff\r\n"])


@pytest.mark.parametrize(
    ("body", "query", "field"),
    [
        ("{", {}, ""),
        ({"data": {}, "buffers": ["!"]}, {}, "buffers[0]"),
        ({"data": {"method": "update", "state": {}}, "buffers": ["AA=="]}, {}, "buffers"),
        (UPDATE, {"wait": "forever"}, "wait"),
        (UPDATE, {"timeout": "0"}, "timeout"),
        (UPDATE, {"timeout": "NaN"}, "timeout"),
        (UPDATE, {"limit": "1"}, "limit"),
    ],
)
async def test_bad_input_names_its_field_and_the_kernel_hears_nothing(
    ask: Ask, desk: Desk, body: Any, query: dict[str, str], field: str
) -> None:
    desk.rooms[KERNEL_1].kernel.opens("c1", SLIDER)
    answer = await send(ask, "c1", body, **query)
    assert (answer.status, answer.body["field"]) == (400, field)
    assert answer.body["message"]
    assert answer.body["reason"]
    assert desk.programs[KERNEL_1].sent == []


async def test_several_go_out_in_their_order_and_each_has_its_id(ask: Ask, desk: Desk) -> None:
    desk.rooms[KERNEL_1].kernel.opens("c1", target="plot")
    program = desk.programs[KERNEL_1]
    several = [{"data": {"number": number}} for number in range(100)]
    several[7] |= {"metadata": {"m": 1}, "buffers": ["AP8="]}  # type: ignore[dict-item]
    answer = await send(ask, "c1", several)
    assert answer.status == 202
    assert [each.content["data"]["number"] for each in program.sent] == list(range(100))
    assert answer.body["msg_ids"] == [each.header.msg_id for each in program.sent]
    assert answer.body["msg_id"] == answer.body["msg_ids"][-1]
    assert (bytes(program.sent[7].parts[2]), list(program.sent[7].buffers)) == (
        b'{"m":1}',
        [b"\0\xff"],
    )
    alone = await send(ask, "c1", several[:1])
    assert alone.body["msg_ids"] == [alone.body["msg_id"]]


@pytest.mark.parametrize(
    ("several", "query", "field"),
    [
        ([], {}, ""),
        ([UPDATE] * 101, {}, ""),
        ([UPDATE, {"data": 1}], {}, "[1].data"),
        ([UPDATE, {"data": {}, "buffers": ["!"]}], {}, "[1].buffers[0]"),
        ([UPDATE, {"data": {"method": "update"}, "buffers": ["AA=="]}], {}, "[1].buffers"),
        ([UPDATE, UPDATE], {"wait": "processed"}, "wait"),
        ([UPDATE], {"wait": "reply"}, "wait"),
    ],
)
async def test_of_several_none_is_sent_where_one_is_wrong(
    ask: Ask, desk: Desk, several: Any, query: dict[str, str], field: str
) -> None:
    desk.rooms[KERNEL_1].kernel.opens("c1", SLIDER)
    answer = await send(ask, "c1", several, **query)
    assert (answer.status, answer.body["field"]) == (400, field)
    assert desk.programs[KERNEL_1].sent == []


async def test_of_several_none_is_sent_where_one_is_too_large(
    ask: Ask, desk: Desk, jp_serverapp: Any
) -> None:
    jp_serverapp.web_app.settings["websocket_max_message_size"] = 1000
    desk.rooms[KERNEL_1].kernel.opens("c1", target="plot")
    small, large = {"data": {"x": "y" * 900}}, {"data": {"x": "y" * 1000}}
    assert (await send(ask, "c1", [small, large])).status == 413
    assert desk.programs[KERNEL_1].sent == []
    # Each may be as large as one alone; of all of them the body's bound and the backlog's.
    assert (await send(ask, "c1", [small, small])).status == 202
    assert (await send(ask, "c1", [small] * 7)).status == 413
    assert len(desk.programs[KERNEL_1].sent) == 2


async def test_custom_messages_of_widgets_need_no_paths(ask: Ask, desk: Desk) -> None:
    desk.rooms[KERNEL_1].kernel.opens("c1", SLIDER)
    body = {"data": {"method": "custom", "content": {}}, "buffers": ["AA=="]}
    assert (await send(ask, "c1", body)).status == 202


async def test_who_may_only_read_is_refused(ask: Ask, desk: Desk) -> None:
    desk.rooms[KERNEL_1].kernel.opens("c1", SLIDER)
    Judge.denied = {("write", "comms")}
    assert (await send(ask, "c1", UPDATE)).status == 403
    assert desk.programs[KERNEL_1].sent == []


async def test_what_is_gone_or_never_was_gets_nothing(ask: Ask, desk: Desk) -> None:
    room = desk.rooms[KERNEL_1]
    room.kernel.opens("c1", SLIDER)
    room.kernel.closes("c1")
    gone = await send(ask, "c1", UPDATE)
    assert (gone.status, gone.body["closed"]["reason"]) == (410, "closed by the kernel")
    assert (await send(ask, "c2", UPDATE)).status == 404
    path = ("api", "kernels", NO_KERNEL, "comms", "c1", "messages")
    assert (await ask(*path, method="POST", body=json.dumps(UPDATE))).status == 404
    assert desk.programs[KERNEL_1].sent == []


async def test_what_the_broker_does_not_let_through_has_its_status(ask: Ask, desk: Desk) -> None:
    desk.rooms[KERNEL_1].kernel.opens("c1", SLIDER)
    program = desk.programs[KERNEL_1]
    program.fault = RefusedMessageError("comm_msg", "Kernels.allowed")
    refused = await send(ask, "c1", UPDATE)
    assert (refused.status, refused.body["setting"]) == (403, "Kernels.allowed")
    program.fault = TooLargeError("it", 3, 2, "Kernels.most")
    large = await send(ask, "c1", UPDATE)
    assert (large.status, large.body["limit"], large.body["setting"]) == (413, 2, "Kernels.most")
