"""
Updates at full speed beside a print flood, then closings, with the rate limits of every user.

A run is right if every page has the last value of every comm, and its closing.
"""

from __future__ import annotations

import asyncio
import sys
import time

from benchmarks.cells import STORM
from benchmarks.crowd import crowd
from benchmarks.figures import Figure, Size
from benchmarks.frontend import Frontend
from benchmarks.health import self_check
from benchmarks.tally import Tally
from benchmarks.target import Target

COMMS = 50
SILENCE = 2.0
"""Seconds without a message after the cell's reply. After that, no more are expected."""

PATIENCE = 60.0


async def measure(target: Target, size: Size) -> list[Figure]:
    """Return how many runs lost nothing, and how long a run took until every page had it."""
    right, took = 0, []
    async with target.kernel() as kernel_id, crowd(target, kernel_id, size.few) as frontends:
        await frontends[0].run(STORM)
        for number in range(size.runs):
            begun = time.perf_counter()
            tallies = await _run(frontends, size.updates)
            took.append(time.perf_counter() - begun)
            wrong = [each for each in tallies if not each.has_all(COMMS, size.updates)]
            right += not wrong
            if wrong:
                told = wrong[0].describe(COMMS, size.updates)
                check = await self_check(target)
                counters = check["counters"] if check is not None else ""
                sys.stderr.write(f"    run {number + 1}, {len(wrong)} pages: {told} {counters}\n")
            # The next run begins when the kernel is done with this one.
            await frontends[0].run("pass")
    return [
        Figure(
            "storm.right",
            f"{size.updates:,} updates beside a print flood, then closes: runs that lost nothing",
            f"of {size.runs}",
            (right,),
            least_goal=size.runs,
        ),
        Figure("storm.seconds", "such a run, until the last page has all", "s", tuple(took)),
    ]


async def _run(frontends: list[Frontend], updates: int) -> list[Tally]:
    """Return the tally of each page, once all have everything or nothing more comes."""
    tallies = [Tally() for _ in frontends]
    for page, tally in zip(frontends, tallies, strict=True):
        page.hears = tally.hears
    frontends[0].start(f"bench_storm({COMMS}, {updates})")
    end = time.monotonic() + PATIENCE
    heard, quiet_since = 0, time.monotonic()
    while not all(tally.has_all(COMMS, updates) for tally in tallies):
        await asyncio.sleep(0.05)
        now, before = time.monotonic(), heard
        heard = sum(tally.heard for tally in tallies)
        if heard != before:
            quiet_since = now
        if now > end or (tallies[0].replied and now - quiet_since > SILENCE):
            break
    return tallies
