"""
REST beside a WebSocket on the same kernel: round trips in turn, and sends in a row.

The round trip is that of ``echo``. It goes over a page's socket and over REST in turn, so that a
busy machine slows both. The sends do not wait. They go one to a request or many to a request. Then
the kernel says what it got, and in which order. No page is open meanwhile.
"""

from __future__ import annotations

import asyncio
import random
import statistics
import time

from benchmarks.cells import ECHO
from benchmarks.crowd import crowd
from benchmarks.echoes import DRAGGING, open_comm, p99, round_trips
from benchmarks.figures import Figure, Size
from benchmarks.frontend import Frontend
from benchmarks.rest_client import RestClient, rest_client
from benchmarks.target import BROKER, Target

WARM_UP = 10
SENDS = 10
"""Sends in a row, for each echo."""

AT_ONCE = 100
"""Messages in one request: the most that are allowed."""

COUNT = """
from comm import get_comm_manager
def bench_counts(comm, opening):
    bench_got = []
    @comm.on_msg
    def got(message):
        bench_got.append(message["content"]["data"]["number"])
        if message["content"]["data"].get("last"):
            right = bench_got == list(range(len(bench_got)))
            comm.send({"got": len(bench_got), "in order": right})
get_comm_manager().register_target("bench.count", bench_counts)
"""


async def measure(target: Target, size: Size) -> list[Figure]:
    """Return the round trips of both, their ratio, and the sends per second."""
    if target.side != BROKER:
        return []
    async with target.kernel() as kernel_id, rest_client(target) as client:
        path = f"/api/kernels/{kernel_id}/comms"
        async with crowd(target, kernel_id, 1) as (page,):
            await page.run(ECHO + COUNT)
            comm_id = await open_comm(page)
            messages = f"{path}/{comm_id}/messages"
            await _round_trips(page, comm_id, client, messages, WARM_UP)
            socket, rest = await _round_trips(page, comm_id, client, messages, size.echoes)
        single, lost = await _sends(client, path, size.echoes * SENDS, 1)
        several, lost_of_several = await _sends(client, path, size.echoes * SENDS, AT_ONCE)
    ratio = statistics.median(rest) / statistics.median(socket)
    return [
        Figure("rest.median", "REST round trip, median", "ms", (statistics.median(rest),)),
        Figure("rest.p99", "REST round trip, 99th", "ms", (p99(rest),)),
        Figure("rest.ratio", "REST round trip / WebSocket's", "x", (ratio,), limit_goal=1.5),
        Figure("rest.sends", "REST sends, one a request", "/s", (single,), least_goal=1000),
        Figure("rest.several", f"REST sends, {AT_ONCE} a request", "/s", (several,)),
        Figure(
            "rest.lost",
            "REST sends lost or out of order",
            "",
            (lost + lost_of_several,),
            limit_goal=0,
        ),
    ]


async def _round_trips(
    page: Frontend, comm_id: str, client: RestClient, path: str, count: int
) -> tuple[list[float], list[float]]:
    pauses = random.Random(1)  # noqa: S311 (no secret)
    socket, rest = [], []
    for _ in range(count):
        socket += await round_trips(page, comm_id, 1, DRAGGING)
        sent = time.perf_counter()
        answer = await client.ask("POST", f"{path}?wait=reply", {"data": {"number": 1}})
        rest.append((answer.arrived - sent) * 1000)
        if answer.status != 200 or len(answer.body["comm_messages"]) != 1:
            raise RuntimeError(f"no echo but {answer.status} {answer.body}")
        await asyncio.sleep(pauses.uniform(*DRAGGING))
    return socket, rest


async def _sends(client: RestClient, path: str, count: int, at_once: int) -> tuple[float, float]:
    """Return the sends per second, and how many of them the kernel did not get in order."""
    opened = await client.ask("POST", path, {"target_name": "bench.count"})
    messages = f"{path}/{opened.body['comm_id']}/messages"
    began = time.perf_counter()
    for first in range(0, count, at_once):
        numbers = range(first, min(first + at_once, count))
        several = [{"data": {"number": number}} for number in numbers]
        answer = await client.ask("POST", messages, several if at_once > 1 else several[0])
        if answer.status != 202:
            raise RuntimeError(f"not accepted: {answer.status} {answer.body}")
    rate = count / (time.perf_counter() - began)
    last = {"data": {"number": count, "last": True}}
    answer = await client.ask("POST", f"{messages}?wait=reply&timeout=60", last)
    told = answer.body["comm_messages"][0]["data"]
    return rate, float(count if not told["in order"] else count + 1 - told["got"])
