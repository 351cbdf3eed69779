"""A package brings a strategy for its own comms, and pages that come back get them again."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from jupyter_comm_broker.testing.page import Page
from jupyter_comm_broker.testing.server import Server
from tests import example_strategies

from .conftest import StartServer
from .hold import Hold

BROKEN = """
class Broken:
    def opened(self, opening):
        return (opening,)

    def passed(self, kept, by, message):
        raise RuntimeError("a bug of this package")
"""

ENTRY_POINTS = """
[jupyter_comm_broker.strategies]
drawing = drawings:Journal
fragile = broken:Broken
missing = no_such_module:Thing
"""

DRAW = """
import comm, time
drawing = comm.create_comm("drawing", {"size": [3, 4]}, {"version": "1"})
drawing.send({"do": "line", "to": 1})
drawing.send({"do": "clear"})
drawing.send({"do": "line", "to": 2}, buffers=[b"ink"])
drawing.send({"do": "line", "to": 3})
"""


@pytest.fixture
def server(start_server: StartServer, tmp_path: Path) -> Server:
    """A server beside whose packages lies one with strategies."""
    site = tmp_path / "site"
    info = site / "drawings-1.0.dist-info"
    info.mkdir(parents=True)
    source = Path(example_strategies.__file__).read_text()
    (site / "drawings.py").write_text(source)
    (site / "broken.py").write_text(BROKEN)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: drawings\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(ENTRY_POINTS)
    return start_server(modules=site)


def heard(page: Page, comm_id: str, since: int = 0) -> list[tuple[str, object, list[bytes]]]:
    """Return what a page heard on a comm: type, data and buffers."""
    return [
        (m.type, m.content["data"], [bytes(each) for each in m.buffers])
        for m in page.received[since:]
        if m.comm_id == comm_id
    ]


async def test_a_page_that_loads_while_the_kernel_is_busy_gets_its_drawing(
    server: Server, hold: Hold
) -> None:
    kernel_id = server.start_kernel()
    async with Page(server, kernel_id, targets=("drawing",)) as first:
        await first.kernel_info()
        await first.run(DRAW)
        opened = await first.until(lambda m: m.type == "comm_open")
        cell = await first.execute(f"{hold.waits}\ndrawing.send({{'do': 'line', 'to': 4}})")
        await first.until(lambda m: m.execution_state == "busy" and m.parent_id == cell)
        async with Page(server, kernel_id, targets=("drawing",)) as page:
            again = await page.until(lambda m: m.type == "comm_open")
            assert (again.comm_id, again.metadata) == (opened.comm_id, {"version": "1"})
            hold.release()
            await first.idle(cell)
            line = {"do": "line", "to": 4}
            await page.until(lambda m: m.comm_id == again.comm_id and m.content["data"] == line)
            assert heard(page, again.comm_id) == [
                ("comm_open", {"size": [3, 4]}, []),
                ("comm_msg", {"do": "line", "to": 2}, [b"ink"]),
                ("comm_msg", {"do": "line", "to": 3}, []),
                ("comm_msg", line, []),
            ]
            # The page's end works like the first one's.
            await first.run("got = []\ndrawing.on_msg(lambda msg: got.append(msg))")
            sent = {"comm_id": again.comm_id, "data": {"click": 1}}
            await page.idle(await page.send("comm_msg", sent))
            assert await first.run("print(got[-1]['content']['data'])") == "{'click': 1}\n"


async def test_a_console_that_does_not_know_the_target_ends_it_for_nobody(server: Server) -> None:
    kernel_id = server.start_kernel()
    async with Page(server, kernel_id, targets=("drawing",)) as first:
        await first.kernel_info()
        await first.run(DRAW)
        opened = await first.until(lambda m: m.type == "comm_open")
        async with Page(server, kernel_id, targets=()) as console:
            await console.until(lambda m: m.type == "comm_open")
            await console.shows(lambda: len(console.widgets.refused) >= 2)
            assert opened.comm_id in await server.comms(kernel_id)
            assert await first.run("print(drawing._closed)") == "False\n"


async def test_what_is_wrong_with_a_package_is_told_and_costs_no_message(server: Server) -> None:
    listed = {
        each["target_name"]: each for each in (await server.get("/api/comms/broker"))["strategies"]
    }
    assert {name: each["loaded"] for name, each in listed.items()} == {
        "drawing": True,
        "fragile": True,
        "missing": False,
    }
    assert listed["drawing"]["package"] == "drawings"
    assert "no_such_module" in listed["missing"]["reason"]
    assert "no strategy no_such_module:Thing for comms to 'missing'" in server.log
    kernel_id = server.start_kernel()
    async with Page(server, kernel_id, targets=("fragile",)) as page:
        await page.kernel_info()
        await page.run(
            'import comm\nfragile = comm.create_comm("fragile")\nfragile.send(1)\nfragile.send(2)'
        )
        opened = await page.until(lambda m: m.type == "comm_open")
        assert [data for _, data, _ in heard(page, opened.comm_id)] == [{}, 1, 2]
        assert (await server.link(kernel_id))["counters"]["strategy_faults"] == 1
        assert "the strategy for 'fragile' failed" in server.log
        assert "a bug of this package" in server.log
        async with Page(server, kernel_id, targets=("fragile",)) as late:
            await late.kernel_info()
            await asyncio.sleep(3.0)
            assert heard(late, opened.comm_id) == []
