"""Times the round trip of a comm message to a kernel that sends it back."""

from __future__ import annotations

import asyncio
import random
import time
import uuid

from benchmarks.frontend import PATIENCE, Frontend, is_idle

DRAGGING = (0.005, 0.02)
CLICKS = (0.05, 0.1)


async def open_comm(page: Frontend) -> str:
    """Open a comm to the target of ``cells.ECHO``. Returns its id."""
    comm_id = uuid.uuid4().hex
    content = {"comm_id": comm_id, "target_name": "bench.echo", "data": {}}
    msg_id = page.send("shell", "comm_open", content)
    await asyncio.wait_for(page.expect(lambda message: is_idle(message, msg_id)), PATIENCE)
    return comm_id


async def round_trips(
    page: Frontend, comm_id: str, count: int, pause: tuple[float, float]
) -> list[float]:
    """
    Measure round trips. The page waits for the idle of each before it sends the next.

    Args:
        page: the page.
        comm_id: the comm.
        count: how many round trips.
        pause: the least and the most seconds between two.

    Returns:
        The milliseconds of each.
    """
    # Both sides have the same pauses. They differ, so that no TCP timer stays in step with them.
    pauses = random.Random(1)  # noqa: S311 (no secret)
    taken = []
    for _ in range(count):
        taken.append(await _round_trip(page, comm_id) * 1000)
        await asyncio.sleep(pauses.uniform(*pause))
    return taken


async def round_trips_for(seconds: float, page: Frontend, comm_id: str) -> list[float]:
    """
    Measure round trips of a dragged slider for a time, but at least one.

    Args:
        seconds: how long.
        page: the page.
        comm_id: the comm.

    Returns:
        The milliseconds of each.
    """
    end = time.perf_counter() + seconds
    taken: list[float] = []
    while not taken or time.perf_counter() < end:
        taken += await round_trips(page, comm_id, 1, DRAGGING)
    return taken


def p99(taken: list[float]) -> float:
    """Return the 99th percentile."""
    return sorted(taken)[int(0.99 * (len(taken) - 1))]


async def _round_trip(page: Frontend, comm_id: str) -> float:
    back = page.expect(
        lambda message: message.kind == "comm_msg" and message.content.get("comm_id") == comm_id
    )
    sent = time.perf_counter()
    msg_id = page.send("shell", "comm_msg", {"comm_id": comm_id, "data": {"number": 1}})
    idle = page.expect(lambda message: is_idle(message, msg_id))
    message = await asyncio.wait_for(back, PATIENCE)
    await asyncio.wait_for(idle, PATIENCE)
    return message.arrived - sent
