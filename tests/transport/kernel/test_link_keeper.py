"""A link follows its kernel, comes back when it broke, and what pages send meanwhile waits."""

from __future__ import annotations

import asyncio
import errno
from collections.abc import Callable
from typing import Any

import pytest
import zmq

from jupyter_comm_broker.core.limits import Limits
from jupyter_comm_broker.transport.driver import KernelDriver
from jupyter_comm_broker.transport.kernel import link_keeper
from tests.fakes.kernel import ZmqKernel
from tests.fakes.managers import told_of
from tests.fakes.page import Page
from tests.transport.descriptors import open_descriptors
from tests.transport.linked import linked, proven
from tests.until import until


def ports_of(kernel: ZmqKernel) -> dict[str, int]:
    info = kernel.connection_info
    return {name: info[f"{name}_port"] for name in ("shell", "control", "stdin", "iopub", "hb")}


class NoFiles:
    """Takes the server's last files away, until they are given back."""

    def __init__(self, manager: Any, patch: pytest.MonkeyPatch, channel: str = "iopub") -> None:
        self.attempts = 0
        self._given = False
        self._connect = getattr(manager, f"connect_{channel}")
        patch.setattr(manager, f"connect_{channel}", self._connects)

    def _connects(self, **kwargs: Any) -> Any:
        if self._given:
            return self._connect(**kwargs)
        self.attempts += 1
        raise zmq.ZMQError(errno.EMFILE)

    def gives_back(self) -> None:
        self._given = True


def restarts(driver: KernelDriver) -> None:
    driver.kernel_restarted()


def looks(driver: KernelDriver) -> None:
    driver.follow_moves()


# -- restarts --------------------------------------------------------------------------------------


@pytest.mark.parametrize("told_by", [restarts, looks])
async def test_it_follows_a_kernel_that_comes_back_with_another_key_on_the_same_ports(
    kernel: ZmqKernel, told_by: Callable[[KernelDriver], None]
) -> None:
    async with linked(kernel) as driver:
        page = Page("a")
        driver.attach("a", page)
        ports = ports_of(kernel)
        kernel.stop()
        successor = ZmqKernel(key=b"another", ports=ports)
        driver.kernel_manager.session.key = b"another"
        told_by(driver)
        page.sends(driver, "execute_request", {})
        await successor.taken("execute_request")
        assert successor.forged == 0
        successor.stop()


async def test_pages_wait_while_a_reopening_fails_and_it_is_tried_until_it_succeeds(
    kernel: ZmqKernel,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with linked(kernel) as driver:
        page = Page("a")
        driver.attach("a", page)
        successor = ZmqKernel()
        told_of(driver.kernel_manager, successor.connection_info)
        no_files = NoFiles(driver.kernel_manager, monkeypatch)
        driver.kernel_restarted()
        assert (driver.broker._parts.handshake.link, driver.link.is_open) == ("broken", False)
        sent = [page.sends(driver, "execute_request", {"code": str(n)}) for n in range(3)]
        # By itself, and the log is told once.
        await until(lambda: no_files.attempts >= 2)
        assert caplog.text.count("ulimit -n") == 1
        assert driver.broker._parts.handshake.link == "broken"
        assert driver.broker._parts.ledger.counters["link_failures"] == no_files.attempts
        no_files.gives_back()
        await proven(driver)
        got = [await successor.taken("execute_request") for _ in sent]
        assert [each.parts for each in got] == [list(each.parts) for each in sent]
        assert kernel.requests == []
        successor.stop()


async def test_what_waits_for_a_link_has_a_bound_and_past_it_pages_are_told_why(
    kernel: ZmqKernel, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with linked(kernel, Limits(backlog_bytes=2_000)) as driver:
        page = Page("a")
        driver.attach("a", page)
        NoFiles(driver.kernel_manager, monkeypatch)
        driver.kernel_manager.ip = "127.0.0.2"
        driver.follow_moves()
        for _ in range(20):
            page.sends(driver, "execute_request", {"code": "x" * 200})
        refused = page.contents("execute_reply")
        assert 0 < len(refused) < 20
        assert {each["ename"] for each in refused} == {"KernelBacklogFull"}
        assert driver.broker._parts.held.backlog["shell"] <= 2_000


async def test_a_second_restart_while_the_first_could_not_be_followed_leads_to_the_latest(
    kernel: ZmqKernel, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with linked(kernel) as driver:
        page = Page("a")
        driver.attach("a", page)
        second, third = ZmqKernel(), ZmqKernel()
        no_files = NoFiles(driver.kernel_manager, monkeypatch)
        told_of(driver.kernel_manager, second.connection_info)
        driver.kernel_restarted()
        page.sends(driver, "execute_request", {})
        told_of(driver.kernel_manager, third.connection_info)
        no_files.gives_back()
        # At once, however long the pause after the failure is.
        driver.kernel_restarted()
        assert driver.link.is_open
        await third.taken("execute_request")
        assert (kernel.requests, second.requests) == ([], [])
        for each in (second, third):
            each.stop()


async def test_one_that_died_is_not_called_proven_and_its_successor_is(kernel: ZmqKernel) -> None:
    async with linked(kernel) as driver:
        driver.kernel_restarting("dead")
        assert driver.broker._parts.handshake.link == "lost"
        driver.kernel_restarted()
        await proven(driver)


async def test_one_that_stays_dead_and_cannot_be_connected_is_called_broken(
    kernel: ZmqKernel, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with linked(kernel) as driver:
        no_files = NoFiles(driver.kernel_manager, monkeypatch)
        driver.kernel_manager.ip = "127.0.0.2"
        driver.kernel_restarting("dead")
        assert driver.broker._parts.handshake.link == "broken"
        no_files.gives_back()
        await until(lambda: driver.link.is_open)
        assert driver.broker._parts.handshake.link == "lost"


async def test_a_kernel_without_an_address_for_a_while_is_waited_for(kernel: ZmqKernel) -> None:
    async with linked(kernel) as driver:
        successor = ZmqKernel()
        manager = driver.kernel_manager
        told_of(manager, {f"{name}_port": 0 for name in ports_of(kernel)})
        driver.follow_moves()
        assert driver.link.is_open
        told_of(manager, successor.connection_info)
        driver.follow_moves()
        await proven(driver)
        assert successor.subscriptions == 1
        successor.stop()


# -- sockets that break ----------------------------------------------------------------------------


@pytest.mark.parametrize("channel", ["shell", "iopub", "stdin", "control"])
async def test_a_socket_that_somebody_else_closes_is_opened_again_and_no_message_is_lost(
    kernel: ZmqKernel, caplog: pytest.LogCaptureFixture, channel: str
) -> None:
    async with linked(kernel) as driver:
        page = Page("a")
        driver.attach("a", page)
        driver.broker._parts.comms.registry._complete = True
        driver.link._channels[channel]._socket.close()  # type: ignore[attr-defined]
        sent = [page.sends(driver, "execute_request", {"code": str(n)}) for n in range(3)]
        got = [await kernel.taken("execute_request") for _ in sent]
        assert [each.parts for each in got] == [list(each.parts) for each in sent]
        await proven(driver)
        assert "closed by somebody else" in caplog.text
        kernel.publish("stream", {"text": "hello"})
        await page.hears("stream", text="hello")


async def test_it_is_noticed_without_a_message_too_and_what_was_published_meanwhile_is_asked_for(
    kernel: ZmqKernel,
) -> None:
    async with linked(kernel) as driver:
        driver.link._channels["iopub"]._socket.close()  # type: ignore[attr-defined]
        assert not driver.link.is_open
        driver.follow_moves()
        assert (driver.link.is_open, driver.broker._parts.handshake.link) == (True, "connecting")
        assert not driver.broker._parts.comms.registry.complete
        await proven(driver)
        await until(lambda: driver.broker._parts.comms.registry.complete)


async def test_what_the_kernel_had_not_taken_when_it_broke_is_sent_before_what_came_after(
    kernel: ZmqKernel,
) -> None:
    async with linked(kernel) as driver:
        page = Page("a")
        driver.attach("a", page)
        ports = ports_of(kernel)
        kernel.stop()
        sent = [page.sends(driver, "execute_request", {"code": str(n)}) for n in range(40)]
        driver.link._channels["shell"]._socket.close()  # type: ignore[attr-defined]
        driver.follow_moves()
        after = page.sends(driver, "execute_request", {"code": "after"})
        again = ZmqKernel(ports=ports)
        await proven(driver)
        await until(lambda: again.requests and again.requests[-1].parts == list(after.parts))
        codes = [each.content["code"] for each in again.requests]
        # All but the few that ZeroMQ had for itself, in their order.
        assert codes[:-1] == [str(n) for n in range(40)][-len(codes) + 1 :]
        assert len(codes) > 30
        assert len(sent) == 40
        again.stop()


async def test_a_hundred_breaks_and_failed_reopenings_leave_nothing(
    kernel: ZmqKernel, monkeypatch: pytest.MonkeyPatch
) -> None:
    def left() -> tuple[int, int]:
        loop: Any = asyncio.get_running_loop()
        return len(asyncio.all_tasks()), len(loop._selector.get_map())

    async with linked(kernel) as driver:
        no_files = NoFiles(driver.kernel_manager, monkeypatch, "control")
        monkeypatch.setattr(link_keeper, "PAUSE", 0.0)
        for number in range(100):
            driver.kernel_manager.ip = f"127.0.0.{2 + number}"
            driver.follow_moves()
        tasks, watched = left()
        before = open_descriptors()
        for _ in range(100):
            driver.follow_moves()
        assert no_files.attempts >= 150
        assert left() == (tasks, watched)
        await until(lambda: open_descriptors() <= before)


# -- floods ----------------------------------------------------------------------------------------


async def test_a_kernel_that_floods_is_told_to_the_core(kernel: ZmqKernel) -> None:
    async with linked(kernel) as driver:
        driver.broker._parts.comms.registry._complete = True
        driver.link._listener.flooded()  # type: ignore[attr-defined]
        assert driver.broker._parts.ledger.counters["receive_limit_reached"] == 1
        limit = driver.link._channels["iopub"]._socket.getsockopt(zmq.RCVHWM)  # type: ignore[attr-defined]
        assert limit == Limits().receive_limit
