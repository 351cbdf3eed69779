"""
Widgets come back on event loops other than asyncio's usual one on Linux.

Windows' own loop cannot watch descriptors. A loop that says so of itself stands in for it: tornado
and pyzmq are told that it is that loop, and do here what they do there.
"""

from __future__ import annotations

import pytest

from jupyter_comm_broker.testing.page import Page

from .conftest import StartServer
from .hold import Hold

pytestmark = pytest.mark.slow

AS_ON_WINDOWS = """
import asyncio
import zmq.asyncio

class NoReaders(asyncio.SelectorEventLoop):
    def _none(self, *_):
        raise NotImplementedError

    add_reader = remove_reader = add_writer = remove_writer = _none

asyncio.ProactorEventLoop = NoReaders
zmq.asyncio._get_selector = zmq.asyncio._get_selector_windows
asyncio.set_event_loop(NoReaders())
"""

UVLOOP = """
import asyncio
import uvloop

asyncio.set_event_loop(uvloop.new_event_loop())
"""

NAMED = """
import logging

def tell():
    logging.getLogger().warning("the loop is %s", type(asyncio.get_running_loop()))

asyncio.get_event_loop().call_soon(tell)
"""


@pytest.mark.parametrize(
    ("config", "name"), [(AS_ON_WINDOWS, "NoReaders"), (UVLOOP, "uvloop.Loop")]
)
async def test_widgets_come_back_on(
    start_server: StartServer, hold: Hold, config: str, name: str
) -> None:
    server = start_server(config=config + NAMED)
    kernel_id = server.start_kernel()
    async with Page(server, kernel_id) as page, Page(server, kernel_id) as watcher:
        await watcher.run("import ipywidgets as w; slider = w.IntSlider(value=3)")
        cell = await watcher.execute(f"slider.value = 7\n{hold.waits}\nslider.value = 9")
        await page.shows(lambda: page.widgets.only("IntSliderModel").state["value"] == 7)
        assert (await page.reload()).by == "control"
        hold.release()
        await watcher.ended(cell)
        await page.shows(lambda: page.widgets.only("IntSliderModel").state["value"] == 9)
        # More than one batch.
        cell = await watcher.execute("for i in range(2000): slider.value = i % 101")
        await watcher.ended(cell)
        await page.shows(lambda: page.widgets.only("IntSliderModel").state["value"] == 1999 % 101)
    check = await server.get("/api/comms/broker")
    assert check["in_path"], check["reason"]
    assert name in server.log
    server.end_kernel(kernel_id)
