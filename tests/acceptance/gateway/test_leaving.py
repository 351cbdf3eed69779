"""A server in front of a gateway ends and starts anew; its kernels, sessions and pages go on."""

from __future__ import annotations

import asyncio
import os
import random
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from jupyter_comm_broker.errors import ServerRefusedError
from jupyter_comm_broker.testing.message import Message
from jupyter_comm_broker.testing.page import Page
from jupyter_comm_broker.testing.server import Server

from ..flooded import eventually
from ..hold import Hold
from .gateway import Gateway
from .wire import Wire

StartFront = Callable[..., Server]

LONG = bool(os.environ.get("JCB_LONG"))
ENDS, CLOSE_ENDS = (100, 20) if LONG else (3, 1)
"""How often the server ends by each signal, in mid-cell and in the moment of a cell's end."""

LATE = 20.0 if LONG else 4.0
"""Seconds after which the gateway can be reached."""

LEAVE = "--CommBroker.leave_kernels=True"
BAR = "import ipywidgets as w, time; bar = w.IntProgress(max=10**9)"


OLD = "ipykernel6"
WAYS = [(signal.SIGTERM, "python3"), (signal.SIGKILL, OLD)]
"""How the server ends, and which kernel runs meanwhile."""
if LONG:
    WAYS += [(signal.SIGTERM, OLD), (signal.SIGKILL, "python3")]


def session(front: Server, kernel: str = "python3") -> tuple[str, str]:
    """Start a session as a notebook does. Returns its id and its kernel's."""
    body = {"path": "a.ipynb", "name": "a", "type": "notebook", "kernel": {"name": kernel}}
    answer = front.request("POST", "/api/sessions", body)
    assert answer.status == 201, answer
    return answer.body["id"], answer.body["kernel"]["id"]


def end(front: Server, how: signal.Signals) -> None:
    """End the server by a signal."""
    os.kill(front.pid, how)
    front.stop()


def has_value(page: Page, value: int) -> bool:
    """Return whether the page's bar has this value."""
    return bool(page.widgets.only("IntProgressModel").state["value"] == value)


def begins(cell: str, message: Message) -> bool:
    """Return whether the kernel says by this message that a cell begins."""
    return message.type == "execute_input" and message.parent_id == cell


async def is_connected(page: Page) -> bool:
    """Connect a page that gets a 503 as long as its kernel is not adopted."""
    try:
        await page.open()
    except ServerRefusedError as error:
        if error.status != 503:
            raise
        return False
    return True


class Poller:
    """Asks for a kernel all the time, as pages do that lost their server."""

    def __init__(self, front: Server, *paths: str) -> None:
        self._front = front
        self._paths = paths
        self.statuses: set[int] = set()
        self.short: list[Any] = []
        """Answers with 200 that were empty lists."""

    async def ask(self) -> None:
        """Ask until cancelled."""
        while True:
            for path in self._paths:
                try:
                    answer = await self._front.ask("GET", path)
                except OSError:
                    continue
                self.statuses.add(answer.status)
                if answer.status == 200 and answer.body == []:
                    self.short.append(path)
            await asyncio.sleep(0.02)


@asynccontextmanager
async def polled(front: Server, kernel_id: str, session_id: str) -> AsyncIterator[Poller]:
    poller = Poller(
        front, f"/api/kernels/{kernel_id}", "/api/sessions", f"/api/sessions/{session_id}"
    )
    task = asyncio.create_task(poller.ask())
    try:
        yield poller
    finally:
        task.cancel()
        await asyncio.wait([task])


@pytest.mark.timeout(3000 if LONG else 300)
@pytest.mark.parametrize(("how", "kernel"), WAYS)
async def test_a_server_that_ends_in_mid_cell_loses_neither_kernel_nor_reply(
    start_front: StartFront,
    gateway: Gateway,
    ipykernel6_python: str,
    tmp_path: Path,
    how: signal.Signals,
    kernel: str,
) -> None:
    seed = random.randrange(10**6)  # noqa: S311 - said where the test fails
    moments = random.Random(seed)  # noqa: S311
    gateway.add_kernel(OLD, python=ipykernel6_python)
    front = start_front(options=(LEAVE,))
    session_id, kernel_id = session(front, kernel)
    page = Page(front, kernel_id)
    await page.open()
    await page.run(BAR)
    code = "for i in range(80):\n    bar.value += 1; time.sleep(0.02)\n"
    async with polled(front, kernel_id, session_id) as poller:
        for turn in range(1, ENDS + 1):
            about = f"seed {seed}, turn {turn}"
            # No cell begins or ends in that very moment: what is on its way is lost (fact 6.4).
            hold = Hold(tmp_path / f"released{turn}")
            cell = await page.execute(f"{code}{hold.waits}\nprint('the end')")
            await page.until(partial(begins, cell))
            await asyncio.sleep(moments.uniform(0.0, 1.3))
            await asyncio.to_thread(end, front, how)
            asyncio.get_running_loop().call_later(moments.uniform(0.0, 4.0), hold.release)
            await asyncio.to_thread(front.start)
            await page.drop()
            await eventually(partial(is_connected, page), 30)
            await page.arrive()
            await page.ended(cell, 30)
            await page.idle(cell, 30)
            assert (await page.run("print(bar.value)")).strip() == str(turn * 80), about
            await page.shows(partial(has_value, page, turn * 80), 10)
    assert {200} <= poller.statuses <= {200, 503}, poller.statuses
    assert not poller.short
    assert not [m for m in page.received if m.type == "comm_close"]
    sessions = await front.get("/api/sessions")
    assert [(each["id"], each["kernel"]["id"]) for each in sessions] == [(session_id, kernel_id)]
    await page.close()
    front.end_kernel(kernel_id)


@pytest.mark.timeout(3000 if LONG else 300)
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
async def test_a_cell_that_ends_in_the_moment_of_the_end_is_over_for_its_page(
    start_front: StartFront, how: signal.Signals
) -> None:
    """Its reply may be lost in the gateway (fact 6.4). Then its page is told so."""
    front = start_front(options=(LEAVE,))
    _, kernel_id = session(front)
    page = Page(front, kernel_id)
    await page.open()
    await page.run(BAR)
    outcomes = []
    for _ in range(CLOSE_ENDS):
        cell = await page.execute("bar.value += 1; time.sleep(0.3)")
        await asyncio.sleep(random.uniform(0.25, 0.4))  # noqa: S311 - around the cell's end
        await asyncio.to_thread(end, front, how)
        await asyncio.to_thread(front.start)
        await page.drop()
        await eventually(partial(is_connected, page), 30)
        await page.arrive()
        reply = await page.ended(cell, 30)
        outcomes.append(reply.content.get("ename", reply.content["status"]))
        await page.shows(partial(has_value, page, len(outcomes)), 10)
    assert set(outcomes) <= {"ok", "ReplyLost"}, outcomes
    await page.close()
    front.end_kernel(kernel_id)


async def test_a_gateway_that_comes_up_later_than_the_server_is_waited_for(
    wire: Wire, start_front: StartFront
) -> None:
    front = start_front(wire, options=(LEAVE,))
    session_id, kernel_id = session(front)
    page = Page(front, kernel_id)
    await page.open()
    await page.run(BAR)
    end(front, signal.SIGTERM)
    wire.cut()
    await asyncio.to_thread(front.start)
    await page.drop()
    async with polled(front, kernel_id, session_id) as poller:
        await asyncio.sleep(LATE)
        assert poller.statuses == {503}
        wire.mend()
        await eventually(partial(is_connected, page), 30)
        await page.arrive()
        assert await page.run("print(bar.value)") == "0\n"
    assert poller.statuses == {200, 503}
    assert not poller.short
    assert "cannot be adopted yet" in front.log
    await page.close()


async def test_a_gateway_that_never_comes_up_is_given_up(
    wire: Wire, start_front: StartFront
) -> None:
    front = start_front(wire, options=(LEAVE, "--CommBroker.adopt_seconds=1"))
    _, kernel_id = session(front)
    end(front, signal.SIGKILL)
    wire.cut()
    await asyncio.to_thread(front.start)

    async def is_given_up() -> bool:
        return (await front.ask("GET", f"/api/kernels/{kernel_id}")).status == 404

    await eventually(is_given_up, 30)
    assert await front.get("/api/sessions") == []
    assert "nobody waits any more" in front.log


async def test_a_kernel_that_a_user_ends_is_not_left(
    start_front: StartFront, gateway: Gateway
) -> None:
    front = start_front(options=(LEAVE,))
    session_id, kernel_id = session(front)
    assert front.request("DELETE", f"/api/sessions/{session_id}").status == 204
    assert gateway.request("GET", f"/api/kernels/{kernel_id}").status == 404
    end(front, signal.SIGTERM)
    front.start()
    assert await settled(front, "/api/sessions") == []
    assert front.request("GET", f"/api/kernels/{kernel_id}").status == 404


async def test_a_kernel_that_ends_while_no_server_is_there_is_gone_and_its_page_is_told(
    start_front: StartFront, gateway: Gateway
) -> None:
    front = start_front(options=(LEAVE,))
    _, kernel_id = session(front)
    end(front, signal.SIGTERM)
    gateway.end_kernel(kernel_id)
    front.start()
    assert await settled(front, "/api/sessions") == []
    assert front.request("GET", f"/api/kernels/{kernel_id}").status == 404
    with pytest.raises(ServerRefusedError) as refused:
        await Page(front, kernel_id).open()
    assert refused.value.status == 404


async def test_unless_it_is_asked_to_a_server_leaves_no_kernel(
    start_front: StartFront, gateway: Gateway
) -> None:
    front = start_front()
    _, kernel_id = session(front)
    end(front, signal.SIGTERM)
    assert gateway.request("GET", f"/api/kernels/{kernel_id}").status == 404
    assert not list(front.folder.rglob("left-*"))


async def settled(front: Server, path: str) -> Any:
    """Return what the server answers once it has adopted its kernels."""

    async def is_settled() -> bool:
        return (await front.ask("GET", path)).status != 503

    await eventually(is_settled, 30)
    return await front.get(path)
