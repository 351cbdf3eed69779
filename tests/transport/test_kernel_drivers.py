"""The exchange finds kernels by event, by connect and by list, follows them, and lets go of all."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager
from traitlets.config import Config

from jupyter_comm_broker.core.context import Policy
from jupyter_comm_broker.core.limits import Limits
from jupyter_comm_broker.errors import KernelNotFoundError
from jupyter_comm_broker.transport import kernel_drivers as module
from jupyter_comm_broker.transport.driver import KernelDriver
from jupyter_comm_broker.transport.kernel_drivers import Exchange
from tests.fakes.page import Page
from tests.fakes.provisioner import SPEC, InProcess
from tests.transport.descriptors import open_descriptors
from tests.until import until

KERNEL_ACTIONS = "https://events.jupyter.org/jupyter_server/kernel_actions/v1"


class Server:
    """jupyter_server's own kernel manager, and an exchange over it."""

    def __init__(self) -> None:
        config = Config({"AsyncIOLoopKernelRestarter": {"time_to_dead": 0.1}})
        log = logging.getLogger("kernels")
        self.kernels: Any = AsyncMappingKernelManager(config=config, log=log)
        self.exchange = Exchange(self.kernels, Policy(), Limits(), logging.getLogger("broker"))

    async def starts(self) -> str:
        kernel_id: str = await self.kernels.start_kernel(kernel_name=SPEC)
        return kernel_id

    def listens(self, kernel_id: str) -> None:
        """Let the exchange hear the events of a kernel, as the extension does."""
        self.kernels.get_kernel(kernel_id).event_logger.add_listener(
            schema_id=KERNEL_ACTIONS, listener=self.exchange.kernel_action
        )

    def linked(self) -> dict[str, KernelDriver]:
        return dict(self.exchange._drivers)

    def callbacks(self, kernel_id: str) -> int:
        """Return how many callbacks the kernel's restarter has."""
        callbacks = self.kernels.get_kernel(kernel_id)._restarter.callbacks
        return sum(map(len, callbacks.values()))


@pytest.fixture
def server(
    in_process_kernels: None, jp_asyncio_loop: asyncio.AbstractEventLoop
) -> Iterator[Server]:
    server = Server()
    yield server

    async def stop() -> None:
        server.exchange.close()
        await server.kernels.shutdown_all(now=True)
        # Else it is done when the garbage is collected, by whom and however long it takes.
        server.kernels.context.destroy(linger=0)

    jp_asyncio_loop.run_until_complete(stop())


async def proven(driver: KernelDriver) -> None:
    await until(lambda: driver.broker.proof.link == "proven")


async def test_a_kernel_that_is_started_is_linked_by_its_event_as_one_without_comms(
    server: Server,
) -> None:
    kernel_id = await server.starts()
    await server.exchange.kernel_action(
        None, KERNEL_ACTIONS, {"kernel_id": kernel_id, "action": "start", "status": "success"}
    )
    driver = server.linked()[kernel_id]
    assert driver.broker.context.registry.complete
    await proven(driver)


async def test_an_event_of_a_start_that_failed_or_of_a_kernel_that_is_gone_links_nothing(
    server: Server,
) -> None:
    kernel_id = await server.starts()
    for data in (
        {"kernel_id": kernel_id, "action": "start", "status": "error"},
        {"kernel_id": "gone", "action": "start", "status": "success"},
        {"kernel_id": "gone", "action": "restart", "status": "success"},
        {"kernel_id": "gone", "action": "shutdown", "status": "success"},
        {"action": "start", "status": "success"},
    ):
        await server.exchange.kernel_action(None, KERNEL_ACTIONS, data)
    assert server.linked() == {}


async def test_a_kernel_is_linked_when_a_page_connects_and_only_once(server: Server) -> None:
    kernel_id = await server.starts()
    server.kernels.get_kernel(kernel_id).execution_state = "idle"
    driver = server.exchange.driver(kernel_id)
    assert server.exchange.driver(kernel_id) is driver
    await proven(driver)
    with pytest.raises(KernelNotFoundError):
        server.exchange.driver("gone")


async def test_a_kernel_is_found_and_lost_by_the_look_at_the_list(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LOOK_SECONDS", 0.05)
    first, second = await server.starts(), await server.starts()
    driver = server.exchange.driver(first)
    await until(lambda: second in server.linked())
    await server.kernels.shutdown_kernel(first, now=True)
    await until(lambda: first not in server.linked())
    assert driver.closed
    assert [each.kernel_id for each in server.exchange.drivers()] == [second]


async def test_a_kernel_that_cannot_be_linked_does_not_hide_the_others(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = await server.starts(), await server.starts()

    def refuse(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("no ports yet")

    with monkeypatch.context() as patch:
        patch.setattr(server.kernels.get_kernel(first), "connect_shell", refuse)
        assert [each.kernel_id for each in server.exchange.drivers()] == [second]
    # It is found whole the next time.
    assert {each.kernel_id for each in server.exchange.drivers()} == {first, second}
    await proven(server.linked()[first])
    assert server.callbacks(first) == server.callbacks(second)


async def test_it_lets_go_of_a_kernel_that_is_shut_down_by_its_event(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LOOK_SECONDS", 3600)
    kernel_id = await server.starts()
    server.listens(kernel_id)
    driver = server.exchange.driver(kernel_id)
    await server.kernels.shutdown_kernel(kernel_id, now=True)
    await until(lambda: driver.closed)
    assert server.linked() == {}


async def test_it_lets_go_of_the_restart_callbacks_too(server: Server) -> None:
    kernel_id = await server.starts()
    before = server.callbacks(kernel_id)
    server.exchange.driver(kernel_id)
    assert server.callbacks(kernel_id) > before
    server.exchange.kernel_gone(kernel_id)
    server.exchange.kernel_gone(kernel_id)
    assert server.callbacks(kernel_id) == before


async def test_pages_hear_of_a_kernel_that_dies_and_the_link_goes_on_with_the_next_process(
    server: Server,
) -> None:
    kernel_id = await server.starts()
    server.listens(kernel_id)
    driver, page = server.exchange.driver(kernel_id), Page("a")
    await proven(driver)
    driver.attach("a", page)
    manager = server.kernels.get_kernel(kernel_id)
    ready = manager.ready
    await manager.provisioner.kill()
    await page.hears("status", execution_state="restarting")
    await until(lambda: manager.ready is not ready and manager.ready.done())
    await proven(driver)
    page.sends(driver, "execute_request", {})
    await InProcess.running[kernel_id].taken("execute_request")


async def test_pages_hear_of_a_kernel_that_stays_dead(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    kernel_id = await server.starts()
    driver, page = server.exchange.driver(kernel_id), Page("a")
    driver.attach("a", page)
    manager = server.kernels.get_kernel(kernel_id)
    monkeypatch.setattr(manager._restarter, "restart_limit", 0)
    await manager.provisioner.kill()
    await page.hears("status", execution_state="dead")


@pytest.mark.parametrize("told_by", ["event", "connect", "list"])
async def test_a_restart_on_other_ports_opens_the_link_there(
    server: Server, monkeypatch: pytest.MonkeyPatch, told_by: str
) -> None:
    kernel_id = await server.starts()
    driver, page = server.exchange.driver(kernel_id), Page("a")
    await proven(driver)
    driver.attach("a", page)
    if told_by == "event":
        server.listens(kernel_id)
    monkeypatch.setattr(InProcess, "moves", True)
    await server.kernels.restart_kernel(kernel_id)
    assert driver.link.moved() or told_by == "event"
    if told_by == "connect":
        assert server.exchange.driver(kernel_id) is driver
    elif told_by == "list":
        server.exchange.look()
    await until(lambda: not driver.link.moved())
    await proven(driver)
    page.sends(driver, "execute_request", {})
    await InProcess.running[kernel_id].taken("execute_request")


async def test_it_closes_all_it_has_once_and_links_nothing_afterwards(server: Server) -> None:
    kernel_id = await server.starts()
    driver, page = server.exchange.driver(kernel_id), Page("a")
    server.exchange.connections.add(page)
    server.exchange.close_connections()
    assert page.closed == ["the server is stopping"]
    server.exchange.close()
    server.exchange.close()
    assert driver.closed
    assert server.exchange.drivers() == []
    with pytest.raises(KernelNotFoundError):
        server.exchange.driver(kernel_id)


async def test_a_hundred_kernels_linked_and_let_go_leave_no_task_no_timer_and_no_descriptor(
    server: Server,
) -> None:
    kernel_id = await server.starts()
    page = Page("a")

    async def cycle() -> None:
        driver = server.exchange.driver(kernel_id)
        driver.attach("a", page)
        await proven(driver)
        server.exchange.kernel_gone(kernel_id)

    def left() -> tuple[int, int, int]:
        loop: Any = asyncio.get_running_loop()
        scheduled = [each for each in loop._scheduled if not each.cancelled()]
        return len(asyncio.all_tasks()), len(scheduled), open_descriptors()

    for _ in range(3):
        await cycle()
    tasks, timers, descriptors = left()
    for _ in range(100):
        await cycle()

    def no_more() -> bool:
        now = left()
        return now[0] <= tasks and now[1] <= timers + 1 and now[2] <= descriptors + 4

    await until(no_more)
