"""A real kernel hears nothing of requests that are refused, and the server goes on."""

from __future__ import annotations

import asyncio
import http.client
from typing import Any

from jupyter_comm_broker.testing.page import Page
from jupyter_comm_broker.testing.server import Server

from .conftest import StartServer

RECORDS = """
import ipywidgets as widgets
kernel, heard = get_ipython().kernel, []
def recording(msg_type, handle):
    def handler(stream, ident, message):
        heard.append((msg_type, message["content"]["comm_id"]))
        return handle(stream, ident, message)
    return handler
for each in ("comm_open", "comm_msg", "comm_close"):
    kernel.shell_handlers[each] = recording(each, kernel.shell_handlers[each])
slider = widgets.IntSlider(7, model_id="slider")
"""
UPDATE = {"method": "update", "state": {"value": 1}, "buffer_paths": []}


def nested(levels: int) -> Any:
    found: Any = 1
    for _ in range(levels):
        found = [found]
    return found


SENDS: list[tuple[Any, int, str | None]] = [
    ({"data": 1}, 400, "data"),
    ({"data": {}, "buffers": ["?"]}, 400, "buffers[0]"),
    ({"data": UPDATE, "buffers": ["AA=="]}, 400, "buffers"),
    ({"data": {"x": float("nan")}}, 400, ""),
    ({"data": {}, "colour": 1}, 400, "colour"),
    ({"data": {"x": nested(600)}}, 400, "data"),
    ({"data": {"x": nested(940)}}, 400, None),
    ([{"data": UPDATE}, {"data": 1}], 400, "[1].data"),
    ({"data": {"x": "y" * 11_000_000}}, 413, None),
]
OPENS: list[tuple[Any, int, str | None]] = [
    ({}, 400, "target_name"),
    ({"target_name": "ü" * 1_000_000}, 400, "target_name"),
    ({"target_name": "jupyter.widget", "comm_id": "slider"}, 409, "comm_id"),
    ({"target_name": "jupyter.widget", "buffers": ["AA=="]}, 400, "buffers"),
    ({"target_name": "jupyter.widget", "data": {"x": float("inf")}}, 400, ""),
]


async def test_the_kernel_hears_of_nothing_that_is_refused(server: Server, kernel_id: str) -> None:
    comms = f"/api/kernels/{kernel_id}/comms"
    messages = f"{comms}/slider/messages"
    async with Page(server, kernel_id) as page:
        await page.kernel_info()
        await page.run(RECORDS)
        for path, table in ((messages, SENDS), (comms, OPENS)):
            for body, status, field in table:
                answer = await server.ask("POST", path, body)
                assert answer.status == status, answer
                assert answer.body["message"]
                assert answer.body["reason"]
                assert field is None or answer.body["field"] == field
        for method, path, status in [
            ("DELETE", comms, 400),
            ("DELETE", f"{comms}/nobody", 404),
            ("DELETE", f"{comms}?all=true&dry_run=true", 200),
            ("POST", f"{comms}/nobody/messages", 400),
            ("POST", f"{messages}?colour=red", 400),
        ]:
            assert (await server.ask(method, path)).status == status, path
        done = await server.ask("POST", f"{messages}?wait=processed&timeout=60", {"data": UPDATE})
        assert done.status == 200
        assert (await page.run("print(heard)")).strip() == "[('comm_msg', 'slider')]"


async def test_a_body_that_the_server_does_not_take_ends_its_connection_and_nothing_else(
    start_server: StartServer,
) -> None:
    """tornado ends it before any handler is called. Our own limits are far smaller."""
    server = start_server(options=["--ServerApp.max_body_size=1000000"])
    kernel_id = server.start_kernel()
    path = f"/api/kernels/{kernel_id}/comms"

    def send(size: int) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        headers = {"Authorization": f"token {server.token}"}
        try:
            connection.request("POST", path, b'{"target_name": "%b"}' % (b"x" * size), headers)
            return connection.getresponse().status
        except ConnectionError:
            return 0
        finally:
            connection.close()

    async with Page(server, kernel_id) as page:
        await page.kernel_info()
        await page.run(RECORDS)
        assert await asyncio.to_thread(send, 900_000) == 400
        assert await asyncio.to_thread(send, 1_100_000) in (0, 400)
        assert (await server.ask("GET", "/api/comms")).status == 200
        assert (await page.run("print(heard)")).strip() == "[]"
    assert "Content-Length too long" in server.log
