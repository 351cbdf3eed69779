"""A driver with a proven link, for tests of what comes after that."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from jupyter_comm_broker.core.limits import Limits
from jupyter_comm_broker.core.policy import Policy
from jupyter_comm_broker.transport.driver import KernelDriver
from jupyter_comm_broker.transport.links import ZmqLinks
from tests.fakes.kernel import ZmqKernel
from tests.fakes.managers import manager_of
from tests.until import until

LOG = logging.getLogger("broker")


def driver_of(kernel: ZmqKernel, limits: Limits | None = None) -> KernelDriver:
    """Return a driver that is not opened yet."""
    return driver_for(manager_of(kernel.connection_info), limits or Limits())


def driver_for(manager: Any, limits: Limits | None = None) -> KernelDriver:
    """Return a driver for a manager's kernel, which is not opened yet."""
    limits = limits or Limits()
    make_link = ZmqLinks().maker(manager, limits, lambda: 0)
    return KernelDriver(manager, make_link, Policy(), limits, LOG)


@asynccontextmanager
async def linked(kernel: ZmqKernel, limits: Limits | None = None) -> AsyncIterator[KernelDriver]:
    """Open a driver to a new kernel, and wait until its link is proven."""
    driver = driver_of(kernel, limits)
    driver.open(running=False)
    await proven(driver)
    try:
        yield driver
    finally:
        driver.close()


async def proven(driver: KernelDriver) -> None:
    """Wait until a driver's link to its kernel is proven."""
    await until(lambda: driver.broker._parts.handshake.link == "proven")
