"""The page works on under 1,000 messages per second for minutes, and its memory stays bounded."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from ..server import Server
from .conftest import Boards
from .kernels import Notebook

if TYPE_CHECKING:
    from playwright.sync_api import CDPSession

pytestmark = [pytest.mark.browser]

MOST_BYTES = 150_000_000
LONG = 600.0

COMMS = 2000
STORM = f"""
import time
from comm import create_comm

def opened(number):
    state = {{"_model_name": "IntSliderModel", "_model_module": "@jupyter-widgets/controls",
             "_model_module_version": "2.0.0", "value": 0, "description": f"slider {{number}}"}}
    return create_comm(target_name="jupyter.widget", data={{"state": state}},
                       metadata={{"version": "2.1.0"}})

comms = [opened(number) for number in range({COMMS})]
sent = 0
begun = time.time()
while time.time() - begun < SECONDS:
    for _ in range(50):
        comm = comms[sent % {COMMS}]
        comm.send({{"method": "update", "state": {{"value": sent}}, "buffer_paths": []}})
        sent += 1
    # A few come and go as well.
    comms[sent // 50 % {COMMS}].close()
    comms[sent // 50 % {COMMS}] = opened(sent)
    time.sleep(max(0.0, begun + sent / 1000 - time.time()))
"""


def heap(devtools: CDPSession) -> int:
    """Bytes that the page's scripts hold."""
    devtools.send("HeapProfiler.collectGarbage")
    metrics = devtools.send("Performance.getMetrics")["metrics"]
    return int(next(each["value"] for each in metrics if each["name"] == "JSHeapUsedSize"))


@pytest.mark.parametrize(
    "seconds",
    [
        pytest.param(10.0, id="short", marks=[pytest.mark.slow, pytest.mark.timeout(240)]),
        pytest.param(LONG, id="long", marks=[pytest.mark.long, pytest.mark.timeout(LONG + 300)]),
    ],
)
@pytest.mark.parametrize("view", ["overview", "comms"])
def test_a_storm(
    hub: Server,
    boards: Boards,
    notebooks: Callable[..., Notebook],
    figures: dict[str, Any],
    view: str,
    seconds: float,
) -> None:
    seconds = float(os.environ.get("JCB_STORM_SECONDS", seconds))
    notebook = notebooks("storm.ipynb")
    board = boards(hub)
    board.open(f"view={view}")
    devtools = board.page.context.new_cdp_session(board.page)
    devtools.send("Performance.enable")
    figures["bytes before"] = heap(devtools)
    notebook.begin(STORM.replace("SECONDS", str(seconds)))
    held = []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        board.page.wait_for_timeout(min(10_000, seconds * 250))
        held.append(heap(devtools))
        # A page that is drowned answers no click in time.
        begin = time.monotonic()
        board.page.evaluate("new Promise((done) => requestAnimationFrame(() => done(1)))")
        figures.setdefault("seconds to a frame", []).append(round(time.monotonic() - begin, 3))
    figures["bytes held"] = held
    assert max(held) < MOST_BYTES
    assert board.connection == "live"
    sent = int(notebook.value("sent"))
    figures["messages a second"] = round(sent / seconds)
    known = hub.rest("GET", f"/api/comms?kernel={notebook.kernel_id}&limit=1")["total"]
    assert known == COMMS
    # What the page knows is what there is.
    board.page.get_by_role("link", name="Overview").click()
    card = board.kernel(notebook.kernel_id)
    board.wait_until(lambda: f"{COMMS:,} comms" in card.inner_text(), 20, "it counts them all")
