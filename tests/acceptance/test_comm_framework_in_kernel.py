"""The specification's examples in a kernel, with ipykernel's classes. We are the other end."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from jupyter_comm_broker.comms import (
    AsyncRemoteCommManager,
    Comm,
    connect_async,
)
from jupyter_comm_broker.testing.page import Page
from jupyter_comm_broker.testing.server import Server
from tests.until import until

from .comm_examples import (
    BASIC,
    BASIC_END,
    CLEANUP,
    IN_KERNEL,
    SLIDER,
    TARGET,
    Cells,
    cells,
    on,
)


class Ears:
    """Hears what comes on comms."""

    def __init__(self) -> None:
        self.heard: list[Any] = []
        self.ended: list[Any] = []
        self.comms: list[Comm] = []

    def serve(self, comm: Comm, open_msg: dict[str, Any]) -> None:
        self.comms.append(comm)
        self.listen(comm)

    def listen(self, comm: Comm) -> None:
        comm.on_msg(lambda msg: self.heard.append(msg["content"]["data"]))
        comm.on_close(lambda msg: self.ended.append(msg["content"]["data"]))

    async def hears(self, data: Any) -> None:
        await until(lambda: data in self.heard)


@pytest.fixture
def url(server: Server) -> str:
    return f"http://127.0.0.1:{server.port}{server.base_url}"


@pytest.fixture
def manager(
    server: Server, kernel_id: str, url: str, jp_asyncio_loop: asyncio.AbstractEventLoop
) -> Iterator[AsyncRemoteCommManager]:
    connecting = connect_async(url, server.token, kernel_id=kernel_id)
    with on(jp_asyncio_loop, jp_asyncio_loop.run_until_complete(connecting)) as manager:
        yield manager


@pytest.fixture
def kernel(
    server: Server, kernel_id: str, jp_asyncio_loop: asyncio.AbstractEventLoop
) -> Iterator[Cells]:
    path = server.connection_file(kernel_id)
    with on(jp_asyncio_loop, cells(path)) as kernel:
        jp_asyncio_loop.run_until_complete(kernel.run(IN_KERNEL))
        yield kernel


async def test_basic_communication(manager: AsyncRemoteCommManager, kernel: Cells) -> None:
    ears = Ears()
    manager.register_target("my_widget", ears.serve)
    await manager.flush()
    await kernel.run(BASIC)
    await ears.hears({"action": "update", "value": 42, "timestamp": "2023-01-01T00:00:00Z"})
    ears.comms[0].send({"hello": 1})
    await ears.hears({"action": "echo", "original": {"hello": 1}})
    await kernel.run(BASIC_END)
    await until(lambda: ears.ended == [{"action": "cleanup"}])
    assert manager.comms == {}


async def test_target_registration(manager: AsyncRemoteCommManager, kernel: Cells) -> None:
    await kernel.run(TARGET)
    ears = Ears()
    comm = Comm(target_name="my_widget", manager=manager)
    ears.listen(comm)
    await ears.hears({"action": "initialized", "widget_id": comm.comm_id})
    comm.send({"action": "get_state"})
    await ears.hears({"action": "state", "state": {"value": 100, "enabled": True}})
    comm.send({"action": "set_value", "value": 7})
    await ears.hears({"action": "value_updated", "value": 7})


async def test_the_slider_is_moved_both_ways_by_a_program_and_over_rest(
    manager: AsyncRemoteCommManager, kernel: Cells, server: Server, kernel_id: str
) -> None:
    await kernel.run(SLIDER)
    comm_id = await kernel.value("slider.comm.comm_id")
    comm = await until(lambda: manager.get_comm(comm_id))
    assert (comm.target_name, list(await server.comms(kernel_id))) == ("simple_slider", [comm_id])
    ears = Ears()
    ears.listen(comm)
    comm.send({"action": "value_change", "value": 7})
    await kernel.becomes("slider.value", 7)
    body = {"data": {"action": "value_change", "value": 9}}
    answer = await server.ask(
        "POST", f"/api/kernels/{kernel_id}/comms/{comm_id}/messages?wait=processed", body
    )
    assert answer.status == 200, answer
    await kernel.becomes("slider.value", 9)
    await kernel.run("slider.set_value(200)")
    await ears.hears({"action": "update_value", "value": 200})


async def test_cleanup_and_management(
    manager: AsyncRemoteCommManager, kernel: Cells, server: Server, kernel_id: str
) -> None:
    await kernel.run(TARGET)
    ears = Ears()
    comms = [Comm(target_name="my_widget", manager=manager) for _ in range(3)]
    for comm in comms:
        ears.listen(comm)
    await until(lambda: len(ears.heard) == 3)
    printed = await kernel.run(CLEANUP)
    assert printed.splitlines()[-1] == "Comm target: my_widget"
    await until(lambda: ears.ended == [{"action": "shutdown"}] * 3)
    assert (manager.comms, await server.comms(kernel_id)) == ({}, {})
    assert await kernel.value("comm_manager.targets.get('my_widget')") is None


async def test_a_page_that_does_not_know_the_target_does_not_take_it_from_a_program(
    manager: AsyncRemoteCommManager, server: Server, kernel_id: str, kernel: Cells
) -> None:
    ears = Ears()
    manager.register_target("my_widget", ears.serve)
    await manager.flush()
    async with Page(server, kernel_id) as page:
        await page.kernel_info()
        await kernel.run("comm = Comm(target_name='my_widget')")
        await until(lambda: page.widgets.refused and ears.comms)
        await page.ended(await page.send("kernel_info_request", {}))
        ears.comms[0].send({"still": "there"})
        assert await server.comms(kernel_id)
        assert await kernel.value("list(comm_manager.comms) == [comm.comm_id]")
