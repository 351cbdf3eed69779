"""Under a Hub, for users with ``@`` and spaces in their names, all of the broker works."""

from __future__ import annotations

import asyncio
import html
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from jupyter_comm_broker.testing.address import Address, ask
from jupyter_comm_broker.testing.event_reader import EventReader
from jupyter_comm_broker.testing.page import Page
from tests.acceptance.cli import comms, surroundings

from .hub import ANN, BOB, Hub

pytestmark = pytest.mark.slow

SLIDER = """
import ipywidgets as widgets
slider = widgets.IntSlider(7)
print(slider.comm.comm_id)
"""

BUSY = """
import time
time.sleep(4)
"""


async def asked(server: Address, method: str, path: str, body: Any = None) -> Any:
    answer = await asyncio.to_thread(ask, server, method, path, body)
    assert answer.status < 300, answer
    return answer.body


@asynccontextmanager
async def kernel_of(hub: Hub, user: str) -> AsyncIterator[tuple[Address, str]]:
    """Start a user's server and a kernel on it."""
    server = await asyncio.to_thread(hub.starts, user)
    kernel_id = (await asked(server, "POST", "/api/kernels", {"name": "python3"}))["id"]
    yield server, kernel_id
    await asked(server, "DELETE", f"/api/kernels/{kernel_id}")


@pytest.mark.parametrize("user", [ANN, BOB])
async def test_pages_programs_events_and_commands_work_under_the_prefix(
    hub: Hub, user: str, tmp_path: Path
) -> None:
    async with kernel_of(hub, user) as (server, kernel_id):
        check = await asked(server, "GET", "/api/comms/broker")
        assert (check["in_path"], check["reason"]) == (True, None)
        async with EventReader(server, kernel=kernel_id) as reader:
            await reader.begins()
            async with Page(server, kernel_id) as page:
                comm_id = (await page.run(SLIDER)).strip()
                told = await reader.of("opened")
                while told.data["comm_id"] != comm_id:
                    told = await reader.of("opened")
                path = f"/api/kernels/{kernel_id}/comms/{comm_id}"
                moved = {"data": {"method": "update", "state": {"value": 9}, "buffer_paths": []}}
                await asked(server, "POST", f"{path}/messages?wait=processed", moved)
                shown = await asked(server, "GET", f"{path}/state")
                assert shown["state"]["value"] == 9
                # A page that is loaded in mid-cell.
                running = asyncio.ensure_future(page.run(BUSY))
                await asyncio.sleep(0.5)
                async with Page(server, kernel_id) as again:
                    restored = await again.arrive(within=3.0)
                    assert again.widgets.models[comm_id].state["value"] == 9
                    assert not running.done(), restored
                await running
        url = f"http://127.0.0.1:{server.port}{server.base_url}"
        person = surroundings(
            None, JUPYTER_TOKEN=server.token, JUPYTER_RUNTIME_DIR=str(tmp_path), HOME=str(tmp_path)
        )
        listed = await comms(None, "list", "--json", "--url", url, environment=person)
        assert comm_id in [each["comm_id"] for each in listed.json]
        # As copied from the browser.
        status = await comms(None, "status", "--url", f"{url}lab?", environment=person)
        assert status.code == 0, status


@pytest.mark.parametrize("user", [ANN, BOB])
async def test_the_dashboard_loads_its_files_and_finds_the_api_under_the_prefix(
    hub: Hub, user: str
) -> None:
    server = await asyncio.to_thread(hub.starts, user)
    page = await asked(server, "GET", "/comm-broker")
    base = re.search(r'<meta name="jupyter-base-url" content="([^"]*)"', page)
    assert base
    assert html.unescape(base[1]) == server.base_url
    assets = re.findall(r'(?:src|href)="([^"]+/assets/[^"]+)"', page)
    assert assets
    for each in assets:
        path = html.unescape(each).removeprefix(server.base_url.rstrip("/"))
        await asked(server, "GET", path)


async def test_nobody_is_let_in_by_another_users_token(hub: Hub) -> None:
    server = await asyncio.to_thread(hub.starts, ANN)
    bobs = Address(port=server.port, base_url=server.base_url, token=hub.token(BOB))
    answer = await asyncio.to_thread(ask, bobs, "GET", "/api/comms/broker")
    assert answer.status == 403
