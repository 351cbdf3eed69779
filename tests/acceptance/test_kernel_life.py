"""A kernel that restarts, moves, dies or rests: every page hears it, once, and goes on."""

import asyncio
import sys

import pytest

from jupyter_comm_broker.testing.page import Page
from jupyter_comm_broker.testing.restore import arrive
from jupyter_comm_broker.testing.server import Server

from .conftest import StartServer

WIDGETS = "import ipywidgets as widgets\nmany = [widgets.IntSlider(i) for i in range(5)]"

NEW_PORTS = """
from jupyter_server.services.kernels.kernelmanager import ServerKernelManager

c.KernelManager.cache_ports = False
stays = ServerKernelManager.restart_kernel
def moves(self, *args, **how):
    return stays(self, *args, **{**how, "newports": True})
ServerKernelManager.restart_kernel = moves
"""


async def closes_once(page: Page, comm_ids: set[str]) -> None:
    """Wait for the end of each comm, and see that none is told twice."""
    await page.shows(lambda: comm_ids <= set(page.widgets.closed))
    assert sorted(page.widgets.closed) == sorted(comm_ids)


async def test_a_restart_closes_each_old_comm_once_and_new_widgets_show(
    server: Server, kernel_id: str
) -> None:
    """Scenario 16 on the same ports. Stock: no ``comm_close`` in 10 s."""
    await _restart(server, kernel_id)


async def test_a_kernel_that_moves_to_other_ports_is_followed(start_server: StartServer) -> None:
    """Scenario 16. Stock: no ``comm_close`` in 10 s."""
    server = start_server(config=NEW_PORTS)
    kernel_id = server.start_kernel()
    ports = server.ports(kernel_id)
    await _restart(server, kernel_id)
    assert not server.ports(kernel_id) & ports


async def _restart(server: Server, kernel_id: str) -> None:
    async with Page(server, kernel_id) as one, Page(server, kernel_id) as other:
        await one.kernel_info()
        await one.run(WIDGETS)
        old = set(one.widgets.models)
        await other.shows(lambda: set(other.widgets.models) == old)
        epoch = (await server.link(kernel_id))["epoch"] if server.subject == "broker" else 0
        answer = await server.ask("POST", f"/api/kernels/{kernel_id}/restart")
        assert answer.status == 200
        for page in (one, other):
            await closes_once(page, old)
        assert await server.comms(kernel_id) == {}
        assert (await server.link(kernel_id))["epoch"] > epoch
        await one.run("import ipywidgets as widgets\nnew = widgets.IntText(1)")
        for page in (one, other):
            await page.shows(lambda p=page: len(p.widgets.models) == len(old) + 3)  # type: ignore[misc]
            assert page.widgets.only("IntTextModel").state["value"] == 1
        new = one.widgets.only("IntTextModel").comm_id
        await one.widgets.set(new, value=2)
        await other.until(lambda m: m.method == "echo_update" and m.comm_id == new)
        assert await one.run("print(new.value)") == "2\n"
        assert set(one.widgets.closed) == old


async def test_a_page_is_told_that_the_kernel_died_and_was_restarted(
    server: Server, kernel_id: str
) -> None:
    async with Page(server, kernel_id) as page:
        await page.kernel_info()
        await page.run(WIDGETS)
        old = set(page.widgets.models)
        await page.execute("import os; os._exit(1)")
        await page.until(lambda m: m.execution_state == "restarting", 20)
        await closes_once(page, old)
        assert await page.run("print('again')", 30) == "again\n"
        assert page.status == "idle"
        assert await server.comms(kernel_id) == {}


async def test_a_page_is_told_that_the_kernel_is_dead(start_server: StartServer) -> None:
    """The kernel dies as soon as it is started again, until the server gives it up."""
    server = start_server(options=["--KernelRestarter.restart_limit=2"])
    flag = server.folder / "die"
    python = server.folder / "python"
    python.write_text(f'#!/bin/sh\n[ -e "{flag}" ] && exit 1\nexec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    kernel_id = server.start_kernel(server.add_kernel("mortal", python=str(python)))
    async with Page(server, kernel_id) as page:
        await page.kernel_info()
        await page.run(WIDGETS)
        old = set(page.widgets.models)
        flag.touch()
        await page.execute("import os; os._exit(1)")
        await page.until(lambda m: m.execution_state == "dead", 40)
        await closes_once(page, old)
        assert page.status == "dead"
        # The server lists it no more, so there is nothing left to be linked to.
        assert await server.get("/api/kernels") == []
        if server.subject == "broker":
            assert (await server.get("/api/comms/broker"))["kernels"] == []
            assert (await server.ask("GET", f"/api/kernels/{kernel_id}/comms")).status == 404


async def test_connections_are_counted(server: Server, kernel_id: str) -> None:
    async def counted() -> int:
        count: int = (await server.get(f"/api/kernels/{kernel_id}"))["connections"]
        return count

    async def becomes(expected: int) -> None:
        for _ in range(50):
            if await counted() == expected:
                return
            await asyncio.sleep(0.1)
        assert await counted() == expected

    await becomes(0)
    async with Page(server, kernel_id) as one, Page(server, kernel_id):
        await one.kernel_info()
        await becomes(2)
        async with Page(server, kernel_id, session_id=one.session_id):
            # The stale one counts no more.
            await one.disconnected()
            await becomes(2)
    await becomes(0)


@pytest.mark.parametrize("connected", [True, False])
async def test_idle_kernels_are_culled_as_with_stock(
    start_server: StartServer, connected: bool
) -> None:
    """A connected kernel stays, one that nobody is connected to goes, and its link with it."""
    culling = ["cull_idle_timeout=2", "cull_interval=1"]
    server = start_server(options=[f"--MappingKernelManager.{each}" for each in culling])
    kernel_id = server.start_kernel()
    page = Page(server, kernel_id)
    await page.open()
    await page.run(WIDGETS)
    if not connected:
        await page.close()
    await asyncio.sleep(6)
    running = [kernel["id"] for kernel in await server.get("/api/kernels")]
    assert (kernel_id in running) == connected
    if connected:
        assert await page.run("print(1)") == "1\n"
        await page.close()
    elif server.subject == "broker":
        assert (await server.get("/api/comms/broker"))["kernels"] == []


async def test_a_kernel_that_runs_a_cell_is_not_culled(start_server: StartServer) -> None:
    """The broker's own questions are no activity, the kernel's work is."""
    server = start_server(
        options=[
            "--MappingKernelManager.cull_idle_timeout=2",
            "--MappingKernelManager.cull_interval=1",
            "--MappingKernelManager.cull_connected=True",
        ]
    )
    kernel_id = server.start_kernel()
    async with Page(server, kernel_id) as page:
        cell = await page.execute("import time\nfor _ in range(40): print(1); time.sleep(0.1)")
        await page.ended(cell)
        assert [kernel["id"] for kernel in await server.get("/api/kernels")] == [kernel_id]
        for _ in range(100):
            if not await server.get("/api/kernels"):
                break
            await asyncio.sleep(0.1)
        assert await server.get("/api/kernels") == []


async def test_a_kernel_that_is_shut_down_leaves_no_link(server: Server) -> None:
    kernel_id = server.start_kernel()
    async with Page(server, kernel_id) as page:
        await arrive(page)
        await page.run(WIDGETS)
        server.end_kernel(kernel_id)
        answer = await server.ask("GET", f"/api/kernels/{kernel_id}/comms")
        assert answer.status == 404
        linked = (await server.get("/api/comms/broker"))["kernels"]
        assert kernel_id not in [kernel["kernel_id"] for kernel in linked]
