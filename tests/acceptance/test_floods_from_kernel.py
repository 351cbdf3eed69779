"""A kernel floods with each type of message. One page reads, and another does not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from jupyter_comm_broker.testing.frontend import Frontend
from jupyter_comm_broker.testing.message import Message
from jupyter_comm_broker.testing.page import Page
from jupyter_comm_broker.testing.server import Server

from .conftest import SUBJECT
from .flooded import (
    ANSWERED,
    CAP,
    LAST,
    LONG,
    cut_off,
    followed_by,
    prepare,
    shows_the_last,
    small_server,
    told_of,
)
from .watch import Watch

COUNT = 20_000 if LONG else 3_500
ENDED = 500 if LONG else 100
"""Seconds within which a flood is over: alone it is ten, and other tests may run beside it."""

LENGTH = 20_000

GROWTH = 56
"""
MiB by which a server may grow in a flood of 70 MB (400 in the long run).

The page that does not read may have 32 MiB waiting; the rest is what came from the kernel and
has not been looked at, and the allocator's.
"""


@dataclass(frozen=True)
class Flood:
    """One type of message in great numbers."""

    kind: str
    content: str
    """An expression for one message's content, of ``i``, ``pad`` and the widgets."""
    cuts_off: bool = False
    """Whether none of it may be left out, so that who does not read is cut off."""
    counted_as: str = ""
    """The counter that must tell what was left out, if any may be."""


DATA = "{'data': {'text/plain': pad}, 'metadata': {}, 'transient': {'display_id': 'x'}}"
WIDGET = "{'comm_id': label.comm.comm_id, 'data': {'method': '%s', %s, 'buffer_paths': []}}"
OVER = "output_over_limit"

FLOODS = {
    "stream": Flood("stream", "{'name': 'stdout', 'text': pad}", counted_as=OVER),
    "display_data": Flood("display_data", DATA, counted_as=OVER),
    "update_display_data": Flood("update_display_data", DATA, counted_as=OVER),
    "execute_result": Flood("execute_result", f"{{**{DATA}, 'execution_count': i}}", False, OVER),
    "error": Flood("error", "{'ename': 'E', 'evalue': pad, 'traceback': []}", counted_as=OVER),
    "clear_output": Flood("clear_output", "{'wait': False, 'pad': pad}", counted_as=OVER),
    "status": Flood("status", "{'execution_state': 'busy', 'pad': pad}", cuts_off=True),
    "update": Flood("comm_msg", WIDGET % ("update", "'state': {'value': pad}")),
    "echo": Flood("comm_msg", WIDGET % ("echo_update", "'state': {'value': pad}"), cuts_off=True),
    "custom": Flood("comm_msg", WIDGET % ("custom", "'content': pad"), cuts_off=True),
    "close": Flood("comm_close", "{'comm_id': f'none {i}', 'data': {'pad': pad}}", cuts_off=True),
}


ALIKE = {"display_data", "execute_result", "error"}
"""Others go the same way through the broker. So these run in the long run only."""

NAMES = [pytest.param(each, marks=pytest.mark.long) if each in ALIKE else each for each in FLOODS]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with small limits, of this module alone."""
    yield from small_server(tmp_path_factory.mktemp("floods") / "server", SUBJECT)


@pytest.fixture(scope="module")
def kernel_id(server: Server) -> str:
    """One kernel for all floods: nothing of one may be left when the next comes."""
    return server.start_kernel()


@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", NAMES)
async def test_a_flood_of_one_type_costs_no_last_word_and_no_memory(
    server: Server, kernel_id: str, name: str
) -> None:
    flood = FLOODS[name]
    async with Page(server, kernel_id) as page, Frontend(server, kernel_id, pace=0) as deaf:
        ids = await prepare(page)
        before = (await server.link(kernel_id))["counters"].get(flood.counted_as, 0)
        async with Watch(server) as watch, followed_by(page):
            cell = await page.execute(
                f"pad = 'x' * {LENGTH}\n"
                f"flood({flood.kind!r}, ({flood.content} for i in range({COUNT})))" + LAST
            )
            if flood.cuts_off:
                code, reason = await cut_off(server, kernel_id, deaf)
                assert code == 1013
                assert "CommBroker.outbox_cap_bytes" in reason
            await page.idle(cell, ENDED)
            await page.shows(lambda: shows_the_last(page, ids))
        assert watch.grown < GROWTH
        assert watch.slowest < ANSWERED
        assert ids["gone"] not in await server.comms(kernel_id)
        told = await told_of(server, kernel_id, deaf.session_id)
        assert told["peak_bytes"] < CAP + 2 * LENGTH
        counters = (await server.link(kernel_id))["counters"]
        assert counters.get("faults", 0) == 0
        passed = [m for m in page.of(cell) if m.type == flood.kind and size(m) >= LENGTH]
        if flood.counted_as:
            assert len(passed) + counters[flood.counted_as] - before == COUNT
            assert len(passed) < COUNT
        elif flood.cuts_off:
            assert len(passed) == COUNT
        else:
            assert told["attached"]
            assert told["conflated"] > COUNT // 2


def size(message: Message) -> int:
    """Return the length of a message's content, roughly."""
    return len(str(message.content))
