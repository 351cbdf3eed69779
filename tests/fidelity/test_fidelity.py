"""
The mirror beside the kernel's own answer, after each of many rounds of a seeded fuzz.

A difference is a failure unless the broker said beforehand that it is not sure of the comm.
One kind cannot be seen in the traffic (fact 2.3.4) and is counted apart.
"""

from __future__ import annotations

import base64
import json
import os
import sys
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pytest

from jupyter_comm_broker.testing.page import Page
from jupyter_comm_broker.testing.server import Server
from jupyter_comm_broker.testing.widgets import WIDGET, put_buffers
from tests.acceptance.conftest import StartServer

from .kernel_side import CODE
from .page_side import PageHand
from .truth import Truth

pytestmark = pytest.mark.slow

LONG = bool(os.environ.get("JCB_LONG"))
COMPARISONS = 5_500 if LONG else 200
"""For each of four cases: 22,000 in the long run, 800 in CI."""

SEED = 20_26

REPORTS = Path(__file__).parents[2] / "artefacts" / "reports"
"""Where the counts are written, one file for each case."""


@dataclass
class Count:
    """What the comparisons came to."""

    compared: int = 0
    flagged: int = 0
    """Differences in comms that were marked beforehand."""
    untold: int = 0
    """Differences that no message tells of (fact 2.3.4)."""
    marked: int = 0
    """Comms that were marked when they were looked at, different or not."""
    unexplained: list[str] = field(default_factory=list)


@pytest.mark.timeout(1500 if LONG else 150)
@pytest.mark.parametrize("echo", ["1", "0"], ids=["echo", "no echo"])
@pytest.mark.parametrize("version", [7, 6], ids=["ipykernel 7", "ipykernel 6"])
async def test_the_mirror_says_what_the_kernel_says(
    version: int,
    echo: str,
    start_server: StartServer,
    request: pytest.FixtureRequest,
) -> None:
    # Without looks for silent changes: those would hide what the mirror misses.
    server = start_server("broker", options=["--CommBroker.verify_interval=0"])
    python = sys.executable
    if version == 6:
        python = request.getfixturevalue("ipykernel6_python")
    env = {"JUPYTER_WIDGETS_ECHO": echo}
    kernel_id = server.start_kernel(server.add_kernel("fuzz", python=python, env=env))
    count = Count()
    async with Page(server, kernel_id) as page, Truth(server, kernel_id) as truth:
        await page.run(f"{CODE}\nhand = Hand({SEED})")
        hand = PageHand(page, SEED)
        seen: dict[str, int] = {}
        while count.compared < COMPARISONS:
            await play(page, hand)
            await compare(server, page, truth, seen, count)
            assert not count.unexplained, count
            # A long run must not keep everything it ever received.
            page.received.clear()
        counters = (await server.link(kernel_id))["counters"]
    REPORTS.mkdir(parents=True, exist_ok=True)
    report = REPORTS / f"fidelity-ipykernel{version}-echo{echo}.json"
    report.write_text(json.dumps({**asdict(count), "counters": counters}, indent=1))
    assert count.untold < count.compared / 50, "what no message tells is rare by construction"
    assert counters.get("faults", 0) == 0


async def play(page: Page, hand: PageHand) -> None:
    """Move from both sides at once, and wait until the kernel is done with all of it."""
    for _ in range(3):
        cell = await page.execute("hand.moves(6)")
        sent = [await hand.move() for _ in range(6)]
        for msg_id in (cell, *sent):
            await page.idle(msg_id)


async def compare(
    server: Server, page: Page, truth: Truth, seen: dict[str, int], count: Count
) -> None:
    """Lay mirror and kernel side by side for each comm that changed since the last time."""
    comms = await server.comms(page.kernel_id)
    # The control comm of the client that asks for the truth is nobody's business but its own.
    assert all(comm["target_name"] for comm in comms.values()), comms
    changed = [
        comm_id
        for comm_id, comm in comms.items()
        if comm["target_name"] == WIDGET and seen.get(comm_id) != comm["sequence"]
    ]
    mirrored = {comm_id: await whole(server, page.kernel_id, comm_id) for comm_id in changed}
    states = await truth.states()
    # A comm that a page opened is listed before the kernel has it; here all is processed.
    widgets = {comm_id for comm_id, comm in comms.items() if comm["target_name"] == WIDGET}
    if widgets != set(states):
        count.unexplained.append(f"comms: {widgets ^ set(states)}")
        return
    for comm_id in changed:
        comm, state = mirrored[comm_id]
        seen[comm_id] = comm["sequence"]
        count.compared += 1
        marked = comm["knowledge"] != "clean"
        count.marked += marked
        wrong = different(state, states[comm_id])
        if not wrong:
            continue
        if marked:
            count.flagged += 1
            continue
        noted = json.loads(
            await page.run("print(json.dumps([[*k, v] for k, v in UNTOLD.items()]))")
        )
        silent = {key: sent for model, key, sent in noted if model == comm_id}
        if all(key in silent and plain((state or {}).get(key)) == silent[key] for key in wrong):
            count.untold += 1
            await page.run(f"w.Widget.widgets[{comm_id!r}].send_state({sorted(wrong)})")
            continue
        for key in wrong:
            ours, theirs = (state or {}).get(key), states[comm_id].get(key)
            count.unexplained.append(f"{comm_id} {key}: mirror {ours!r}, kernel {theirs!r}")


async def whole(
    server: Server, kernel_id: str, comm_id: str
) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """Return one comm as REST shows it, and its state with buffers in place."""
    comm = await server.get(f"/api/kernels/{kernel_id}/comms/{comm_id}")
    if comm["state"] is None:
        return comm, None
    paths = [buffer["path"] for buffer in comm["buffers"]]
    buffers = [base64.b64decode(buffer["data"]) for buffer in comm["buffers"]]
    return comm, put_buffers(comm["state"], paths, buffers)


def different(mirror: dict[str, Any] | None, kernel: dict[str, Any]) -> set[str]:
    """Return the attributes on which the two disagree, by Python's equality (fact 2.2)."""
    if mirror is None:
        return set(kernel)
    missing = object()
    return {
        key
        for key in mirror.keys() | kernel.keys()
        if mirror.get(key, missing) != kernel.get(key, missing)
    }


def plain(value: Any) -> str:
    """Write a value as the kernel's side does for comparing."""
    return json.dumps(value, default=lambda b: bytes(b).hex(), sort_keys=True)
