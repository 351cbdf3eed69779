"""A page that loads while a cell runs: restored, answered and told the truth at once."""

import pytest

from jupyter_comm_broker.testing.page import Page
from jupyter_comm_broker.testing.restore import arrive, by_fallback, restore
from jupyter_comm_broker.testing.server import Server

from .hold import Hold

NEVER = 86_400.0
"""Seconds: a page that builds nothing before it is told to."""

BAR = """
import ipywidgets as widgets, time
bar = widgets.IntProgress(max=100_000)
slider = widgets.IntSlider(value=7)
"""
LOOP = """
while {held}:
    bar.value += 1
    time.sleep(0.01)
"""


async def busy_with_bar(page: Page, hold: Hold) -> str:
    """Run the loop until the bar has moved; returns the cell's ``msg_id``."""
    await page.kernel_info()
    await page.run(BAR)
    cell = await page.execute(LOOP.format(held=hold.held))
    await page.until(lambda m: m.method == "update" and m.state.get("value", 0) >= 40)
    return cell


async def test_a_reload_during_a_cell_gets_the_value_of_that_moment(
    server: Server, kernel_id: str, hold: Hold
) -> None:
    """Stock: the states came 4.3 s after the page, when the cell had ended."""
    async with Page(server, kernel_id) as old:
        await busy_with_bar(old, hold)
    async with Page(server, kernel_id) as page:
        # The cell goes on until it is let go, so the answer did not wait for its end.
        assert (await arrive(page)).by == "control"
        bar = page.widgets.only("IntProgressModel")

        def values() -> list[int]:
            return [value for key, value in bar.shown if key == "value"]

        await page.shows(lambda: values()[-1] >= values()[0] + 200)
        assert values()[0] >= 40
        assert values() == sorted(values())
        hold.release()
        assert page.widgets.only("IntSliderModel").state["value"] == 7


async def test_a_page_that_builds_its_models_slowly_misses_nothing(
    server: Server, kernel_id: str, hold: Hold
) -> None:
    async with Page(server, kernel_id) as old:
        await old.kernel_info()
        await old.run(BAR)
        cell = await old.execute(f"bar.value = 1\n{hold.waits}\nbar.value = 2")
        await old.until(lambda m: m.method == "update" and m.state.get("value") == 1)
        async with Page(server, kernel_id, build_seconds=NEVER) as page:
            await arrive(page)
            hold.release()
            await page.until(lambda m: m.method == "update" and m.state.get("value") == 2)
            # That update came before there was a model. It must not stay lost (rule 6).
            assert page.widgets.lost
            page.widgets.build()
            bar = page.widgets.only("IntProgressModel")
            assert bar.state["value"] == 1
            await page.shows(lambda: bar.state["value"] == 2)
            await old.idle(cell)


async def test_every_question_of_the_fallback_is_answered_while_the_cell_runs(
    server: Server, kernel_id: str, hold: Hold
) -> None:
    """Stock: no answer in 3 s."""
    async with Page(server, kernel_id) as old:
        await old.kernel_info()
        # Tells afterwards what reached the kernel's shell.
        await old.run(SPY + BAR)
        cell = await busy_with_bar(old, hold)
        async with Page(server, kernel_id) as page:
            await by_fallback(page, within=30.0)
            for model in page.widgets.models.values():
                answer = next(
                    m
                    for m in page.received
                    if m.comm_id == model.comm_id and m.parent.get("msg_type") == "comm_msg"
                )
                assert answer.parent["session"] == page.session_id
                await page.idle(answer.parent_id)
            assert len(page.widgets.models) == len(await server.comms(kernel_id))
            asked = {m.parent_id for m in page.received} - {cell}
        hold.release()
        await old.ended(cell)
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
    server: Server, kernel_id: str, hold: Hold
) -> None:
    """Stock: no ``kernel_info`` before the cell ends."""
    async with Page(server, kernel_id) as old:
        cell = await busy_with_bar(old, hold)
        async with Page(server, kernel_id) as page:
            await page.kernel_info()
            await restore(page)
            assert page.status == "busy"
            # JupyterLab asks for a subshell at each load; its end is not the cell's.
            asked = await page.send("create_subshell_request", {}, channel="control")
            await page.until(lambda m: m.type == "create_subshell_reply")
            await page.idle(asked)
            assert page.status == "busy"
            hold.release()
            await page.idle(cell)
            assert page.status == "idle"


@pytest.mark.parametrize("msg_type", ["kernel_info_request", "comm_info_request"])
async def test_an_answer_carries_the_kernels_session_and_ends_with_idle(
    server: Server, kernel_id: str, msg_type: str, hold: Hold
) -> None:
    async with Page(server, kernel_id) as page:
        idle_reply = await page.ended(await page.send(msg_type, {}))
        cell = await busy_with_bar(page, hold)
        busy_reply = await page.ended(await page.send(msg_type, {}))
        assert not any(m.ends(cell) for m in page.received), "the cell had ended"
        assert busy_reply.channel == "shell"
        assert busy_reply.header["session"] == idle_reply.header["session"]
        if msg_type == "kernel_info_request":
            # IPython ends its banner with a tip, another one each time.
            del idle_reply.content["banner"], busy_reply.content["banner"]
            assert busy_reply.content == idle_reply.content
        assert page.status == "busy"
        hold.release()
