"""
Echo round trip: a page's comm_msg, sent back by the kernel; 8 pages attached, server idle.

Measured at two paces, because TCP answers differently: *dragging* sends 5 to 20 ms after the last
answer, as a slider that is moved does, *clicks* 50 to 100 ms after it. Between small packets that
come close together the receiver delays its ACK, and a server with Nagle's algorithm waits for it.
"""

from __future__ import annotations

import asyncio
import random
import statistics
import time
import uuid

from benchmarks.cells import ECHO
from benchmarks.crowd import crowd
from benchmarks.figures import Figure, Size
from benchmarks.frontend import PATIENCE, Frontend, is_idle
from benchmarks.target import Target

FRONTENDS = 8
WARM_UP = 10
DRAGGING = (0.005, 0.02)
CLICKS = (0.05, 0.1)


async def measure(target: Target, size: Size) -> list[Figure]:
    """Return median and 99th of one page, which has the idle of each before it sends the next."""
    async with target.kernel() as kernel_id, crowd(target, kernel_id, FRONTENDS) as frontends:
        page = frontends[0]
        await page.run(ECHO)
        comm_id = await _open_comm(page)
        await _round_trips(page, comm_id, WARM_UP, DRAGGING)
        dragging = await _round_trips(page, comm_id, size.echoes, DRAGGING)
        clicks = await _round_trips(page, comm_id, size.echoes // 4, CLICKS)
    return [
        Figure(
            "echo.median",
            "echo while dragging, median",
            "ms",
            (statistics.median(dragging),),
            ratio_goal=1 / 8,
        ),
        Figure("echo.p99", "echo while dragging, 99th", "ms", (_p99(dragging),)),
        Figure("echo.click.median", "echo of a click, median", "ms", (statistics.median(clicks),)),
        Figure("echo.click.p99", "echo of a click, 99th", "ms", (_p99(clicks),)),
    ]


async def _round_trips(
    page: Frontend, comm_id: str, count: int, pause: tuple[float, float]
) -> list[float]:
    """Return milliseconds, in order of size."""
    # The same pauses on both sides; not all alike, or a timer of TCP could stay in step with them.
    pauses = random.Random(1)  # noqa: S311 (no secret)
    taken = []
    for number in range(count):
        taken.append(await _round_trip(page, comm_id, number) * 1000)
        await asyncio.sleep(pauses.uniform(*pause))
    return sorted(taken)


def _p99(taken: list[float]) -> float:
    return taken[int(0.99 * (len(taken) - 1))]


async def _open_comm(frontend: Frontend) -> str:
    comm_id = uuid.uuid4().hex
    content = {"comm_id": comm_id, "target_name": "bench.echo", "data": {}}
    msg_id = frontend.send("shell", "comm_open", content)
    await asyncio.wait_for(frontend.expect(lambda message: is_idle(message, msg_id)), PATIENCE)
    return comm_id


async def _round_trip(frontend: Frontend, comm_id: str, number: int) -> float:
    back = frontend.expect(
        lambda message: message.kind == "comm_msg" and message.content.get("comm_id") == comm_id
    )
    sent = time.perf_counter()
    msg_id = frontend.send("shell", "comm_msg", {"comm_id": comm_id, "data": {"number": number}})
    idle = frontend.expect(lambda message: is_idle(message, msg_id))
    message = await asyncio.wait_for(back, PATIENCE)
    await asyncio.wait_for(idle, PATIENCE)
    return message.arrived - sent
