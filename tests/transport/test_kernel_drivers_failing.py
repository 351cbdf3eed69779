"""A kernel that cannot be linked or let go of is told of, tried again, and hides no other."""

from __future__ import annotations

import errno
from typing import Any

import pytest

from jupyter_comm_broker.errors import LinkNotOpenedError
from jupyter_comm_broker.transport import kernel_drivers as module
from tests.transport.with_kernels import KERNEL_ACTIONS, Server
from tests.until import until


async def test_a_kernel_that_cannot_be_connected_is_told_of_once_and_looked_for_until_it_can(
    server: Server, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(module, "LOOK_SECONDS", 0.05)
    kernel_id, greeted = await server.starts(), []
    server.kernel_drivers.greeters.append(lambda driver: greeted.append(driver.kernel_id))
    told: list[object] = []
    server.kernel_drivers.watchers.append(lambda driver, changes: told.append(changes))
    manager, attempts = server.kernels.get_kernel(kernel_id), []

    def refuse(*args: Any, **kwargs: Any) -> None:
        attempts.append(kwargs)
        raise OSError(errno.EMFILE, "Too many open files")

    with monkeypatch.context() as patch:
        patch.setattr(manager, "connect_stdin", refuse)
        # Its event says no more than the log: whoever sent it must not fail.
        data = {"kernel_id": kernel_id, "action": "start", "status": "success"}
        await server.kernel_drivers.kernel_action(None, KERNEL_ACTIONS, data)
        with pytest.raises(LinkNotOpenedError, match="ulimit -n"):
            server.kernel_drivers.driver(kernel_id)
        await until(lambda: len(attempts) > 4)
        assert caplog.text.count("ulimit -n") == 1
        assert "ulimit -n" in server.kernel_drivers.unlinked()[kernel_id]
        # Nobody was told of a kernel that began and ended all the time.
        assert (greeted, told, server.linked()) == ([], [], {})
    await until(lambda: kernel_id in server.linked())
    assert (greeted, server.kernel_drivers.unlinked()) == ([kernel_id], {})


async def test_a_kernel_whose_ports_are_not_chosen_yet_is_no_error(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    kernel_id = await server.starts()
    manager = server.kernels.get_kernel(kernel_id)
    port, manager.shell_port = manager.shell_port, 0
    assert server.kernel_drivers.drivers() == []
    assert "no ports yet" not in caplog.text
    manager.shell_port = port
    assert len(server.kernel_drivers.drivers()) == 1


async def test_a_kernel_whose_end_cannot_be_followed_does_not_keep_the_others(
    server: Server, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    first, second = await server.starts(), await server.starts()
    driver = server.kernel_drivers.driver(first)
    other = server.kernel_drivers.driver(second)

    def fails(*args: Any) -> None:
        raise RuntimeError("no")

    with monkeypatch.context() as patch:
        patch.setattr(driver.kernel_manager, "remove_restart_callback", fails)
        patch.setattr(driver._activity, "give_back", fails)
        server.kernel_drivers.kernel_gone(first)
    assert caplog.text.count("letting go of kernel") == 2
    assert (driver.closed, driver.link.is_open, other.closed) == (True, False, False)
    assert server.linked() == {second: other}


async def test_callbacks_of_a_kernel_that_can_only_half_be_followed_are_taken_back(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    kernel_id = await server.starts()
    before, add = server.callbacks(kernel_id), server.kernels.add_restart_callback

    def only_the_first(kernel_id: str, callback: Any, event: str) -> None:
        if event == "dead":
            raise RuntimeError("it is being removed")
        add(kernel_id, callback, event)

    monkeypatch.setattr(server.kernels, "add_restart_callback", only_the_first)
    with pytest.raises(RuntimeError):
        server.kernel_drivers.driver(kernel_id)
    assert (server.callbacks(kernel_id), server.linked()) == (before, {})


async def test_a_kernel_that_goes_while_it_cannot_be_connected_is_no_longer_told_of(
    server: Server,
) -> None:
    kernel_id = await server.starts()
    server.kernels.get_kernel(kernel_id).ip = "not an address"
    assert server.kernel_drivers.drivers() == []
    assert list(server.kernel_drivers.unlinked()) == [kernel_id]
    await server.kernels.shutdown_kernel(kernel_id, now=True)
    assert server.kernel_drivers.drivers() == []
    assert server.kernel_drivers.unlinked() == {}
