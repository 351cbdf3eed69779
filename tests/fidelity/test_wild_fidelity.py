"""
The mirror beside the kernel where no message tells all: at any time, and after a restore's check.

At any time a difference is a failure unless the comm was marked beforehand: its knowledge is not
clean, or, where it changed in silence, it was last checked before the kernel's latest activity.
After a restore and its check, with the kernel idle, nothing at all may differ.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import sys
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from jupyter_comm_broker.errors import ServerRefusedError
from jupyter_comm_broker.testing.page import Page
from jupyter_comm_broker.testing.restore import by_control
from jupyter_comm_broker.testing.server import Server
from jupyter_comm_broker.testing.widgets import WIDGET
from tests.acceptance.conftest import StartServer
from tests.acceptance.hold import Hold

from .kernel_side import CODE
from .test_fidelity import REPORTS, different, whole
from .truth import Truth
from .wild_pages import WildPageHand
from .wild_side import WILD

pytestmark = pytest.mark.slow

LONG = bool(os.environ.get("JCB_LONG"))
COMPARISONS = 25_000 if LONG else 200
"""For each of four cases: 100,000 in the long run, 800 in CI."""

SEED = 20_27

SETTLED = 10.0
"""Seconds within which a check must be over: a second of an idle kernel, and a reserve."""

NOTICED = 3.0
"""
Seconds within which a message that the kernel dropped must be noticed.

The broker gives what may only have been overtaken a moment to come.
"""

EXAMPLES = 5
"""How many differences of a kind are told in full."""


@dataclass
class Count:
    """What the comparisons came to."""

    compared: int = 0
    settled: int = 0
    """Comparisons after a restore and its check."""
    marked: int = 0
    """Differences in comms that were marked beforehand."""
    late: int = 0
    """Of what was dropped, differences that were marked a moment later."""
    dropped: int = 0
    """Messages that the kernel dropped."""
    wrong: dict[str, int] = field(default_factory=dict)
    """Differences that nothing marked, by kind."""
    examples: list[str] = field(default_factory=list)

    def note(self, when: str, model: str, key: str, what: str) -> None:
        """Note something wrong."""
        kind = f"{when}: {model} {key}"
        self.wrong[kind] = self.wrong.get(kind, 0) + 1
        if self.wrong[kind] <= EXAMPLES:
            self.examples.append(f"{kind}: {what}")


@pytest.mark.timeout(7200 if LONG else 240)
@pytest.mark.parametrize("drops", [False, True], ids=["all comes", "some is dropped"])
@pytest.mark.parametrize("version", [7, 6], ids=["ipykernel 7", "ipykernel 6"])
async def test_what_no_message_tells_is_marked_and_right_after_a_check(
    version: int,
    drops: bool,
    start_server: StartServer,
    request: pytest.FixtureRequest,
    tmp_path: Path,
) -> None:
    server = start_server("broker", options=["--CommBroker.verify_interval=0"])
    python = sys.executable if version == 7 else request.getfixturevalue("ipykernel6_python")
    kernel_id = server.start_kernel(server.add_kernel("wild", python=python))
    count = Count()
    async with Page(server, kernel_id) as page, Truth(server, kernel_id) as truth:
        await page.run(f"{CODE}\n{WILD}\nhand = WildHand({SEED}, {drops})")
        hand = WildPageHand(page, SEED)
        wild = Wild(server, page, truth, count)
        rng = random.Random(SEED)  # noqa: S311 - repeatable on purpose
        turn = 0
        while count.compared < COMPARISONS:
            turn += 1
            await play(page, hand, rng)
            await wild.compare_at_any_time()
            if turn % 2:
                await restores(server, page, Hold(tmp_path / f"{turn}") if turn % 4 == 1 else None)
                await wild.compare_when_settled()
            page.received.clear()
        counters = (await server.link(kernel_id))["counters"]
    REPORTS.mkdir(parents=True, exist_ok=True)
    report = REPORTS / f"wild-ipykernel{version}-{'drops' if drops else 'all'}.json"
    report.write_text(json.dumps({**asdict(count), "counters": counters}, indent=1))
    assert not count.wrong, "\n".join([str(count.wrong), *count.examples])
    assert counters.get("faults", 0) == 0
    assert bool(count.dropped) == drops


async def play(page: Page, hand: WildPageHand, rng: random.Random) -> None:
    """Move from both sides at once, and wait until the kernel is done with all of it."""
    for _ in range(2):
        tasks = "\nawait hand.tasks()" if rng.random() < 0.3 else ""
        cell = await page.execute(f"hand.moves(6){tasks}")
        sent = [await hand.move() for _ in range(6)]
        for msg_id in (cell, *sent):
            await page.idle(msg_id)
    await page.run("ended()")


async def restores(server: Server, page: Page, hold: Hold | None) -> None:
    """Let another page load: while the kernel is idle, or while a cell runs."""
    cell = await page.execute(hold.waits) if hold is not None else ""
    if cell:
        await page.until(lambda m: m.parent_id == cell and m.type == "execute_input")
    async with Page(server, page.kernel_id) as loaded:
        assert await by_control(loaded, 10)
    if hold is not None:
        hold.release()
        await page.ended(cell)


class Wild:
    """Lays the mirror of one kernel beside what the kernel says."""

    def __init__(self, server: Server, page: Page, truth: Truth, count: Count) -> None:
        self._server = server
        self._page = page
        self._truth = truth
        self._count = count

    async def _mirrored(self) -> dict[str, tuple[dict[str, Any], dict[str, Any] | None]]:
        comms = await self._server.comms(self._page.kernel_id)
        widgets = [comm_id for comm_id, comm in comms.items() if comm["target_name"] == WIDGET]
        asked = {comm_id: await self._shown(comm_id) for comm_id in widgets}
        return {comm_id: shown for comm_id, shown in asked.items() if shown is not None}

    async def _shown(self, comm_id: str) -> tuple[dict[str, Any], dict[str, Any] | None] | None:
        """Return a widget as REST shows it; ``None`` if it was just found to be closed."""
        try:
            return await whole(self._server, self._page.kernel_id, comm_id)
        except ServerRefusedError as error:
            if error.status != 410:
                raise
            # The kernel dropped its close. Whether it is closed is compared when all is settled.
            return None

    async def _kernels(self) -> tuple[dict[str, dict[str, Any]], set[str], set[str]]:
        """Return the states, the ids of all open widgets, and of those that change in silence."""
        facts = json.loads(await self._page.run("print(facts())"))
        self._count.dropped = facts["dropped"]
        states = await self._truth.states()
        for comm_id, value in facts["described"].items():
            states[comm_id] = {"value": value}
        # Children that came to be while the states were written down.
        facts = json.loads(await self._page.run("print(facts())"))
        return states, set(facts["open"]), set(facts["silent"])

    async def compare_at_any_time(self) -> None:
        """Compare as it is: a difference must have been marked."""
        mirrored = await self._mirrored()
        kernel = await self._server.get(f"/api/kernels/{self._page.kernel_id}")
        active = datetime.fromisoformat(kernel["last_activity"].replace("Z", "+00:00"))
        states, _, silent = await self._kernels()
        for comm_id, (comm, state) in mirrored.items():
            if comm_id not in states:
                continue  # closed or made without our hearing: told when all is settled
            self._count.compared += 1
            wrong = _wrong(state, states[comm_id], comm)
            if not wrong:
                continue
            if comm["knowledge"] != "clean" or (comm_id in silent and _stale(comm, active)):
                self._count.marked += 1
                continue
            if self._count.dropped and await self._is_noticed(comm_id, states[comm_id]):
                self._count.late += 1
                continue
            for key in wrong:
                ours, theirs = (state or {}).get(key), states[comm_id].get(key)
                seen = f"checked {comm.get('checked_at')}, kernel active {active}"
                what = f"mirror {ours!r}, kernel {theirs!r}, {seen}"
                self._count.note("unmarked", states[comm_id].get("_model_name", "Any"), key, what)

    async def _is_noticed(self, comm_id: str, truth: dict[str, Any]) -> bool:
        """Whether a loss is noticed soon: what is missing may only have been overtaken."""
        loop = asyncio.get_running_loop()
        end = loop.time() + NOTICED
        while loop.time() < end:
            shown = await self._shown(comm_id)
            if shown is None or shown[0]["knowledge"] != "clean":
                return True
            if not _wrong(shown[1], truth, shown[0]):
                return True
            await asyncio.sleep(0.05)
        return False

    async def compare_when_settled(self) -> None:
        """Compare after a restore, once its check had its second: nothing may differ."""
        states, listed, _ = await self._kernels()
        loop = asyncio.get_running_loop()
        end = loop.time() + SETTLED
        while True:
            mirrored = await self._mirrored()
            wrong = [
                (comm_id, key)
                for comm_id in mirrored.keys() & states.keys()
                for key in _wrong(mirrored[comm_id][1], states[comm_id], mirrored[comm_id][0])
            ]
            apart = mirrored.keys() ^ listed
            if not (wrong or apart) or loop.time() > end:
                break
            await asyncio.sleep(0.2)
        self._count.compared += len(mirrored)
        self._count.settled += len(mirrored)
        for comm_id, key in wrong:
            ours, theirs = (mirrored[comm_id][1] or {}).get(key), states[comm_id].get(key)
            model = states[comm_id].get("_model_name", "Any")
            known = mirrored[comm_id][0]["knowledge"]
            what = f"mirror {ours!r}, kernel {theirs!r}, {known}"
            self._count.note("after the check", model, key, what)
        for comm_id in apart:
            kind = "missing" if comm_id in listed else "extra"
            self._count.note("after the check", kind, "comm", comm_id)


def _wrong(mirror: dict[str, Any] | None, kernel: dict[str, Any], comm: dict[str, Any]) -> set[str]:
    """Return what differs; of an object with a descriptor the kernel tells its value alone."""
    wrong = different(mirror, kernel)
    described = "_model_name" not in kernel
    return wrong & {"value"} if described else wrong


def _stale(comm: dict[str, Any], active: datetime) -> bool:
    """Whether a comm says that the kernel confirmed it before its latest activity."""
    if "checked_at" not in comm:
        return False
    checked = comm["checked_at"]
    return checked is None or datetime.fromisoformat(checked.replace("Z", "+00:00")) < active
