"""
Seeded scripts of pages and kernel code, on stock and on the broker: nothing less, nothing else.

``JCB_SEED=17`` plays one script alone, ``JCB_SEED=17,18`` two.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections import Counter
from pathlib import Path

import pytest

from jupyter_comm_broker.testing.server import Server

from .normal import heard_by, too_late, without
from .player import NotStartedError, Played, Player
from .rules import Comparison, allowed, wrong_at_the_end
from .script import Step, script

pytestmark = pytest.mark.slow

LONG = bool(os.environ.get("JCB_LONG"))
SCRIPTS = 500 if LONG else 15
AT_ONCE = 5
"""Scripts that are played at the same time: starting kernels takes most of it."""

SETTLES = 10.0
"""Seconds within which pages must have been told what a check of the broker found."""

CHOSEN = os.environ.get("JCB_SEED")
SEEDS = [int(seed) for seed in CHOSEN.split(",")] if CHOSEN else list(range(SCRIPTS))
CHUNKS = [SEEDS[at : at + AT_ONCE] for at in range(0, len(SEEDS), AT_ONCE)]

REPORT = Path(__file__).parents[2] / "artefacts" / "reports" / "differential.json"
ADDED: Counter[str] = Counter()
"""How often each rule let something pass, over all scripts."""


class StockFailedError(Exception):
    """A step did not end on stock, and all did on the broker."""


@pytest.mark.timeout(600)
@pytest.mark.parametrize("seeds", CHUNKS, ids=lambda seeds: f"seeds {seeds[0]} to {seeds[-1]}")
async def test_what_stock_delivers_the_broker_delivers(
    seeds: list[int],
    servers: tuple[Server, Server],
    ipykernel6_python: str,
    tmp_path: Path,
) -> None:
    pythons = [sys.executable, ipykernel6_python]
    for server in servers:
        for number, python in enumerate(pythons):
            server.add_kernel(f"kind{number}", python=python)
    outcomes = await asyncio.gather(
        *(compared(seed, servers, f"kind{seed % 2}", tmp_path / str(seed)) for seed in seeds)
    )
    REPORT.parent.mkdir(parents=True, exist_ok=True)
    REPORT.write_text(json.dumps(dict(ADDED), indent=1))
    if wrong := [each for each in outcomes if each]:
        pytest.fail("\n\n".join(wrong), pytrace=False)


async def compared(seed: int, servers: tuple[Server, Server], kind: str, folder: Path) -> str:
    """Play a script on both; returns what is wrong, with all that is needed to see it again."""
    steps = script(seed)
    try:
        wrong = await _played(steps, servers, kind, folder / "first")
    except (NotStartedError, StockFailedError):
        # Kernels that start at the same time on two servers may be given the same port, for it
        # is looked for long before it is taken: then one of them never runs, on either side. And
        # where stock itself loses something, there is nothing to compare with.
        ADDED["played again"] += 1
        wrong = await _played(steps, servers, kind, folder / "again")
    except Exception as error:  # noqa: BLE001 - told with the script that led to it
        wrong = repr(error)
    if not wrong:
        return ""
    told = "\n".join(f"  {number}: {step}" for number, step in enumerate(steps))
    return f"JCB_SEED={seed}\n{wrong}\nthe script:\n{told}"


async def _played(
    steps: list[Step], servers: tuple[Server, Server], kind: str, folder: Path
) -> str:
    kernels = [await asyncio.to_thread(server.start_kernel, kind) for server in servers]
    players = []
    for server, kernel_id in zip(servers, kernels, strict=True):
        own = folder / server.subject
        own.mkdir(parents=True)
        players.append(Player(server, kernel_id, own))
    try:
        async with players[0], players[1]:
            stock, ours = await asyncio.gather(
                *(player.play(steps) for player in players), return_exceptions=True
            )
            if isinstance(ours, BaseException):
                raise ours
            if isinstance(stock, BaseException):
                raise StockFailedError(*stock.args) from stock
            return await _compare(steps, stock, ours)
    finally:
        for server, kernel_id in zip(servers, kernels, strict=True):
            await asyncio.to_thread(server.end_kernel, kernel_id)


async def _compare(steps: list[Step], stock: Played, ours: Played) -> str:
    """Compare until all is well: what a check finds, and what was held back, comes later."""
    loop = asyncio.get_running_loop()
    end = loop.time() + SETTLES
    while wrong := _first_difference(steps, stock, ours):
        if loop.time() > end:
            return wrong
        await asyncio.sleep(0.5)
    return ""


def _first_difference(steps: list[Step], stock: Played, ours: Played) -> str:
    if wrong := wrong_at_the_end(stock, ours):
        return wrong
    theirs = {name: heard_by(life, stock) for name, life in stock.lives.items()}
    late = too_late(theirs.values())
    theirs = {name: without(late, heard) for name, heard in theirs.items()}
    may = allowed(steps, stock, ours, list(theirs.values()))
    added: Counter[str] = Counter()
    for name, life in ours.lives.items():
        comparison = Comparison(name, ours, may)
        if wrong := comparison.first_difference(theirs[name], without(late, heard_by(life, ours))):
            return wrong
        added.update(comparison.added)
    ADDED.update(added)
    return ""
