"""
REST beside a WebSocket on the same kernel: a round trip, and sends in a row.

The round trip is that of ``echo``, once over a page's socket and once as a request that waits for
its reply. The sends do not wait; afterwards the kernel says what it got, and in which order.
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
from benchmarks.rest_client import RestClient, rest_client
from benchmarks.target import BROKER, Target

WARM_UP = 10
SENDS = 10
"""Sends in a row, for each echo."""

COUNT = """
from comm import get_comm_manager
bench_got = []
def bench_counts(comm, opening):
    @comm.on_msg
    def got(message):
        bench_got.append(message["content"]["data"]["number"])
        if message["content"]["data"].get("last"):
            right = bench_got == list(range(len(bench_got)))
            comm.send({"got": len(bench_got), "in order": right})
get_comm_manager().register_target("bench.count", bench_counts)
"""


async def measure(target: Target, size: Size) -> list[Figure]:
    """Return the round trips of both, their ratio, and how many sends a second there are."""
    if target.side != BROKER:
        return []
    async with (
        target.kernel() as kernel_id,
        crowd(target, kernel_id, 1) as (page,),
        rest_client(target) as client,
    ):
        await page.run(ECHO + COUNT)
        comm_id = await open_comm(page)
        path = f"/api/kernels/{kernel_id}/comms"
        messages = f"{path}/{comm_id}/messages"
        await round_trips(page, comm_id, WARM_UP, DRAGGING)
        socket = await round_trips(page, comm_id, size.echoes, DRAGGING)
        await _round_trips(client, messages, WARM_UP)
        rest = await _round_trips(client, messages, size.echoes)
        rate, lost = await _sends(client, path, size.echoes * SENDS)
    ratio = statistics.median(rest) / statistics.median(socket)
    return [
        Figure("rest.median", "REST round trip, median", "ms", (statistics.median(rest),)),
        Figure("rest.p99", "REST round trip, 99th", "ms", (p99(rest),)),
        Figure("rest.ratio", "REST round trip / WebSocket's", "x", (ratio,), limit_goal=1.5),
        Figure("rest.sends", "REST sends in a row", "/s", (rate,), least_goal=1000),
        Figure("rest.lost", "REST sends lost or out of order", "", (lost,), limit_goal=0),
    ]


async def _round_trips(client: RestClient, path: str, count: int) -> list[float]:
    pauses = random.Random(1)  # noqa: S311 (no secret)
    taken = []
    for _ in range(count):
        sent = time.perf_counter()
        status, answer = await client.ask("POST", f"{path}?wait=reply", {"data": {"number": 1}})
        taken.append((time.perf_counter() - sent) * 1000)
        if status != 200 or len(answer["comm_messages"]) != 1:
            raise RuntimeError(f"no echo but {status} {answer}")
        await asyncio.sleep(pauses.uniform(*DRAGGING))
    return taken


async def _sends(client: RestClient, path: str, count: int) -> tuple[float, float]:
    """Return sends a second, and how many of them the kernel did not get in order."""
    _, opened = await client.ask("POST", path, {"target_name": "bench.count"})
    messages = f"{path}/{opened['comm_id']}/messages"
    began = time.perf_counter()
    for number in range(count - 1):
        status, answer = await client.ask("POST", messages, {"data": {"number": number}})
        if status != 202:
            raise RuntimeError(f"not accepted: {status} {answer}")
    rate = (count - 1) / (time.perf_counter() - began)
    last = {"data": {"number": count - 1, "last": True}}
    _, answer = await client.ask("POST", f"{messages}?wait=reply&timeout=60", last)
    told = answer["comm_messages"][0]["data"]
    return rate, float(count if not told["in order"] else count - told["got"])
