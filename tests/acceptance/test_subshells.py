"""Subshells, which JupyterLab makes at each load, and the broker for its own questions."""

import asyncio
import os
from typing import Any

import pytest

from jupyter_comm_broker.testing.page import Page
from jupyter_comm_broker.testing.server import Server
from tests.acceptance.conftest import StartServer
from tests.acceptance.hold import Hold
from tests.until import until

LOADS = 50 if os.environ.get("JCB_LONG") else 6

SLIDER = """
import ipywidgets as widgets, threading, time
slider, got = widgets.IntSlider(), []
slider.observe(lambda change: got.append(change['new']), 'value')
"""

SMALL = "--CommBroker.comm_state_bytes=2000"
"""With this, the state of a longer label is not kept, so a restore asks the kernel for it."""

LARGE = "large = widgets.Label('x' * 5_000)"

LATER = """
def later():
    {waits}
    slider.value = 50
thread = threading.Thread(target=later)
thread.start()
thread.join()
"""


async def makes_subshell(page: Page) -> str:
    asked = await page.send("create_subshell_request", {}, channel="control")
    return str((await page.ended(asked)).content["subshell_id"])


async def shows_large(page: Page) -> None:
    """Wait for the state that is not kept. The kernel tells it in a subshell of the broker's."""
    models = page.widgets.models
    await until(lambda: "x" * 5_000 in [each.state.get("value") for each in models.values()])


async def subshells(page: Page) -> list[str]:
    asked = await page.send("list_subshell_request", {}, channel="control")
    return list((await page.ended(asked)).content["subshell_id"])


async def moves(page: Page, value: int, subshell_id: str | None = None) -> None:
    """Move the slider, as a page does that uses this subshell."""
    data = {"method": "update", "state": {"value": value}, "buffer_paths": []}
    content = {"comm_id": page.widgets.only("IntSliderModel").comm_id, "data": data}
    where: dict[str, Any] = {"subshell_id": subshell_id} if subshell_id is not None else {}
    await page.idle(await page.send("comm_msg", content, **where))


async def test_a_question_of_ours_leaves_no_widget_dead(
    start_server: StartServer, hold: Hold
) -> None:
    """A thread publishes under the latest request, which was the broker's, in a subshell."""
    server = start_server(options=(SMALL,))
    kernel_id = server.start_kernel()
    async with Page(server, kernel_id) as page:
        await page.arrive()
        await page.run(SLIDER + LARGE)
        cell = await page.execute(LATER.format(waits=hold.waits))
        await page.until(lambda m: m.type == "execute_input" and m.parent_id == cell)
        await page.reload()
        await shows_large(page)
        hold.release()
        slider = page.widgets.only("IntSliderModel")
        await page.shows(lambda: slider.state["value"] == 50)
        await page.idle(cell)
        await moves(page, 60)
        assert await page.run("print(got)") == "[50, 60]\n"


async def test_loads_leave_no_threads_in_the_kernel(start_server: StartServer) -> None:
    """Stock: two more for each load."""
    server = start_server(options=("--CommBroker.subshell_seconds=0.2",))
    kernel_id = server.start_kernel()
    async with Page(server, kernel_id) as page:
        await page.arrive()
        await page.run(SLIDER)
        for value in range(1, LOADS + 1):
            await page.reload()
            # JupyterLab's are for control comms and for widgets.
            await makes_subshell(page)
            await moves(page, value, await makes_subshell(page))
        # In the others nothing is the kernel's latest request now.
        await page.run("pass")
        left = await subshells(page)
        for _ in range(300):
            left = await subshells(page)
            if len(left) <= 2:
                break
            await asyncio.sleep(0.1)
        assert len(left) == 2
        # The slider was last moved in one of the two that are left.
        await moves(page, 99)
        assert await page.run("print(got)") == f"{[*range(1, LOADS + 1), 99]}\n"


async def test_a_page_that_deletes_its_subshell_leaves_no_widget_dead(
    server: Server, kernel_id: str
) -> None:
    """JupyterLab does so when a notebook is closed. Stock: no page moves the slider any more."""
    async with Page(server, kernel_id) as page, Page(server, kernel_id) as other:
        await page.arrive()
        await page.run(SLIDER)
        await other.arrive()
        own = await makes_subshell(page)
        await moves(page, 1, own)
        content = {"subshell_id": own}
        deletion = await page.send("delete_subshell_request", content, channel="control")
        assert (await page.ended(deletion)).content["status"] == "ok"
        await moves(other, 2)
        assert await page.run("print(got)") == "[1, 2]\n"


async def test_a_subshell_in_which_a_task_speaks_stays(start_server: StartServer) -> None:
    server = start_server(options=("--CommBroker.subshell_seconds=1.5",))
    kernel_id = server.start_kernel()
    task = """
import asyncio
async def counts():
    for number in range(2, 8):
        slider.value = number
        await asyncio.sleep(0.5)
def begin(change):
    if change['new'] == 1:
        asyncio.ensure_future(counts())
slider.observe(begin, 'value')
"""
    async with Page(server, kernel_id) as page:
        await page.arrive()
        await page.run(SLIDER + task)
        await moves(page, 1, await makes_subshell(page))
        await page.reload()
        await makes_subshell(page)
        await page.run("pass")
        slider = page.widgets.only("IntSliderModel")
        await page.shows(lambda: slider.state["value"] == 7)


@pytest.mark.parametrize("hidden", [True, False])
async def test_subshells_can_be_hidden_from_pages(
    start_server: StartServer, hidden: bool, hold: Hold
) -> None:
    server = start_server(options=(SMALL, f"--CommBroker.hide_subshells={hidden}"))
    kernel_id = server.start_kernel()
    async with Page(server, kernel_id) as page:
        features = (await page.kernel_info()).content["supported_features"]
        assert ("kernel subshells" in features) is not hidden
        await page.run(SLIDER + LARGE)
        cell = await page.execute(hold.waits)
        await page.until(lambda m: m.type == "execute_input" and m.parent_id == cell)
        # The broker goes on using its own.
        await page.reload()
        await shows_large(page)
        hold.release()
        await page.idle(cell)
