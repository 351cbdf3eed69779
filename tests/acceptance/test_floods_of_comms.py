"""A cell opens and closes ten thousand comms. Comms come back under an old id."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from jupyter_comm_broker.testing.frontend import Frontend
from jupyter_comm_broker.testing.page import Page
from jupyter_comm_broker.testing.restore import restore
from jupyter_comm_broker.testing.server import Server

from .conftest import SUBJECT
from .flooded import ANSWERED, eventually, prepare, small_server, told_of
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
    comm = Comm('jupyter.widget', {'state': state, 'buffer_paths': []},
                {'version': '2.1.0'}, **old)

    def asked(message):
        if message['content']['data'].get('method') == 'request_state':
            comm.send({'method': 'update', 'state': state, 'buffer_paths': []})

    comm.on_msg(asked)
    return comm
"""
"""Comms that tell their state when asked, as ipywidgets do: the kernel drops what it publishes
while a machine short of time does not take it, and then the broker asks."""


async def listed(server: Server, kernel_id: str, count: int) -> None:
    """Wait until a kernel has so many comms."""

    link: dict[str, Any] = {}

    async def so_many() -> bool:
        link.update(await server.link(kernel_id))
        return bool(link["comms"] == count)

    try:
        await eventually(so_many)
    except AssertionError as error:
        raise AssertionError(f"{count} comms: {error}: {link}") from None


def all_closed(page: Page) -> bool:
    """Whether a page knows that every comm is closed."""
    return page.widgets.models.keys() <= {*page.widgets.closed}


def has_all(page: Page) -> bool:
    """Whether a page knows every comm."""
    return len(page.widgets.models) == COUNT


def has_last(page: Page) -> bool:
    """Whether a page got what the kernel sent last on the comm with the old id."""
    return "own" in page.widgets["again"]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with small limits, of this module alone."""
    yield from small_server(tmp_path_factory.mktemp("comms") / "server", SUBJECT)


@pytest.mark.long
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
                await late.shows(partial(has_all, late), 60.0)
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


async def test_comms_whose_opening_the_kernel_dropped_are_learned_from_it(
    server: Server, kernel_id: str, tmp_path: Path
) -> None:
    """A server that stands still for a while: the kernel drops what does not fit its queue."""
    done = tmp_path / "done"
    async with Page(server, kernel_id) as page:
        await page.kernel_info()
        await page.run(OPEN)
        cell = f"""many = [opened(i) for i in range({COUNT})]
open({str(done)!r}, 'x').close()"""
        opening = asyncio.create_task(page.run(cell, within=90.0))
        await page.until(lambda m: m.type == "comm_open")
        os.kill(server.pid, signal.SIGSTOP)
        try:
            for _ in range(600):
                if done.exists():
                    break
                await asyncio.sleep(0.1)
        finally:
            os.kill(server.pid, signal.SIGCONT)
        await opening
        await listed(server, kernel_id, COUNT)
        assert (await server.link(kernel_id))["counters"]["lost_before_us"] > 0
        async with Page(server, kernel_id) as late:
            await restore(late)
            for each in (page, late):
                await each.shows(partial(has_all, each), 60.0)
        assert sorted(late.widgets.values().values()) == list(range(COUNT))


async def test_a_comm_under_an_old_id_is_a_new_one_to_every_page(
    server: Server, kernel_id: str
) -> None:
    """Closed before or not: a page must not show of the old one what came late."""
    async with (
        Page(server, kernel_id) as page,
        Page(server, kernel_id) as late,
        Frontend(server, kernel_id, pace=0) as deaf,
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
        async with Page(server, kernel_id) as fresh:
            await restore(fresh)
            assert fresh.widgets["again"] == page.widgets["again"]
            assert {"again", *ids.values()} <= fresh.widgets.models.keys()
        listed = await server.comms(kernel_id)
        assert listed["again"]["messages"]["from_kernel"] == 2
        # Unless the kernel itself dropped some, on a machine short of time.
        if not (await server.link(kernel_id))["counters"].get("lost_before_us"):
            assert [each.widgets.closed.count("again") for each in (page, late)] == [1000, 1000]
