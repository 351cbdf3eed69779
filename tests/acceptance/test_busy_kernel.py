"""A page that loads while a cell runs: restored, answered and told the truth at once."""

import asyncio

import pytest

from jupyter_comm_broker.testing.page import Page
from jupyter_comm_broker.testing.restore import arrive, by_fallback, restore
from jupyter_comm_broker.testing.server import Server

BAR = """
import ipywidgets as widgets, time
bar = widgets.IntProgress(max=500)
slider = widgets.IntSlider(value=7)
"""
LOOP = """
for i in range(500):
    bar.value = i
    time.sleep(0.01)
"""


async def busy_with_bar(page: Page) -> str:
    """Run the loop until the bar has moved; returns the cell's ``msg_id``."""
    await page.kernel_info()
    await page.run(BAR)
    cell = await page.execute(LOOP)
    await page.until(lambda m: m.method == "update" and m.state.get("value", 0) >= 40)
    return cell


async def test_a_reload_during_a_cell_gets_the_value_of_that_moment(
    server: Server, kernel_id: str
) -> None:
    """Scenario 1. Stock: the states came 4.3 s after the page, when the cell had ended."""
    async with Page(server, kernel_id) as old:
        cell = await busy_with_bar(old)
    async with Page(server, kernel_id) as page:
        restored = await arrive(page)
        assert restored.by == "control"
        assert restored.seconds < 1.0
        bar = page.widgets.only("IntProgressModel")
        assert not any(m.ends(cell) for m in page.received), "the cell had ended"
        await page.until(lambda m: m.comm_id == bar.comm_id and m.state.get("value", 0) >= 300)
        values = [value for key, value in bar.shown if key == "value"]
        assert values[0] >= 40
        assert values == sorted(values)
        assert page.widgets.only("IntSliderModel").state["value"] == 7


async def test_a_page_that_builds_its_models_slowly_misses_nothing(
    server: Server, kernel_id: str
) -> None:
    async with Page(server, kernel_id) as old:
        await old.kernel_info()
        await old.run(BAR)
        moves = "bar.value = 1\ntime.sleep(0.5)\nbar.value = 2\ntime.sleep(1)"
        cell = await old.execute(moves)
        await old.until(lambda m: m.method == "update" and m.state.get("value") == 1)
        async with Page(server, kernel_id, build_seconds=0.7) as page:
            await arrive(page)
            await page.until(lambda m: m.method == "update" and m.state.get("value") == 2)
            # That update came before there was a model. It must not stay lost (rule 6).
            await old.idle(cell, 20)
            assert page.widgets.lost
            assert page.widgets.only("IntProgressModel").state["value"] == 2


async def test_every_question_of_the_fallback_is_answered_while_the_cell_runs(
    server: Server, kernel_id: str
) -> None:
    """Scenario 2. Stock: no answer in 3 s."""
    async with Page(server, kernel_id) as old:
        await old.kernel_info()
        # Tells afterwards what reached the kernel's shell.
        await old.run(SPY + BAR)
        cell = await busy_with_bar(old)
        async with Page(server, kernel_id) as page:
            await asyncio.wait_for(by_fallback(page, within=3.0), 3.0)
            assert not any(m.ends(cell) for m in page.received), "the cell had ended"
            for model in page.widgets.models.values():
                answer = next(
                    m
                    for m in page.received
                    if m.comm_id == model.comm_id and m.parent.get("msg_type") == "comm_msg"
                )
                assert answer.parent["session"] == page.session_id
                await page.idle(answer.parent_id, 1)
            assert len(page.widgets.models) == len(await server.comms(kernel_id))
            asked = {m.parent_id for m in page.received} - {cell}
        await old.ended(cell, 30)
        reached = set((await old.run("print(*reached)")).split())
        assert asked
        assert not asked & reached


SPY = """
reached = []
kernel = get_ipython().kernel
def spy(name):
    handler = kernel.shell_handlers[name]
    def spied(stream, ident, parent):
        reached.append(parent["header"]["msg_id"])
        return handler(stream, ident, parent)
    kernel.shell_handlers[name] = spied
for name in ("comm_open", "comm_msg", "comm_close", "comm_info_request"):
    spy(name)
"""


async def test_a_page_that_connects_to_a_busy_kernel_knows_that_it_is_busy(
    server: Server, kernel_id: str
) -> None:
    """Scenario 3. Stock: no ``kernel_info`` in 2 s."""
    async with Page(server, kernel_id) as old:
        cell = await busy_with_bar(old)
        loop = asyncio.get_running_loop()
        began = loop.time()
        async with Page(server, kernel_id) as page:
            await page.kernel_info(within=2.0)
            assert loop.time() - began < 0.5
            await restore(page)
            assert page.status == "busy"
            # JupyterLab asks for a subshell at each load; its end is not the cell's.
            await page.send("create_subshell_request", {}, channel="control")
            await page.until(lambda m: m.type == "create_subshell_reply")
            await asyncio.sleep(0.2)
            assert page.status == "busy"
            await page.idle(cell, 30)
            assert page.status == "idle"


@pytest.mark.parametrize("msg_type", ["kernel_info_request", "comm_info_request"])
async def test_an_answer_carries_the_kernels_session_and_ends_with_idle(
    server: Server, kernel_id: str, msg_type: str
) -> None:
    async with Page(server, kernel_id) as page:
        idle_reply = await page.ended(await page.send(msg_type, {}))
        await busy_with_bar(page)
        busy_reply = await page.ended(await page.send(msg_type, {}), 2.0)
        assert busy_reply.channel == "shell"
        assert busy_reply.header["session"] == idle_reply.header["session"]
        if msg_type == "kernel_info_request":
            # IPython ends its banner with a tip, another one each time.
            del idle_reply.content["banner"], busy_reply.content["banner"]
            assert busy_reply.content == idle_reply.content
        assert page.status == "busy"
