"""One of two pages stops reading during 2,000 updates per second, and then comes back."""

from __future__ import annotations

import asyncio

from benchmarks.cells import ECHO, SENDER, burst
from benchmarks.crowd import crowd
from benchmarks.echoes import open_comm, p99, round_trips_for
from benchmarks.figures import Figure, Size
from benchmarks.frontend import Frontend, LostMessagesError
from benchmarks.health import frontend, self_check
from benchmarks.meter import resident_bytes
from benchmarks.states import ask_states
from benchmarks.target import Target

PER_SECOND = 2000
GOAL_MS = 20
LAST = 10**9
"""The number of the update that comes after all others."""

RETURN_PATIENCE = 30.0


async def measure(target: Target, size: Size) -> list[Figure]:
    """Return the other page's echo, what the stopped page costs, and whether its state is right."""
    async with target.kernel() as kernel_id, crowd(target, kernel_id, 2) as (page, stopped):
        await page.run(ECHO)
        comm_id = await open_comm(page)
        await page.run(SENDER)
        # A task on the kernel's own loop sends, so that the kernel has time for comm messages.
        await page.run(f"bench_task = asyncio.ensure_future(bench_keep_sending({PER_SECOND}))")
        before = resident_bytes(target.pid)
        stopped.socket.pause_reading()
        taken = await round_trips_for(size.stopped_seconds, page, comm_id)
        grown = resident_bytes(target.pid) - before
        check = await self_check(target)
        await page.run("bench_task.cancel()\n" + burst(LAST, 1))
        stopped.socket.resume_reading()
        right = await _comes_back(target, kernel_id, stopped)
    figures = [
        Figure(
            "stopped.p99",
            f"echo of the other page while one stops reading for {size.stopped_seconds:g} s, 99th",
            "ms",
            (p99(taken),),
            limit_goal=GOAL_MS,
        ),
        Figure("stopped.growth", "memory growth meanwhile", "MB", (grown / 1e6,)),
        Figure(
            "stopped.right",
            "the stopped page on return: right last state",
            "of 1",
            (right,),
            least_goal=1,
        ),
    ]
    if check is not None:
        told = frontend(check, stopped.session_id)
        figures.append(
            Figure(
                "stopped.waiting",
                "most that waited for the stopped page (goal: its cap)",
                "MB",
                ((told["peak_bytes"] if told else 0) / 1e6,),
                limit_goal=check["limits"]["outbox_cap_bytes"] / 1e6,
                note="" if told else "cut off",
            )
        )
    return figures


async def _comes_back(target: Target, kernel_id: str, stopped: Frontend) -> bool:
    """Read again. A page that was cut off connects again and asks for its states."""
    reading = asyncio.ensure_future(stopped.reach(LAST, RETURN_PATIENCE))
    await asyncio.wait({reading, stopped.socket.closed}, return_when=asyncio.FIRST_COMPLETED)
    if reading.done():
        return not isinstance(reading.exception(), LostMessagesError)
    reading.cancel()
    again = await Frontend.open(target, kernel_id, stopped.session_id)
    try:
        answer = await ask_states(again, 1)
    finally:
        await again.close()
    return any(each["state"].get("bench_seq") == LAST for each in answer.states.values())
