"""Ten thousand comms opened and closed in a cell each, and comms that come back under an old id."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pytest

from .conftest import SUBJECT
from .flooded import ANSWERED, eventually, prepare, small_server, told_of
from .page import Page
from .restore import restore
from .server import Server
from .slow_reader import SlowReader
from .watch import Watch

COUNT = 10_000
GROWTH = 60
"""MiB for 10,000 comms with 100 bytes of state each, what waits for a page, and the allocator."""

OPEN = """
from ipykernel.comm import Comm

def opened(value, comm_id=""):
    state = {'_model_name': 'LabelModel', '_model_module': '@jupyter-widgets/controls',
             'value': value}
    old = {'comm_id': comm_id} if comm_id else {}
    return Comm('jupyter.widget', {'state': state, 'buffer_paths': []},
                {'version': '2.1.0'}, **old)
"""


async def listed(server: Server, kernel_id: str, count: int) -> None:
    """Wait until a kernel has so many comms."""

    async def so_many() -> bool:
        found: int = (await server.link(kernel_id))["comms"]
        return found == count

    await eventually(so_many)


def all_closed(page: Page) -> bool:
    """Whether a page knows that every comm is closed."""
    return page.widgets.models.keys() <= {*page.widgets.closed}


def has_last(page: Page) -> bool:
    """Whether a page got what the kernel sent last on the comm with the old id."""
    return "own" in page.widgets["again"]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with small limits, of this module alone."""
    yield from small_server(tmp_path_factory.mktemp("comms") / "server", SUBJECT)


async def test_ten_thousand_comms_opened_in_a_cell_and_closed_in_another(
    server: Server, kernel_id: str
) -> None:
    async with Page(server, kernel_id) as page:
        await page.kernel_info()
        await page.run(OPEN)
        async with Watch(server) as watch:
            await page.run(f"many = [opened(i) for i in range({COUNT})]")

            # What the kernel itself dropped, on a machine short of time, is found by asking it.
            await listed(server, kernel_id, COUNT)
            async with Page(server, kernel_id) as late:
                assert (await restore(late)).by == "control"
                assert len(late.widgets.values()) == COUNT
                await page.run("for comm in many:\n    comm.close()")
                await listed(server, kernel_id, 0)
                for each in (page, late):
                    await each.shows(partial(all_closed, each))
        assert sorted(late.widgets.values().values()) == list(range(COUNT))
        assert watch.grown < GROWTH
        assert watch.slowest < ANSWERED
        link = await server.link(kernel_id)
        assert link["state_bytes"] == 0
        assert link["counters"].get("faults", 0) == 0
        if not link["counters"].get("lost_before_us"):
            assert len(page.widgets.models) == COUNT


async def test_a_comm_under_an_old_id_is_a_new_one_to_every_page(
    server: Server, kernel_id: str
) -> None:
    """Closed before or not: a page must not show of the old one what came late."""
    async with (
        Page(server, kernel_id) as page,
        Page(server, kernel_id) as late,
        SlowReader(server, kernel_id) as deaf,
    ):
        ids = await prepare(page)
        code = f"""{OPEN}
kept = []
for turn in range(2000):
    kept.append(comm := opened(f'{{turn}}', 'again'))  # else it closes when it is let go
    for step in range(3):
        comm.send({{'method': 'update', 'buffer_paths': [],
                   'state': {{'value': f'{{turn}}.{{step}}', 'pad': 'x' * 300}}}})
    if turn % 2:
        comm.close()
kept.append(opened('the last', 'again'))
kept[-1].send({{'method': 'update', 'state': {{'own': 1}}, 'buffer_paths': []}})
"""
        late.pause()
        await page.run(code)
        late.resume()
        told = await told_of(server, kernel_id, deaf.session_id)
        assert told["conflated"] > 1000
        for each in (page, late):
            await each.shows(partial(has_last, each))
            again = each.widgets["again"]
            assert (again["value"], again["own"]) == ("the last", 1)
            assert "pad" not in again
            assert each.widgets.closed.count("again") == 1000
        async with Page(server, kernel_id) as fresh:
            await restore(fresh)
            assert fresh.widgets["again"] == page.widgets["again"]
            assert {"again", *ids.values()} <= fresh.widgets.models.keys()
        listed = await server.comms(kernel_id)
        assert listed["again"]["messages"]["from_kernel"] == 2
