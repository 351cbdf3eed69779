"""Programs with and without an event loop connect, get callbacks on the right thread, and close."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest

import jupyter_comm_broker
from jupyter_comm_broker.comms.comm import Comm
from jupyter_comm_broker.comms.remote.connecting import connect, connect_async
from jupyter_comm_broker.errors import ServerRefusedError
from tests.fakes.server import Desk
from tests.until import until

from .test_channels_socket import drop

OURS = {"comm broker connection", "comm broker callbacks"}


def threads() -> set[str]:
    return {thread.name for thread in threading.enumerate()} & OURS


async def test_without_a_loop_callbacks_run_on_a_thread_that_ends(desk: Desk) -> None:
    _, kernel = await desk.starts()
    heard: list[tuple[Any, str]] = []
    go = threading.Event()

    def program() -> bool:
        with jupyter_comm_broker.connect(desk.app.connection_url + f"?token={token}") as manager:
            comm = Comm(target_name="t")

            def note(msg: dict[str, Any]) -> None:
                heard.append((msg["content"]["data"], threading.current_thread().name))
                comm.send({"echo": msg["content"]["data"]})
                with pytest.raises(RuntimeError, match="a callback cannot close"):
                    manager.close()

            comm.on_msg(note)
            manager.flush()
            manager.refresh()
            assert go.wait(10)
            manager.close()
        assert not manager.is_open
        return manager.is_connected

    token = desk.app.identity_provider.token
    running = asyncio.create_task(asyncio.to_thread(program))
    opened = await kernel.taken("comm_open")
    assert threads() == OURS
    comm_id = opened.content["comm_id"]
    kernel.publish("comm_msg", {"comm_id": comm_id, "data": 1}, opened)
    assert (await kernel.taken("comm_msg")).content["data"] == {"echo": 1}
    go.set()
    assert not await running
    assert heard == [(1, "comm broker callbacks")]
    assert threads() == set()


async def test_with_a_loop_everything_runs_there_and_comes_back(desk: Desk) -> None:
    kernel_id, kernel = await desk.starts()
    url, token = desk.app.connection_url, desk.app.identity_provider.token
    heard: list[Any] = []
    async with await connect_async(url, token, kernel_id=kernel_id) as manager:

        async def note(msg: dict[str, Any]) -> None:
            heard.append(msg["content"]["data"])

        comm = Comm(target_name="t")
        comm.on_msg(note)
        await manager.flush()
        await kernel.taken("comm_open")
        assert (manager.is_connected, threads()) == (True, set())
        drop(desk)
        await until(lambda: not manager.is_connected)
        for number in range(5):
            kernel.publish("comm_msg", {"comm_id": comm.comm_id, "data": number})
        comm.send({"meanwhile": 1})
        await until(lambda: heard == list(range(5)))
        assert (await kernel.taken("comm_msg")).content["data"] == {"meanwhile": 1}
        await manager.refresh()
        assert list(manager.comms) == [comm.comm_id]
    assert (manager.is_open, manager.is_connected) == (False, False)
    await manager.aclose()


async def test_what_was_sent_last_goes_out_before_it_closes(desk: Desk) -> None:
    _, kernel = await desk.starts()
    url, token = desk.app.connection_url, desk.app.identity_provider.token
    async with await connect_async(url, token) as manager:
        comm = Comm(target_name="t", manager=manager)
        for number in range(100):
            comm.send({"n": number})
    for number in range(100):
        assert (await kernel.taken("comm_msg")).content["data"] == {"n": number}


async def test_one_that_cannot_connect_leaves_nothing_behind(desk: Desk) -> None:
    url, token = desk.app.connection_url, desk.app.identity_provider.token
    with pytest.raises(ServerRefusedError, match="404"):
        await asyncio.to_thread(lambda: connect(url, token, kernel_id="none"))
    with pytest.raises(ValueError, match="0 kernels run"):
        await connect_async(url, token)
    with pytest.raises(ServerRefusedError, match="403"):
        await connect_async(url, "wrong")
    with pytest.raises(OSError, match="refused"):
        await connect_async("http://127.0.0.1:9", kernel_id="k")
    with pytest.raises(ValueError, match="no http"):
        connect("nowhere")
    assert threads() == set()
