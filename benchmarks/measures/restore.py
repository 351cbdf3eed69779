"""The time to the answer of ``request_states`` while a cell runs: a reload waits so long."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from benchmarks.cells import busy, models
from benchmarks.crowd import crowd
from benchmarks.figures import Figure, Size
from benchmarks.frontend import PATIENCE, Frontend, is_idle
from benchmarks.meter import resident_bytes
from benchmarks.states import ask_states
from benchmarks.target import Target

BUSY_GOALS_MS = {150: 50, 10_000: 500}
FIRST_BYTE_GOALS_MS = {10_000: 20}
"""For a page whose socket is old. A page that just came is answered late on purpose."""


async def measure(target: Target, size: Size) -> list[Figure]:
    """Return answer times for a page that just came and for one whose socket is old."""
    figures = []
    for count in size.models:
        figures += await _with_models(target, size, count)
    return figures


async def _with_models(target: Target, size: Size, count: int) -> list[Figure]:
    note = "waits for the cell" if target.is_stock else ""
    before = resident_bytes(target.pid)
    async with target.kernel() as kernel_id, crowd(target, kernel_id, 1) as (owner,):
        await (owner.run_until_reply if target.is_stock else owner.run)(models(count))
        await target.settle(0.5)
        grown = resident_bytes(target.pid) - before
        old = await Frontend.open(target, kernel_id)
        await old.kernel_info()
        await asyncio.sleep(size.settled)
        idle = await ask_states(old, count)
        # One after the other. ipywidgets keeps one control comm per kernel. If two pages ask at the
        # same moment, one gets no answer from the kernel.
        async with _busy(owner, size.busy_seconds):
            at_old = await ask_states(old, count)
        async with _busy(owner, size.busy_seconds):
            begun = time.perf_counter()
            page = await Frontend.open(target, kernel_id)
            opened = time.perf_counter() - begun
            at_new = await ask_states(page, count)
        await asyncio.gather(old.close(), page.close())
    return [
        Figure(
            f"restore.busy.{count}",
            f"request_states, {count} models, busy kernel",
            "ms",
            (at_old.seconds * 1000,),
            limit_goal=BUSY_GOALS_MS.get(count),
            note=note,
        ),
        Figure(
            f"restore.first.{count}",
            f"request_states, {count} models, busy kernel: first byte",
            "ms",
            (at_old.first_byte * 1000,),
            limit_goal=FIRST_BYTE_GOALS_MS.get(count),
            note=note,
        ),
        Figure(
            f"restore.page.{count}",
            f"page connects and restores, {count} models, busy kernel",
            "ms",
            ((opened + at_new.seconds) * 1000,),
            note=note,
        ),
        Figure(
            f"restore.idle.{count}",
            f"request_states, {count} models, idle kernel",
            "ms",
            (idle.seconds * 1000,),
        ),
        Figure(
            f"restore.memory.{count}", f"server memory for {count} models", "MB", (grown / 1e6,)
        ),
    ]


@asynccontextmanager
async def _busy(owner: Frontend, seconds: float) -> AsyncIterator[None]:
    """Keep the kernel busy with a cell, from before the first request to the end."""
    msg_id = owner.start(busy(seconds))
    done = owner.expect(lambda message: is_idle(message, msg_id))
    await asyncio.sleep(0.2)
    yield
    await asyncio.wait_for(done, PATIENCE)
