"""Kernel drivers find kernels by event, by connection and by list, follow them, and close all."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from jupyter_comm_broker.errors import KernelNotFoundError
from jupyter_comm_broker.transport import kernel_drivers as module
from jupyter_comm_broker.transport.kernel_drivers import is_starting
from tests.fakes.page import Page
from tests.fakes.provisioner import InProcess
from tests.transport.descriptors import open_descriptors
from tests.transport.linked import proven
from tests.transport.with_kernels import KERNEL_ACTIONS, Server
from tests.until import until


async def test_a_kernel_that_is_started_is_linked_by_its_event_as_one_without_comms(
    server: Server,
) -> None:
    kernel_id = await server.starts()
    await server.kernel_drivers.kernel_action(
        None, KERNEL_ACTIONS, {"kernel_id": kernel_id, "action": "start", "status": "success"}
    )
    driver = server.linked()[kernel_id]
    assert driver.broker._parts.comms.registry.complete
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
        await server.kernel_drivers.kernel_action(None, KERNEL_ACTIONS, data)
    assert server.linked() == {}


async def test_a_kernel_is_linked_when_a_page_connects_and_only_once(server: Server) -> None:
    kernel_id = await server.starts()
    server.kernels.get_kernel(kernel_id).execution_state = "idle"
    driver = server.kernel_drivers.driver(kernel_id)
    assert server.kernel_drivers.driver(kernel_id) is driver
    await proven(driver)
    with pytest.raises(KernelNotFoundError):
        server.kernel_drivers.driver("gone")


async def test_a_kernel_is_found_and_lost_by_the_look_at_the_list(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LOOK_SECONDS", 0.05)
    first, second = await server.starts(), await server.starts()
    driver = server.kernel_drivers.driver(first)
    await until(lambda: second in server.linked())
    await server.kernels.shutdown_kernel(first, now=True)
    await until(lambda: first not in server.linked())
    assert driver.closed
    assert [each.kernel_id for each in server.kernel_drivers.drivers()] == [second]


async def test_a_kernel_that_cannot_be_linked_does_not_hide_the_others(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = await server.starts(), await server.starts()

    def refuse(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("no ports yet")

    with monkeypatch.context() as patch:
        patch.setattr(server.kernels.get_kernel(first), "connect_shell", refuse)
        assert [each.kernel_id for each in server.kernel_drivers.drivers()] == [second]
    # It is found whole the next time.
    assert {each.kernel_id for each in server.kernel_drivers.drivers()} == {first, second}
    await proven(server.linked()[first])
    assert server.callbacks(first) == server.callbacks(second)


async def test_it_lets_go_of_a_kernel_that_is_shut_down_by_its_event(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LOOK_SECONDS", 3600)
    kernel_id = await server.starts()
    server.listens(kernel_id)
    driver = server.kernel_drivers.driver(kernel_id)
    await server.kernels.shutdown_kernel(kernel_id, now=True)
    await until(lambda: driver.closed)
    assert server.linked() == {}


async def test_it_lets_go_of_the_restart_callbacks_too(server: Server) -> None:
    kernel_id = await server.starts()
    before = server.callbacks(kernel_id)
    server.kernel_drivers.driver(kernel_id)
    assert server.callbacks(kernel_id) > before
    server.kernel_drivers.kernel_gone(kernel_id)
    server.kernel_drivers.kernel_gone(kernel_id)
    assert server.callbacks(kernel_id) == before


async def test_pages_hear_of_a_kernel_that_dies_and_the_link_goes_on_with_the_next_process(
    server: Server,
) -> None:
    kernel_id = await server.starts()
    server.listens(kernel_id)
    driver, page = server.kernel_drivers.driver(kernel_id), Page("a")
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
    driver, page = server.kernel_drivers.driver(kernel_id), Page("a")
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
    driver, page = server.kernel_drivers.driver(kernel_id), Page("a")
    await proven(driver)
    driver.attach("a", page)
    if told_by == "event":
        server.listens(kernel_id)
    monkeypatch.setattr(InProcess, "moves", True)
    await server.kernels.restart_kernel(kernel_id)
    assert driver.link.moved() or told_by == "event"
    if told_by == "connect":
        assert server.kernel_drivers.driver(kernel_id) is driver
    elif told_by == "list":
        server.kernel_drivers.look()
    await until(lambda: not driver.link.moved())
    await proven(driver)
    page.sends(driver, "execute_request", {})
    await InProcess.running[kernel_id].taken("execute_request")


async def test_it_closes_all_it_has_once_and_links_nothing_afterwards(server: Server) -> None:
    kernel_id = await server.starts()
    driver, page = server.kernel_drivers.driver(kernel_id), Page("a")
    server.kernel_drivers.connections.add(page)
    server.kernel_drivers.close_connections()
    assert page.closed == ["the server is stopping"]
    server.kernel_drivers.close()
    server.kernel_drivers.close()
    assert driver.closed
    assert server.kernel_drivers.drivers() == []
    with pytest.raises(KernelNotFoundError):
        server.kernel_drivers.driver(kernel_id)


async def test_a_hundred_kernels_linked_and_let_go_leave_no_task_no_timer_and_no_descriptor(
    server: Server,
) -> None:
    kernel_id = await server.starts()
    page = Page("a")

    async def cycle() -> None:
        driver = server.kernel_drivers.driver(kernel_id)
        driver.attach("a", page)
        await proven(driver)
        server.kernel_drivers.kernel_gone(kernel_id)

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


@pytest.mark.parametrize(
    ("state", "owns_kernel", "starting"),
    [
        ("starting", True, True),
        # The server has not said anything of it yet.
        (None, True, True),
        # It runs elsewhere, and its server never says anything.
        (None, False, False),
        ("idle", True, False),
        ("busy", True, False),
    ],
)
def test_a_kernel_that_is_starting_is_asked_nothing_on_control(
    state: str | None, owns_kernel: bool, starting: bool
) -> None:
    manager = SimpleNamespace(execution_state=state, owns_kernel=owns_kernel)
    assert is_starting(manager) is starting
