"""The command says what it lacks, and a service that runs ends when it is told to."""

from __future__ import annotations

import asyncio
import os
import signal
import socket

import pytest

from jupyter_comm_broker.fleet.service import main as subject
from jupyter_comm_broker.fleet.service.main import Service, main
from jupyter_comm_broker.fleet.service.settings import Settings
from tests.until import until

from .running import PREFIX, Page, Rows, running


def test_without_a_hub_it_says_what_is_missing(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("JUPYTERHUB_API_URL", raising=False)
    assert main([]) == 2
    assert "JUPYTERHUB_API_URL" in capsys.readouterr().err


async def test_it_serves_until_it_is_told_to_end() -> None:
    with socket.create_server(("127.0.0.1", 0)) as found:
        port = found.getsockname()[1]
    told = Settings(
        host="127.0.0.1", port=port, prefix=PREFIX, api_url="http://127.0.0.1:9", users_at="/user/"
    )
    service = Service(told, [Page, Rows])
    task = asyncio.create_task(service.run())
    await until(lambda: bool(service.server._sockets))
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.wait_for(task, 10)
    writer.close()
    with pytest.raises(OSError):  # noqa: PT011 - refused, in any wording
        await asyncio.open_connection("127.0.0.1", port)


async def test_a_client_that_sends_nothing_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subject, "BODY_SECONDS", 0.2)
    async with running() as service:
        reader, writer = await asyncio.open_connection("127.0.0.1", service.port)
        head = f"POST {PREFIX}api/reports HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\n\r\n"
        writer.write(head.encode() + b"{")
        assert await asyncio.wait_for(reader.read(), 10) == b""
        writer.close()
