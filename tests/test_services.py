"""The services are wired before any kernel is heard, and let go of all that they took."""

from __future__ import annotations

import pytest

from jupyter_comm_broker.errors import KernelNotFoundError
from jupyter_comm_broker.services import KERNEL_ACTIONS
from tests.fakes.server import Desk
from tests.until import until


async def test_a_started_kernel_is_linked_before_any_page_comes_and_known_whole(desk: Desk) -> None:
    kernel_drivers = desk.broker.kernel_drivers
    await desk._fetch("api", "kernels", method="POST", body='{"name": "in-process"}')
    (driver,) = await until(lambda: list(kernel_drivers._drivers.values()))
    assert driver.broker._parts.comms.registry.complete


async def test_stopping_lets_go_of_every_kernel_callback_listener_and_timer(desk: Desk) -> None:
    kernel_id, _ = await desk.starts()
    driver = desk.broker.kernel_drivers.driver(kernel_id)
    callbacks = desk.app.kernel_manager.get_kernel(kernel_id)._restarter.callbacks
    with_us = sum(map(len, callbacks.values()))
    await desk.extension.stop_extension()
    assert driver.closed
    assert desk.broker.kernels() == []
    assert sum(map(len, callbacks.values())) < with_us
    assert desk.app.event_logger._modified_listeners[KERNEL_ACTIONS] == set()
    assert desk.broker.kernel_drivers._looking is None
    with pytest.raises(KernelNotFoundError):
        desk.broker.kernel(kernel_id)
    # The server goes on without us until it ends, and may start and stop kernels.
    await desk._fetch("api", "kernels", kernel_id, method="DELETE")
    await desk.extension.stop_extension()
