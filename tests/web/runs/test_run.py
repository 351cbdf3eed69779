"""One run and its output over REST: as a notebook holds it, and harmless whatever it is."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from jupyter_comm_broker.protocol.alias import alias
from jupyter_comm_broker.protocol.message import Message
from tests.core.room import Room
from tests.core.runs.asking import begin, end, run
from tests.inspection.runs.notebook import notebook_of

from ..conftest import KERNEL_1, Ask, Desk

SESSION = "0123456789abcdef0123456789abcdef"


def path(request: Message, *more: str) -> tuple[str, ...]:
    return ("api", "kernels", KERNEL_1, "requests", request.header.msg_id, *more)


def shows(room: Room, request: Message, data: Any, **more: Any) -> None:
    content = {"data": data, "metadata": {}, **more}
    room.kernel.publishes("display_data", content, request)


async def test_a_run_is_shown_alone(ask: Ask, desk: Desk) -> None:
    room = desk.rooms[KERNEL_1]
    request = begin(room, room.page(SESSION))
    room.kernel.prints("a\nb\n", request)
    end(room, request)
    answer = await ask(*path(request), params={"lines": "1", "code": "true"})
    assert answer.status == 200
    assert (answer.body["state"], answer.body["status"]) == ("ended", "ok")
    assert (answer.body["last_lines"], answer.body["code"]) == (["b"], "work()")
    assert answer.body["session_id"] == alias(SESSION)
    assert SESSION not in str(answer.body)
    tag = answer.headers["ETag"]
    same = {"params": {"lines": "1", "code": "true"}, "headers": {"If-None-Match": tag}}
    assert (await ask(*path(request), **same)).status == 304
    assert (await ask(*path(request)[:-1], answer.body["msg_id"])).body["msg_id"] == answer.body[
        "msg_id"
    ]


async def test_outputs_are_those_of_a_notebook(ask: Ask, desk: Desk) -> None:
    room = desk.rooms[KERNEL_1]
    request = begin(room, room.page("a"))
    room.kernel.prints("10 %\r", request)
    room.kernel.prints("99 %\n", request)
    shows(room, request, {"text/plain": "old"}, transient={"display_id": "d"})
    new = {"data": {"text/plain": "new"}, "metadata": {}, "transient": {"display_id": "d"}}
    room.kernel.publishes("update_display_data", new, request)
    result = {"data": {"text/plain": "7"}, "metadata": {}, "execution_count": 3}
    room.kernel.publishes("execute_result", result, request)
    room.kernel.raises("ValueError", request)
    answer = await ask(*path(request, "outputs"))
    (cell,) = notebook_of(answer.body["outputs"]).cells
    kinds = ["stream", "display_data", "execute_result", "error"]
    assert [each.output_type for each in cell.outputs] == kinds
    assert cell.outputs[0].text == "99 %\n"
    assert cell.outputs[1].data == {"text/plain": "new"}
    assert answer.body["state"] == "running"


async def test_the_same_outputs_are_not_sent_twice(ask: Ask, desk: Desk) -> None:
    room = desk.rooms[KERNEL_1]
    request = begin(room, room.page("a"))
    tag = (await ask(*path(request, "outputs"))).headers["ETag"]
    assert not tag.startswith("W/")
    known = {"If-None-Match": tag}
    room.wait(60.0)
    assert (await ask(*path(request, "outputs"), headers=known)).status == 304
    room.kernel.prints("x", request)
    assert (await ask(*path(request, "outputs"), headers=known)).status == 200


async def test_html_and_bytes_are_json_and_nothing_else(ask: Ask, desk: Desk) -> None:
    room = desk.rooms[KERNEL_1]
    request = begin(room, room.page("a"))
    script = "<script>alert(1)</script>"
    shows(room, request, {"text/html": script, "image/png": "iVBORw0KGgo=", "image/svg+xml": "<x>"})
    answer = await ask(*path(request, "outputs"))
    assert answer.content_type.startswith("application/json")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert notebook_of(answer.body["outputs"]).cells[0].outputs[0].data["text/html"] == script


async def test_what_no_notebook_can_hold_is_made_to_fit(ask: Ask, desk: Desk) -> None:
    room = desk.rooms[KERNEL_1]
    request = begin(room, room.page("a"))
    deep: Any = "x"
    for _ in range(600):
        deep = [deep]
    shows(room, request, {"text/plain": 7, "application/json": deep, "x": "\ud800"}, more=deep)
    room.kernel.publishes("error", {"ename": 1, "traceback": "no list"}, request)
    room.kernel.publishes("execute_result", {"execution_count": "one"}, request)
    answer = await ask(*path(request, "outputs"))
    assert answer.status == 200
    notebook_of(answer.body["outputs"])


async def test_a_flood_is_cut_with_a_sentence(ask: Ask, desk: Desk) -> None:
    room = desk.rooms[KERNEL_1]
    request = begin(room, room.page("a"))
    line = "x" * 99 + "\n"
    for _ in range(100):
        room.wait(4.0)
        room.kernel.prints(line * 1_000, request)
    answer = await ask(*path(request, "outputs"))
    notebook_of(answer.body["outputs"])
    size = sum(len(each["text"]) for each in answer.body["outputs"])
    assert size < 9 * 1024 * 1024
    assert answer.body["bytes_dropped"] > 0
    assert "are not kept" in answer.body["outputs"][0]["text"]


async def test_an_id_may_hold_anything_if_it_is_quoted(
    desk: Desk, http_server_client: Any, jp_base_url: str, jp_auth_header: dict[str, str]
) -> None:
    msg_id = "../a b/<é>%2F?x=1#y"
    run(desk.rooms[KERNEL_1].page("a"), msg_id=msg_id)
    url = f"{jp_base_url}api/kernels/{KERNEL_1}/requests/{quote(msg_id, safe='')}"
    answer = await http_server_client.fetch(url, headers=jp_auth_header)
    assert json.loads(answer.body)["msg_id"] == msg_id


async def test_a_request_that_is_not_there_is_a_404(ask: Ask, desk: Desk) -> None:
    for more in ((), ("outputs",)):
        answer = await ask("api", "kernels", KERNEL_1, "requests", "r", *more)
        assert (answer.status, answer.body["reason"]) == (404, "RequestNotFoundError")
        assert "'r'" in answer.body["message"]
