"""
The command ``python -m benchmarks.against FOLDER``: this checkout beside another one, in turns.

A shared machine's speed moves by a fifth from one minute to the next, which hides a difference of
a few percent between two runs. Here both servers run at the same time and work in turns of a
fraction of a second. So each pair of turns has the same machine. The figure is the median of the
pairs' ratios: above 1, this checkout costs more.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from benchmarks.bursts import one_burst
from benchmarks.cells import ECHO, SENDER, burst, busy, models
from benchmarks.crowd import crowd
from benchmarks.echoes import CLICKS, DRAGGING, open_comm, round_trips
from benchmarks.frontend import Frontend
from benchmarks.meter import cpu_seconds
from benchmarks.servers import Server
from benchmarks.states import ask_states
from benchmarks.target import BROKER, Target

HERE = Path(__file__).parent.parent
BURST = 500
PAGES = (1, 8, 32, 200)
MODELS = (150, 10_000)
EVERYDAY, PACE = 100, 0.005
"""Messages of a turn at an everyday rate, and the seconds between two: as a bar that moves."""

REST_A_MOMENT = 0.02
"""Seconds in which a server finishes a turn before its cost is read."""

Turn = Callable[[int], Awaitable[float]]
"""Takes the turn's number, from 1. Returns what the turn cost."""


def main(arguments: list[str] | None = None) -> int:
    """Measure what was asked for, and print a row of a table for each."""
    asked = parser().parse_args(arguments)
    other = asked.folder.resolve()
    say("| | the other | this one | ratio, median | ratio, quartiles |")
    say("|---|--:|--:|--:|--:|")
    for name, work in works().items():
        if not asked.only or any(name.startswith(each) for each in asked.only):
            ratios, costs = asyncio.run(_in_turns((other, HERE), work, asked.turns))
            low, median, high = statistics.quantiles(ratios, n=4)
            figures = f"{costs[0]:.3f} | {costs[1]:.3f} | {median:.3f} | {low:.2f} to {high:.2f}"
            say(f"| {name} | {figures} |")
    return 0


def say(line: str) -> None:
    """Print a line at once, because the next one takes a minute."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def turns(text: str) -> int:
    """Read a number of turns. Quartiles take two."""
    number = int(text)
    if number < 2:
        raise argparse.ArgumentTypeError("2 turns at least")
    return number


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command's arguments."""
    made = argparse.ArgumentParser(prog="python -m benchmarks.against", description=__doc__)
    made.add_argument("folder", type=Path, help="another checkout of the project")
    made.add_argument("--only", nargs="*", help="names of works, or how they begin")
    made.add_argument("--turns", type=turns, default=40, help="turns of each side (%(default)s)")
    return made


Work = Callable[[Target], "AsyncIterator[Turn]"]


def works() -> dict[str, Work]:
    """Return what can be measured, by name."""
    return {
        **{f"delivery.{pages}, us": _delivery(pages, BURST) for pages in PAGES},
        **{f"everyday.{pages}, us": _delivery(pages, EVERYDAY, PACE) for pages in (1, 8)},
        "echo.dragging, ms": _echo(DRAGGING),
        "echo.click, ms": _echo(CLICKS),
        **{f"restore.idle.{count}, ms": _restore(count, running=False) for count in MODELS},
        **{f"restore.busy.{count}, ms": _restore(count, running=True) for count in MODELS},
    }


async def _in_turns(
    folders: tuple[Path, Path], work: Work, turns: int
) -> tuple[list[float], tuple[float, float]]:
    """Return for each pair of turns the second folder's cost by the first's, and both medians."""
    async with AsyncExitStack() as stack:
        sides = []
        for folder in folders:
            target = stack.enter_context(Server(BROKER, package=folder))
            sides.append(await stack.enter_async_context(asynccontextmanager(work)(target)))
        costs: tuple[list[float], list[float]] = ([], [])
        for number in range(1, turns + 1):
            for side in (0, 1) if number % 2 else (1, 0):
                costs[side].append(await sides[side](number))
    ratios = [new / old for old, new in zip(*costs, strict=True)]
    return ratios, (statistics.median(costs[0]), statistics.median(costs[1]))


def _delivery(pages: int, count: int, pace: float = 0.0) -> Work:
    """
    The server's CPU for each delivery of updates, in microseconds.

    Args:
        pages: who gets them.
        count: the updates of a turn.
        pace: the seconds between two.
    """

    def cell(first: int, count: int) -> str:
        return burst(first, count, pace)

    async def work(target: Target) -> AsyncIterator[Turn]:
        async with target.kernel() as kernel_id, crowd(target, kernel_id, pages) as frontends:
            await frontends[0].run(SENDER)
            await one_burst(frontends, cell, 1, count)

            async def turn(number: int) -> float:
                before = cpu_seconds(target.pid)
                await one_burst(frontends, cell, number * count + 1, count)
                await asyncio.sleep(REST_A_MOMENT)
                return (cpu_seconds(target.pid) - before) / (count * pages) * 1e6

            yield turn

    return work


def _echo(pause: tuple[float, float]) -> Work:
    """The median of ten round trips of a comm message, in milliseconds."""

    async def work(target: Target) -> AsyncIterator[Turn]:
        async with target.kernel() as kernel_id, crowd(target, kernel_id, 8) as frontends:
            await frontends[0].run(ECHO)
            comm_id = await open_comm(frontends[0])

            async def turn(_: int) -> float:
                return statistics.median(await round_trips(frontends[0], comm_id, 10, pause))

            yield turn

    return work


def _restore(count: int, *, running: bool) -> Work:
    """The answer to ``request_states`` of a page whose socket is old, in milliseconds."""

    async def work(target: Target) -> AsyncIterator[Turn]:
        async with target.kernel() as kernel_id, crowd(target, kernel_id, 1) as (owner,):
            await owner.run(models(count))
            page = await Frontend.open(target, kernel_id)
            await page.kernel_info()
            await asyncio.sleep(3.0)  # a big restore of a younger page is answered late on purpose

            async def turn(_: int) -> float:
                cell = asyncio.create_task(owner.run(busy(0.6))) if running else None
                await asyncio.sleep(0.2)
                begun = time.perf_counter()
                await ask_states(page, count)
                seconds = time.perf_counter() - begun
                if cell is not None:
                    await cell
                return seconds * 1000

            yield turn
            await page.close()

    return work


if __name__ == "__main__":
    sys.exit(main())
