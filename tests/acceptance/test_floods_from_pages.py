"""A page that floods with each type of message: the server and the other pages go on."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from jupyter_comm_broker.protocol.alias import alias
from jupyter_comm_broker.testing.page import Page
from jupyter_comm_broker.testing.restore import restore
from jupyter_comm_broker.testing.server import Server

from .conftest import SUBJECT
from .flooded import ANSWERED, LONG, eventually, prepare, small_server
from .watch import Watch

MORE = 4 if LONG else 1
LENGTH = 20_000

GROWTH = 30
"""
MiB by which a server may grow in a flood of up to 50 MB.

Some 8 MiB may wait for the kernel here, and 8 messages in ZeroMQ; the rest is answers that the
flooding page has not read yet, and the allocator's.
"""

LAST = 2000
PAD = "x" * LENGTH


@dataclass(frozen=True)
class Flood:
    """One type of message in great numbers."""

    msg_type: str
    content: dict[str, Any]
    count: int
    channel: str = "shell"
    refused: bool = False
    """Whether the kernel does not take it in, so that some of it is refused."""


FLOODS = {
    "execute_request": Flood("execute_request", {"code": "pass", "pad": PAD}, 200),
    "custom": Flood("comm_msg", {"data": {"method": "custom", "content": PAD}}, 1000),
    "open": Flood("comm_open", {"target_name": "none such", "data": {"pad": PAD}}, 300),
    "close": Flood("comm_close", {"comm_id": "none such", "data": {"pad": PAD}}, 2500),
    "message to none": Flood("comm_msg", {"comm_id": "none such", "data": {"pad": PAD}}, 2500),
    "kernel_info_request": Flood("kernel_info_request", {"pad": PAD}, 2500),
    "comm_info_request": Flood("comm_info_request", {"pad": PAD}, 1000),
    "input_reply": Flood(
        "input_reply", {"value": PAD, "status": "ok"}, 2500, "stdin", refused=True
    ),
    "nonsense": Flood("no_such_request", {"pad": PAD}, 1500),
}


ALIKE = {"nonsense", "comm_info_request", "message to none"}
"""Others go the same way through the broker. So these run in the long run only."""

NAMES = [pytest.param(each, marks=pytest.mark.long) if each in ALIKE else each for each in FLOODS]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with small limits, of this module alone."""
    yield from small_server(tmp_path_factory.mktemp("pages") / "server", SUBJECT)


@pytest.fixture(scope="module")
def kernel_id(server: Server) -> str:
    """One kernel for all floods: nothing of one may be left when the next comes."""
    return server.start_kernel()


@pytest.mark.parametrize("name", NAMES)
async def test_a_page_that_floods_stops_neither_the_server_nor_another_page(
    server: Server, kernel_id: str, name: str
) -> None:
    flood = FLOODS[name]
    async with Page(server, kernel_id) as hostile, Page(server, kernel_id) as other:
        ids = await prepare(other)
        refused = await count_of("refused", server, kernel_id)
        async with Watch(server) as watch:
            for number in range(flood.count * MORE):
                content = {"comm_id": ids["label"], **flood.content}
                if flood.msg_type == "comm_open":
                    content["comm_id"] = f"none such {number}"
                await hostile.send(flood.msg_type, content, channel=flood.channel)
                if number % 100 == 0:
                    await other.kernel_info(ANSWERED)
            # Whatever went before on this socket has been dealt with when this is answered.
            await hostile.kernel_info(60)
            told = await count_of("refused", server, kernel_id) - refused
            assert told or not flood.refused
            await goes_through(other)
            await other.widgets.set(ids["slider"], value=4711)
            assert await other.run("print(slider.value)") == "4711\n"
        assert watch.grown < GROWTH
        assert watch.slowest < ANSWERED
        assert await count_of("faults", server, kernel_id) == 0
        await hostile.shows(lambda: "none such 0" not in hostile.widgets.models)
        assert set(ids.values()) <= set(await server.comms(kernel_id))
        assert not [i for i in await server.comms(kernel_id) if i.startswith("none such")]


async def test_the_last_of_a_pages_many_updates_is_what_all_have(
    server: Server, kernel_id: str
) -> None:
    async with Page(server, kernel_id) as hostile, Page(server, kernel_id) as other:
        ids = await prepare(other)
        for value in range(1, LAST + 1):
            state = {"value": value}
            data = {"method": "update", "state": state, "buffer_paths": [], "pad": PAD[:1000]}
            await hostile.send("comm_msg", {"comm_id": ids["slider"], "data": data})
        assert await hostile.run("print(slider.value)") == f"{LAST}\n"
        await other.shows(lambda: other.widgets[ids["slider"]]["value"] == LAST)
        assert await count_of("faults", server, kernel_id) == 0
        async with Page(server, kernel_id) as late:
            await restore(late)
            assert late.widgets[ids["slider"]]["value"] == LAST


async def test_garbage_frames_cost_a_line_in_the_log_and_no_memory(
    server: Server, kernel_id: str
) -> None:
    async with Page(server, kernel_id) as hostile, Page(server, kernel_id) as other:
        await other.kernel_info()
        before = await count_of("malformed_from_frontends", server, kernel_id)
        async with Watch(server) as watch:
            for number in range(2500 * MORE):
                await hostile.write(os.urandom(LENGTH))
                if number % 100 == 0:
                    await other.kernel_info(ANSWERED)
            await hostile.kernel_info()
        told = await count_of("malformed_from_frontends", server, kernel_id) - before
        assert told == 2500 * MORE
        assert watch.grown < GROWTH
        assert watch.slowest < ANSWERED
        lines = [line for line in server.log.splitlines() if alias(hostile.session_id) in line]
        assert len([line for line in lines if "malformed" in line]) == 1


async def goes_through(page: Page) -> None:
    """Wait until something large that a page sends is not refused any more."""

    async def is_taken() -> bool:
        reply = await page.ended(await page.execute(f"#{PAD}"), 60)
        return bool(reply.content["status"] == "ok")

    await eventually(is_taken)


async def count_of(counter: str, server: Server, kernel_id: str) -> int:
    """Return one of a kernel's counters."""
    found: int = (await server.link(kernel_id))["counters"].get(counter, 0)
    return found
