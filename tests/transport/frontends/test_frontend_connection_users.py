"""A page's session id belongs to its user. Another user is refused before the handshake."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from tornado.web import create_signed_value

from jupyter_comm_broker.adapters.program import Program
from jupyter_comm_broker.errors import ServerRefusedError
from jupyter_comm_broker.protocol.alias import alias
from jupyter_comm_broker.testing.address import Address
from jupyter_comm_broker.testing.websocket import WebSocket
from jupyter_comm_broker.transport.frontends.frontend_connection import FrontendConnection
from tests.fakes.server import Desk
from tests.until import until

Connect = Callable[..., Awaitable[WebSocket]]
ANN, BEN = uuid.uuid4().hex, uuid.uuid4().hex


@pytest.fixture
def connect(desk: Desk, jp_http_port: int) -> Connect:
    """Return a function that opens a WebSocket as a browser or as a program with the token."""

    async def connect(
        kernel_id: str, session: str, user: str | None = None, *, token: bool = False
    ) -> WebSocket:
        provider, headers = desk.app.identity_provider, {}
        if token:
            headers["Authorization"] = f"token {provider.token}"
        if user is not None:
            fields = ("name", "display_name", "initials", "avatar_url", "color")
            value = json.dumps({"username": user, **dict.fromkeys(fields, "x")})
            name = f"username-127-0-0-1-{jp_http_port}"
            cookie = create_signed_value(desk.app.web_app.settings["cookie_secret"], name, value)
            headers["Cookie"] = f"{name}={cookie.decode()}"
        made = WebSocket()
        path = f"/api/kernels/{kernel_id}/channels?session_id={session}"
        await made.open(Address.of(desk.app), path, headers=headers)
        return made

    return connect


async def ended(client: WebSocket) -> None:
    """Wait until the server has ended a socket."""
    while await asyncio.wait_for(client.receive(), 30) is not None:
        pass
    client.cut()


async def leave(desk: Desk, client: WebSocket) -> None:
    await client.say_goodbye()
    await ended(client)
    await until(lambda: not desk.connections)


async def turned_away(coming: Awaitable[Any]) -> str:
    with pytest.raises(ServerRefusedError) as refused:
        await coming
    assert refused.value.status == 403
    return str(refused.value)


async def test_another_user_is_turned_away_while_the_page_is_there_and_while_it_is_away(
    desk: Desk, connect: Connect
) -> None:
    kernel_id, _ = await desk.starts()
    page = await connect(kernel_id, "a", ANN)
    await until(lambda: desk.connections)
    assert "another user" in await turned_away(connect(kernel_id, "a", BEN))
    assert "another user" in await turned_away(connect(kernel_id, "a", token=True))
    await leave(desk, page)
    assert "another user" in await turned_away(connect(kernel_id, "a", BEN))
    # Her browser may show the token as well as the cookie, or only one of them.
    again = await connect(kernel_id, "a", ANN, token=True)
    await leave(desk, again)
    other = await connect(kernel_id, "b", BEN)
    await leave(desk, other)


async def test_a_program_that_keeps_no_cookie_comes_back_to_what_it_missed(
    desk: Desk, connect: Connect
) -> None:
    kernel_id, _ = await desk.starts()
    for _ in range(3):
        await leave(desk, await connect(kernel_id, "a", token=True))
    (link,) = (await desk.get("api", "comms", "broker"))["kernels"]
    assert [each["session_id"] for each in link["frontends"]] == [alias("a")]


async def test_a_browser_without_a_cookie_is_the_same_page_with_the_one_it_was_given(
    desk: Desk, connect: Connect
) -> None:
    kernel_id, _ = await desk.starts()
    await leave(desk, await connect(kernel_id, "a", token=True))
    await leave(desk, await connect(kernel_id, "a", ANN, token=True))
    assert "another user" in await turned_away(connect(kernel_id, "a", BEN))


async def test_the_servers_own_session_ids_are_nobodys(desk: Desk, connect: Connect) -> None:
    kernel_id, _ = await desk.starts()
    driver = desk.broker.kernel_drivers.driver(kernel_id)
    program = Program(driver)
    for taken in (program.session_id, driver.broker._parts.author.session):
        assert "the server itself" in await turned_away(connect(kernel_id, taken, token=True))
    program.close("over")


async def test_two_that_come_at_once_are_told_apart_after_the_handshake_too(
    desk: Desk, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    kernel_id, _ = await desk.starts()
    driver = desk.broker.kernel_drivers.driver(kernel_id)
    await leave(desk, await connect(kernel_id, "a", ANN))
    # As it is where neither was known when both asked.
    monkeypatch.setattr(FrontendConnection, "_turn_away_strangers", lambda self, driver: None)
    late = await connect(kernel_id, "a", BEN)
    await ended(late)
    assert "another user" in str(late.close_reason)
    assert not driver.broker._parts.delivery.attached
    await until(lambda: not desk.connections)
