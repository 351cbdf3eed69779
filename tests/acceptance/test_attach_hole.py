"""A page that connects at any moment: what it is given joins what follows without a seam."""

import asyncio
import random
from pathlib import Path

from jupyter_comm_broker.testing.page import Page
from jupyter_comm_broker.testing.restore import by_control
from jupyter_comm_broker.testing.server import Server

PAGES = 50
SECONDS = 7
"""Within how many seconds they come."""

COUNTING = """
import ipywidgets as widgets, time
counter = widgets.IntText()
"""
COUNT = """
from pathlib import Path
due = time.monotonic()
while not Path({released!r}).exists():
    counter.value += 1
    due += 1 / 500
    time.sleep(max(0, due - time.monotonic()))
"""
"""It counts until all pages have seen enough: how long that takes depends on the machine."""


async def counts_seen(server: Server, kernel_id: str, cell: str) -> list[int]:
    """Restore a new page, follow 60 updates, and return the counts it showed, snapshot first."""
    async with Page(server, kernel_id) as page:
        assert await by_control(page, within=30)
        model = page.widgets.only("IntTextModel")
        snapshot = next(value for key, value in model.shown if key == "value")

        def live() -> list[int]:
            return [
                m.state["value"]
                for m in page.received
                if m.method == "update" and m.parent_id == cell and "value" in m.state
            ]

        while len([count for count in live() if count > snapshot]) < 60:
            await page.until(lambda m: m.method == "update", since=len(page.received))
        at = page.received.index(page.widgets.restored[0])
        before = [
            m.state["value"] for m in page.received[:at] if m.method == "update" and m.parent_id
        ]
        assert not before or before[-1] <= snapshot
        # Told again what changed meanwhile (rule 6): just what the page was told last.
        shown = [value for key, value in model.shown if key == "value"]
        assert shown == sorted(shown)
        assert max(shown) == live()[-1]
        return [snapshot, *(count for count in live() if count not in before)]


async def test_fifty_pages_join_a_running_counter_without_gap_or_repeat(
    server: Server, kernel_id: str, tmp_path: Path
) -> None:
    """Stock: no snapshot in 10 s, for not one of the pages."""
    moments = random.Random(4)  # noqa: S311 - the same moments each time
    async with Page(server, kernel_id) as first:
        await first.kernel_info()
        await first.run(COUNTING)
        released = tmp_path / "released"
        cell = await first.execute(COUNT.format(released=str(released)))
        await first.until(lambda m: m.method == "update")
        first.pause()  # so that this process is not busy with decoding the same for two

        async def later() -> list[int]:
            await asyncio.sleep(moments.uniform(0, SECONDS))
            return await counts_seen(server, kernel_id, cell)

        try:
            seen = await asyncio.gather(*(later() for _ in range(PAGES)))
        finally:
            released.touch()
        first.resume()
        await first.idle(cell, 30)
    for counts in seen:
        assert counts == list(range(counts[0], counts[0] + len(counts)))
    assert len(seen) == PAGES
