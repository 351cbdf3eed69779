"""Kernels that somebody else started keep their ids and sessions when the server restarts."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import pytest

from jupyter_comm_broker.testing.page import Page
from jupyter_comm_broker.testing.server import Server

from .flooded import eventually
from .hold import Hold

BAR = "import ipywidgets as w; bar = w.IntProgress(value=7)"

ENDS = 10 if os.environ.get("JCB_LONG") else 2
"""How often the server ends by each signal: the second leaves kernels that it took over."""


@pytest.fixture
def files(tmp_path: Path) -> Iterator[Path]:
    """The folder of the connection files of two kernels."""
    folder = tmp_path / "external"
    folder.mkdir()
    with ExitStack() as running:
        for name in ("one", "two"):
            command = [sys.executable, "-m", "ipykernel_launcher", "-f", str(folder / name)]
            kernel = running.enter_context(
                subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603
            )
            running.callback(kernel.kill)
        yield folder


@pytest.fixture
def server(files: Path, start_server: Callable[..., Server]) -> Server:
    """A server beside these kernels, which leaves them."""
    return start_server(
        options=[
            "--ServerApp.allow_external_kernels=True",
            f"--ServerApp.external_connection_dir={files}",
            "--CommBroker.leave_kernels=True",
        ]
    )


async def has_two(server: Server) -> bool:
    """Return whether a server lists both kernels."""
    answer = await server.ask("GET", "/api/kernels")
    return answer.status == 200 and len(answer.body) == 2


@pytest.mark.parametrize(
    "how", [signal.SIGKILL, pytest.param(signal.SIGTERM, marks=pytest.mark.long)]
)
async def test_external_kernels_keep_ids_and_sessions(server: Server, how: signal.Signals) -> None:
    two = partial(has_two, server)
    await eventually(two, 30)
    kernel_ids = {each["id"] for each in await server.get("/api/kernels")}
    kernel_id = min(kernel_ids)
    body = {"path": "a.ipynb", "name": "a", "type": "notebook", "kernel": {"id": kernel_id}}
    session_id = server.request("POST", "/api/sessions", body).body["id"]
    async with Page(server, kernel_id) as page:
        await page.run(BAR)
    for _ in range(ENDS):
        os.kill(server.pid, how)
        server.stop()
        server.start()
        await eventually(two, 30)
        assert {each["id"] for each in await server.get("/api/kernels")} == kernel_ids
        sessions = await server.get("/api/sessions")
        assert [(e["id"], e["kernel"]["id"]) for e in sessions] == [(session_id, kernel_id)]
        async with Page(server, kernel_id) as page:
            await page.arrive()
            await page.shows(lambda: page.widgets.only("IntProgressModel").state["value"] == 7, 10)
            assert await page.run("print(bar.value)") == "7\n"


async def test_a_cell_of_an_external_kernel_ends_in_its_page(server: Server, hold: Hold) -> None:
    """The kernel's reply goes to a socket that is gone. Nobody can have it, and that is said."""
    two = partial(has_two, server)
    await eventually(two, 30)
    kernel_id = (await server.get("/api/kernels"))[0]["id"]
    page = Page(server, kernel_id)
    await page.open()
    await page.run(BAR)
    cell = await page.execute(f"{hold.waits.replace('sleep(0.01)', 'sleep(0.01); bar.value += 1')}")
    await page.until(lambda m: m.type == "comm_msg" and m.parent_id == cell)
    os.kill(server.pid, signal.SIGTERM)
    server.stop()
    server.start()
    await eventually(two, 30)
    await page.drop()
    await page.open()
    assert (await page.arrive()).by == "control"
    await page.until(lambda m: m.type == "comm_msg" and m.parent_id == cell)
    hold.release()
    assert (await page.ended(cell, 30)).content["ename"] == "ReplyLost"
    await page.idle(cell, 30)
    truth = int(await page.run("print(bar.value)"))
    await page.shows(lambda: page.widgets.only("IntProgressModel").state["value"] == truth, 10)
    await page.close()
