"""A kernel that restarts, moves, dies or rests: every page hears it, once, and goes on."""

import asyncio
import sys

import pytest

from jupyter_comm_broker.testing.page import Page
from jupyter_comm_broker.testing.restore import arrive
from jupyter_comm_broker.testing.server import Server

from .conftest import StartServer
from .flooded import eventually
from .held import ports

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
    """On the same ports. Stock: no ``comm_close`` in 10 s."""
    await _restart(server, kernel_id)


async def test_a_kernel_that_moves_to_other_ports_is_followed(start_server: StartServer) -> None:
    """On other ports. Stock: no ``comm_close`` in 10 s."""
    server = start_server(config=NEW_PORTS)
    kernel_id = server.start_kernel()
    before = ports(server, kernel_id)
    await _restart(server, kernel_id)
    assert not ports(server, kernel_id) & before


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
        # Nobody has to run a cell for that. Stock pages are told by their own subshell's statuses.
        await page.shows(lambda: page.status == "idle", 30)
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


RUNNING = {
    "crash": "import os; os._exit(1)",
    "restart": "import time; time.sleep(60)",
    "restart at a question": "input()",
}


@pytest.mark.parametrize("how", RUNNING)
async def test_a_kernel_whose_cell_ended_with_its_process_counts_as_idle(
    server: Server, kernel_id: str, how: str
) -> None:
    """Else it would never be culled. Stock calls it idle or starting."""

    async def is_idle() -> bool:
        kernel = await server.get(f"/api/kernels/{kernel_id}")
        return bool(kernel["execution_state"] == "idle")

    async with Page(server, kernel_id) as page:
        await page.kernel_info()
        cell = await page.execute(RUNNING[how], stdin=True)
        if how == "crash":
            await page.until(lambda m: m.execution_state == "restarting", 20)
        else:
            await page.until(lambda m: m.type == "execute_input" and m.parent_id == cell)
            await server.ask("POST", f"/api/kernels/{kernel_id}/restart")
        await eventually(is_idle)
        # A kernel that is shut down in the midst of a restart fails, on stock as well.
        await page.run("print(1)")


async def test_connections_are_counted(server: Server, kernel_id: str) -> None:
    async def counted() -> int:
        count: int = (await server.get(f"/api/kernels/{kernel_id}"))["connections"]
        return count

    async def becomes(expected: int) -> None:
        async def is_so() -> bool:
            return await counted() == expected

        await eventually(is_so)

    await becomes(0)
    async with Page(server, kernel_id) as one, Page(server, kernel_id):
        await one.kernel_info()
        await becomes(2)
        async with Page(server, kernel_id, session_id=one.session_id):
            # The stale one counts no more.
            await one.disconnected()
            await becomes(2)
    await becomes(0)


IDLE = 10
"""After how many idle seconds a kernel is culled: a page must be connected to it before."""


def culling(*more: str) -> list[str]:
    """Options of a server that culls."""
    traits = [f"cull_idle_timeout={IDLE}", "cull_interval=1", *more]
    return [f"--MappingKernelManager.{each}" for each in traits]


async def test_idle_kernels_are_culled_as_with_stock(start_server: StartServer) -> None:
    """A connected kernel stays, one that nobody is connected to goes, and its link with it."""
    server = start_server(options=culling())
    stays = server.start_kernel()

    async def is_gone() -> bool:
        return goes not in [kernel["id"] for kernel in await server.get("/api/kernels")]

    async with Page(server, stays) as page:
        await page.run(WIDGETS)
        goes = server.start_kernel()
        async with Page(server, goes) as other:
            await other.run(WIDGETS)
        await eventually(is_gone, 3 * IDLE)
        # It was idle for longer than the one that is gone.
        assert [kernel["id"] for kernel in await server.get("/api/kernels")] == [stays]
        assert await page.run("print(1)") == "1\n"
        if server.subject == "broker":
            linked = (await server.get("/api/comms/broker"))["kernels"]
            assert [kernel["kernel_id"] for kernel in linked] == [stays]


async def test_a_kernel_that_runs_a_cell_is_not_culled(start_server: StartServer) -> None:
    """The broker's own questions are no activity, the kernel's work is."""
    server = start_server(options=culling("cull_connected=True"))
    kernel_id = server.start_kernel()
    async with Page(server, kernel_id) as page:
        code = f"import time\nfor _ in range({IDLE} * 12): print(1); time.sleep(0.1)"
        await page.ended(await page.execute(code))
        assert [kernel["id"] for kernel in await server.get("/api/kernels")] == [kernel_id]

        async def is_gone() -> bool:
            return not await server.get("/api/kernels")

        await eventually(is_gone, 3 * IDLE)


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


async def test_pages_of_kernels_that_start_hear_no_error_of_theirs(
    server: Server, ipykernel6_python: str
) -> None:
    """
    ipykernel 6 prints an error if a control message waits when it starts.

    Where it is asked on both channels, 13 of 20 do. Stock asks on the shell first.
    """
    server.add_kernel("six", python=ipykernel6_python)

    async def starts() -> str:
        kernel_id = await asyncio.to_thread(server.start_kernel, "six")
        async with Page(server, kernel_id) as page:
            await page.kernel_info(60)
            await page.run("1 + 1")
            # The kernel publishes what is printed after a fifth of a second.
            await asyncio.sleep(0.5)
            return "".join(m.content["text"] for m in page.received if m.type == "stream")

    assert await asyncio.gather(*(starts() for _ in range(5))) == [""] * 5
