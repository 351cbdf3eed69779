"""A server is reached by what is known of it, be it ours or not."""

from __future__ import annotations

import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from jupyter_comm_broker.testing.address import Address, Answer, ask, path_of

from .scripted import says, scripted


async def test_a_server_of_this_process_is_asked(jp_serverapp: Any, http_server: Any) -> None:
    address = Address.of(jp_serverapp)
    assert address.base_url == jp_serverapp.base_url
    answer = await asyncio.to_thread(ask, address, "GET", "/api/status")
    assert (answer.status, answer.body["kernels"]) == (200, 0)
    refused = await asyncio.to_thread(ask, address, "DELETE", "/api/kernels/none")
    assert refused.status == 404
    page = await asyncio.to_thread(ask, address, "GET", "/metrics")
    assert isinstance(page.body, str)
    assert "http_request_duration" in page.body


def test_a_path_is_below_the_base_url() -> None:
    assert path_of(Address(), "/api") == "/api"
    assert path_of(Address(base_url="/user/anna/"), "/api") == "/user/anna/api"


@pytest.mark.parametrize(("body", "sent"), [(None, b""), ({"a": 1}, b'{"a": 1}')])
async def test_a_body_is_json_and_nothing_is_no_body(body: Any, sent: bytes) -> None:
    heard: list[bytes] = []

    async def does(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        heard.extend([head, await reader.readexactly(len(sent))])
        writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
        await writer.drain()

    async with scripted(does) as address:
        answer = await asyncio.to_thread(ask, address, "POST", "/x", body, "text/html")
    assert answer == Answer(204, "")
    assert heard[0].startswith(b"POST /x HTTP/1.1")
    assert b"Authorization: token secret" in heard[0]
    assert b"Accept: text/html" in heard[0]
    assert heard[1] == sent


async def test_a_server_on_a_socket_file_is_asked_too() -> None:
    answer = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n[]"
    does = says(answer)
    over = asyncio.Event()

    async def served(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await does(reader, writer)
        writer.close()
        over.set()

    # A short path: pytest's own may be longer than a socket's name can be.
    with TemporaryDirectory() as folder:
        address = Address(unix_socket=Path(folder, "s"))
        server = await asyncio.start_unix_server(served, address.unix_socket)
        try:
            answered = await asyncio.to_thread(ask, address, "GET", "/api")
            # Else it may be left over when the loop ends.
            await asyncio.wait_for(over.wait(), 10)
        finally:
            server.close()
            await server.wait_closed()
    assert answered == Answer(200, [])
