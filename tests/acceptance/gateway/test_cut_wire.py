"""The wire to the gateway breaks: pages stay, and afterwards nothing old is shown as right."""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from jupyter_comm_broker.testing.page import Page
from jupyter_comm_broker.testing.server import Server

from ..flooded import eventually
from ..hold import Hold
from .gateway import Gateway
from .wire import Wire

StartFront = Callable[..., Server]

LONG = bool(os.environ.get("JCB_LONG"))
CUTS = 200 if LONG else 2
DOWN = 60.0 if LONG else 6.0
"""Seconds for which the gateway cannot be reached."""

AGREED, AT_LAST = 3.0, 10.0
"""
Seconds after which pages show what the kernel says, or are said to be unsure, and at last do.

In 200 cuts it was 0.12 s at most.
"""

BAR = "import ipywidgets as w, time; bar = w.IntProgress(max=10**9); html = w.HTML('0')"


@pytest.mark.timeout(3000 if LONG else 300)
async def test_after_a_cut_at_any_moment_pages_and_kernel_agree(
    wire: Wire, start_front: StartFront, notes: Path
) -> None:
    """10,000 updates, and the wire breaks at a random moment of them, again and again."""
    seed = random.randrange(10**6)  # noqa: S311 - said where the test fails
    moments = random.Random(seed)  # noqa: S311
    front = start_front(wire)
    kernel_id = front.start_kernel()
    async with Page(front, kernel_id) as page, Page(front, kernel_id) as other:
        await page.run(BAR)
        code = (
            "for i in range(10_000):\n"
            "    bar.value += 1\n"
            "    if i % 100 == 0: time.sleep(0.005)\n"
            "html.value = str(bar.value)"
        )
        for cut in range(CUTS):
            for each in (page, other):
                # Millions of messages would be gigabytes, and looking through them takes seconds.
                each.received.clear()
            cell = await page.execute(code)
            await asyncio.sleep(moments.uniform(0.0, 1.0))
            wire.break_off()
            await page.idle(cell, 60)
            truth = (await page.run("print(bar.value)")).strip()
            assert truth == str((cut + 1) * 10_000)
            for each in (page, other):

                def is_true(each: Page = each, truth: str = truth) -> bool:
                    shown = each.widgets
                    bar = shown.only("IntProgressModel").state["value"]
                    return bool(str(bar) == truth == shown.only("HTMLModel").state["value"])

                try:
                    await each.shows(is_true, AGREED)
                except TimeoutError:
                    if is_true(each):
                        # It was this process that was held up, by what else the machine does.
                        continue
                    about = f"seed {seed}, cut {cut}: {truth}, {each.widgets.values()}"
                    comms = (await front.comms(kernel_id)).values()
                    assert {comm["knowledge"] for comm in comms} != {"clean"}, about
                    await each.shows(is_true, AT_LAST)


async def test_pages_stay_while_the_gateway_is_away_and_what_they_send_waits(
    wire: Wire, start_front: StartFront, hold: Hold
) -> None:
    front = start_front(wire)
    kernel_id = front.start_kernel()
    async with Page(front, kernel_id) as page:
        await page.run(BAR)
        cell = await page.execute(f"print('before')\n{hold.waits}\nbar.value = 5\nprint('after')")
        await page.until(lambda m: m.type == "stream" and m.parent_id == cell)
        wire.cut()
        await page.until(lambda m: m.content == {"execution_state": "unknown"})
        link = await front.link(kernel_id)
        assert link["link"] == "broken"
        later = await page.execute("print(bar.value)")
        hold.release()
        await asyncio.sleep(DOWN)
        # A page that comes meanwhile has its widgets at once.
        async with Page(front, kernel_id) as other:
            wire.mend()
            await page.ended(later, 60)
            await page.idle(cell)
            said = [m.content["text"] for m in page.of(later) if m.type == "stream"]
            assert "".join(said) == "5\n"
            await page.shows(lambda: page.widgets.only("IntProgressModel").state["value"] == 5)
            await other.restore()
            assert other.widgets.only("IntProgressModel").state["value"] == 5
        assert page.status == "idle"
        assert page.closed_with is None


async def test_a_reply_that_nobody_kept_is_said_to_be_lost(
    wire: Wire, start_front: StartFront, gateway: Gateway, hold: Hold
) -> None:
    """Where somebody else is connected, the gateway keeps nothing for us (fact 6.5)."""
    front = start_front(wire)
    kernel_id = front.start_kernel()
    async with Page(front, kernel_id) as page, Page(gateway, kernel_id):
        await page.run(BAR)
        cell = await page.execute(f"{hold.waits}\nbar.value = 5")
        await page.until(lambda m: m.type == "execute_input" and m.parent_id == cell)
        wire.cut()
        await page.until(lambda m: m.content == {"execution_state": "unknown"})
        hold.release()
        await asyncio.sleep(1)
        wire.mend()
        reply = await page.ended(cell, 60)
        assert reply.content["ename"] == "ReplyLost"
        await page.shows(lambda: page.widgets.only("IntProgressModel").state["value"] == 5, 10)
        assert await page.run("print(bar.value)") == "5\n"


async def test_a_wire_that_swallows_everything_is_noticed(
    wire: Wire, start_front: StartFront
) -> None:
    front = start_front(wire)
    kernel_id = front.start_kernel()
    async with Page(front, kernel_id) as page:
        await page.run(BAR)
        wire.swallow()
        await page.until(lambda m: m.content == {"execution_state": "unknown"}, 60)
        wire.mend()
        assert await page.run("print(bar.value)") == "0\n"


async def test_a_link_that_nobody_uses_is_released_so_that_the_gateway_can_cull(
    start_front: StartFront, gateway: Gateway
) -> None:
    front = start_front(options=("--CommBroker.gateway_release_seconds=1",))
    kernel_id = front.start_kernel()

    async def connections() -> int:
        return int((await gateway.get(f"/api/kernels/{kernel_id}"))["connections"])

    async def is_released() -> bool:
        return await connections() == 0

    async with Page(front, kernel_id) as page:
        await page.run(BAR)
        assert await connections() == 1
    await eventually(is_released, 20)
    assert (await front.link(kernel_id))["link"] == "released"
    # What happened meanwhile is known to who comes back.
    async with Page(gateway, kernel_id) as elsewhere:
        await elsewhere.run("bar.value = 8")
    async with Page(front, kernel_id) as page:
        assert (await page.arrive()).by == "control"
        await page.shows(lambda: page.widgets.only("IntProgressModel").state["value"] == 8)
        assert await page.run("print(bar.value)") == "8\n"
    await eventually(is_released, 20)
    # A program wakes it as well.
    comm_id = next(iter(await front.comms(kernel_id)))
    path = f"/api/kernels/{kernel_id}/comms/{comm_id}/messages?wait=processed"
    answer = await front.ask("POST", path, {"data": {"method": "request_state"}})
    assert answer.status in (200, 202), answer
    front.end_kernel(kernel_id)


async def test_a_gateway_that_starts_anew_has_lost_its_kernels_and_that_is_said(
    tmp_path: Path, start_server: Callable[..., Server]
) -> None:
    gateway = Gateway(tmp_path / "own")
    gateway.start()
    try:
        front = start_server(options=gateway.front())
        kernel_id = front.start_kernel()
        async with Page(front, kernel_id) as page:
            await page.run(BAR)
            gateway.stop()
            await page.until(lambda m: m.content == {"execution_state": "unknown"})
            gateway.start()
            await page.until(lambda m: m.content == {"execution_state": "dead"}, 60)
        assert (await front.ask("GET", f"/api/kernels/{kernel_id}/comms")).status == 404
        other = front.start_kernel()
        async with Page(front, other) as page:
            assert await page.run("print(1)") == "1\n"
    finally:
        gateway.stop()
