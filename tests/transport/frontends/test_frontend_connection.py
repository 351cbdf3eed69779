"""A page's WebSocket on a real server: both framings, bad frames, counts, and how it ends."""

from __future__ import annotations

import asyncio
import errno
import json
import socket
from typing import Any

import pytest
from tornado.httpclient import HTTPClientError

from jupyter_comm_broker.core.outboxes.outbox import Outbox
from jupyter_comm_broker.protocol import framing
from jupyter_comm_broker.protocol.alias import alias
from jupyter_comm_broker.protocol.message import Message
from jupyter_comm_broker.protocol.websocket_v1 import SUBPROTOCOL
from tests.fakes.server import Desk
from tests.until import until

BOTH = pytest.mark.parametrize("subprotocol", [SUBPROTOCOL, framing.DEFAULT])


@BOTH
@pytest.mark.parametrize("buffers", [(), (b"\0one", b"", b"three")])
async def test_messages_pass_whole_in_both_framings(
    desk: Desk, subprotocol: str, buffers: tuple[bytes, ...]
) -> None:
    kernel_id, kernel = await desk.starts()
    page = await desk.opens(kernel_id, subprotocol=subprotocol)
    content = {"comm_id": "c", "target_name": "t", "data": {"text": "ü\u2028😀"}}
    sent = await page.sends("comm_open", content, buffers=buffers)
    got = await kernel.taken("comm_open")
    assert (got.header, got.content, got.parts[4:]) == (
        json.loads(bytes(sent.parts[0])),
        content,
        list(buffers),
    )
    kernel.publish("comm_msg", {"comm_id": "c", "data": content}, got, buffers)
    heard = await page.hears("comm_msg")
    assert (heard.channel, heard.content["data"], list(heard.buffers)) == (
        "iopub",
        content,
        list(buffers),
    )
    assert heard.parent.msg_id == sent.header.msg_id


BAD_V1 = [
    b"",
    b"\xff" * 8,
    b"\xff" * 200,
    "text",
    (6).to_bytes(8, "little") + (1 << 60).to_bytes(8, "little") * 6,
    framing.payload(SUBPROTOCOL, Message("shell", [b"no json", b"{}", b"{}", b"{}"])),
    framing.payload(SUBPROTOCOL, Message("shell", [b"{}", b"{}", b"{}", b"{}"])),
    framing.payload(SUBPROTOCOL, Message("shell", [b"[" * 200_000, b"{}", b"{}", b"{}"])),
    framing.payload(
        SUBPROTOCOL, Message("shell", [b'{"msg_type": "comm_msg"}', b"{}", b"{}", b"[1]"])
    ),
]
BAD_DEFAULT = [
    "",
    "null",
    "{}",
    "[" * 200_000,
    '{"header": 1}',
    '{"header": {"msg_type": "x"}, "channel": "nowhere"}',
    '{"header": {"msg_type": "x"}, "channel": ["shell"]}',
    '{"header": {"msg_type": "comm_msg"}, "content": {}}',
    b"",
    b"\xff\xff\xff\xff",
    b"\0\0\0\2\0\0\0\xff\0\0\0\1",
]


@pytest.mark.parametrize(
    ("subprotocol", "bad"), [(SUBPROTOCOL, BAD_V1), (framing.DEFAULT, BAD_DEFAULT)]
)
async def test_bad_frames_are_counted_logged_once_and_leave_the_socket_usable(
    desk: Desk, caplog: pytest.LogCaptureFixture, subprotocol: str, bad: list[str | bytes]
) -> None:
    kernel_id, kernel = await desk.starts()
    page = await desk.opens(kernel_id, subprotocol=subprotocol)
    for frame in bad:
        await page.client.write_message(frame, binary=isinstance(frame, bytes))
    await page.sends("execute_request", {"code": "1"})
    await kernel.taken("execute_request")
    broker = desk.broker.kernel(kernel_id)
    assert broker._parts.ledger.counters["malformed_from_frontends"] == len(bad)
    assert caplog.text.count(f"ignored a malformed message of session {alias('a')}") == 1
    assert broker._parts.ledger.counters["faults"] == 0


async def test_connections_are_counted_and_uncounted_exactly_once(desk: Desk) -> None:
    kernel_id, _ = await desk.starts()

    def counted() -> int:
        return int(desk.app.kernel_manager._kernel_connections[kernel_id])

    pages = [await desk.opens(kernel_id, session) for session in "ab"]
    await until(lambda: len(desk.connections) == 2)
    assert counted() == 2
    connection = desk.connections[0]
    connection.disconnect()
    connection.disconnect()
    assert counted() == 1
    for page in pages:
        page.client.close()
    await until(lambda: counted() == 0)
    assert desk.connections == []


async def test_a_connection_may_end_before_it_began_and_ignores_what_comes_then(desk: Desk) -> None:
    kernel_id, _ = await desk.starts()
    kernels = desk.app.kernel_manager
    kind = desk.app.kernel_websocket_connection_class
    await desk.opens(kernel_id)
    (opened,) = await until(lambda: desk.connections)
    manager = kernels.get_kernel(kernel_id)
    connection = kind(parent=manager, websocket_handler=opened.websocket_handler)
    connection.handle_incoming_message("too early")
    connection.disconnect()
    connection.flush(Outbox(0))
    assert kernels._kernel_connections[kernel_id] == 1


async def test_small_messages_do_not_wait_for_each_other(desk: Desk) -> None:
    kernel_id, _ = await desk.starts()
    await desk.opens(kernel_id)
    (connection,) = await until(lambda: desk.connections)
    protocol: Any = connection.websocket_handler.ws_connection
    assert protocol.stream.socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) == 1


async def test_a_newer_socket_of_the_same_session_ends_the_older(desk: Desk) -> None:
    kernel_id, kernel = await desk.starts()
    older = await desk.opens(kernel_id)
    newer = await desk.opens(kernel_id)
    code, reason = await older.closes()
    assert (code, reason) == (1013, "replaced by a newer socket of the same session")
    kernel.publish("stream", {"text": "hello"})
    await newer.hears("stream")
    assert desk.app.kernel_manager._kernel_connections[kernel_id] == 1


async def test_a_page_that_comes_back_is_given_what_it_missed(desk: Desk) -> None:
    kernel_id, kernel = await desk.starts()
    page = await desk.opens(kernel_id)
    await until(lambda: desk.connections)
    page.client.close()
    await until(lambda: not desk.connections)
    witness = await desk.opens(kernel_id, "b")
    kernel.publish("stream", {"text": "missed"})
    await witness.hears("stream")
    back = await desk.opens(kernel_id)
    await back.hears("stream", text="missed")


async def test_a_socket_opens_while_the_kernel_is_busy_and_the_page_is_heard(desk: Desk) -> None:
    kernel_id, kernel = await desk.starts()
    kernel.answers = False
    page = await desk.opens(kernel_id)
    await page.sends("execute_request", {})
    await kernel.taken("execute_request")


async def test_the_server_closes_every_socket_when_it_stops(desk: Desk) -> None:
    kernel_id, _ = await desk.starts()
    page = await desk.opens(kernel_id)
    await until(lambda: desk.connections)
    await desk.app.kernel_websocket_connection_class.close_all()
    assert (await page.closes())[1] == "the server is stopping"
    assert desk.connections == []


async def test_no_kernel_no_socket(desk: Desk) -> None:
    with pytest.raises(HTTPClientError) as refused:
        await desk.opens("00000000-0000-0000-0000-000000000000")
    assert refused.value.code == 404


async def test_a_kernel_that_failed_to_start_is_said_before_the_handshake(desk: Desk) -> None:
    kernel_id, _ = await desk.starts()
    manager = desk.app.kernel_manager.get_kernel(kernel_id)
    failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    failed.set_exception(RuntimeError("no such thing"))
    manager._ready = failed
    with pytest.raises(HTTPClientError) as refused:
        await desk.opens(kernel_id)
    assert refused.value.code == 500
    assert (manager.execution_state, manager.reason) == ("dead", "no such thing")


async def test_a_kernel_that_cannot_be_connected_is_said_before_the_handshake(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    kernel_id, _ = await desk.starts()
    desk.broker.kernel_drivers.kernel_gone(kernel_id)
    manager = desk.app.kernel_manager.get_kernel(kernel_id)

    def refuse(**kwargs: Any) -> None:
        raise OSError(errno.EMFILE, "Too many open files")

    with monkeypatch.context() as patch:
        patch.setattr(manager, "connect_iopub", refuse)
        with pytest.raises(HTTPClientError) as refused:
            await desk.opens(kernel_id)
        assert refused.value.code == 503
        assert desk.connections == []
        assert desk.app.kernel_manager._kernel_connections[kernel_id] == 0
    await desk.opens(kernel_id)


async def test_a_page_is_refused_while_the_link_of_its_kernel_is_broken(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    kernel_id, kernel = await desk.starts()
    page = await desk.opens(kernel_id)
    driver = desk.broker.kernel_drivers.driver(kernel_id)

    def refuse(**kwargs: Any) -> None:
        raise OSError(errno.EMFILE, "Too many open files")

    with monkeypatch.context() as patch:
        patch.setattr(driver.kernel_manager, "connect_shell", refuse)
        driver.link.close()
        with pytest.raises(HTTPClientError) as refused:
            await desk.opens(kernel_id, "b")
        assert refused.value.code == 503
        shown = await desk.get("api", "comms", "broker")
        assert [each["link"] for each in shown["kernels"]] == ["broken"]
        # Who has a socket keeps it, and what is sent on it waits.
        await page.sends("execute_request", {})
    await kernel.taken("execute_request", "a")
