"""Whoever waits for a look at the kernel waits until it is over, and no longer."""

from __future__ import annotations

import asyncio

from jupyter_comm_broker.transport.looks import Looks
from tests.fakes.kernel import ZmqKernel
from tests.transport.linked import linked
from tests.until import until


async def test_each_waits_for_its_own() -> None:
    looks = Looks()
    one = asyncio.ensure_future(looks.until_over(1, 60.0))
    two = asyncio.ensure_future(looks.until_over(2, 60.0))
    await asyncio.sleep(0)
    looks.over([1, 7])
    assert await one
    assert len(looks) == 1
    looks.close()
    assert await two
    assert len(looks) == 0


async def test_what_is_not_over_in_time_is_waited_for_no_longer() -> None:
    looks = Looks()
    assert not await looks.until_over(1, 0.01)
    assert len(looks) == 0


async def test_a_kernel_that_answers_was_looked_at() -> None:
    kernel = ZmqKernel()
    async with linked(kernel) as driver:
        kernel.publish("comm_open", {"comm_id": "c", "target_name": "t", "data": {}})
        await until(lambda: "c" in driver.broker._parts.comms.registry)
        assert await driver.look(["c"], 10.0)
    kernel.stop()


async def test_a_driver_that_closes_lets_everybody_go() -> None:
    kernel = ZmqKernel()
    async with linked(kernel) as driver:
        kernel.publish("comm_open", {"comm_id": "c", "target_name": "t", "data": {}})
        await until(lambda: "c" in driver.broker._parts.comms.registry)
        kernel.answers = False
        waiting = asyncio.ensure_future(driver.look(["c"], 60.0))
        await asyncio.sleep(0)
        driver.close()
        assert await waiting
    kernel.stop()
