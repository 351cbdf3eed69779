"""A message to a comm that is gone is answered, not swallowed."""

import asyncio
import uuid

import pytest

from jupyter_comm_broker.testing.page import Page
from jupyter_comm_broker.testing.server import Server

SPY = """
import ipywidgets as widgets
reached = []
kernel = get_ipython().kernel
handler = kernel.shell_handlers["comm_msg"]
def spied(stream, ident, parent):
    reached.append(parent["header"]["msg_id"])
    return handler(stream, ident, parent)
kernel.shell_handlers["comm_msg"] = spied
slider = widgets.IntSlider()
"""


@pytest.mark.parametrize("known", [True, False], ids=["closed by the kernel", "never there"])
async def test_who_writes_to_a_gone_comm_hears_that_it_is_closed(
    server: Server, kernel_id: str, known: bool
) -> None:
    """Scenario 13. Stock: nothing in 1 s, and the kernel prints "No such comm"."""
    async with Page(server, kernel_id) as page, Page(server, kernel_id) as other:
        await page.kernel_info()
        await page.run(SPY)
        comm_id = page.widgets.only("IntSliderModel").comm_id if known else uuid.uuid4().hex
        await page.run("slider.close()")
        since = len(page.received)
        data = {"method": "update", "state": {"value": 3}, "buffer_paths": []}
        msg_id = await page.send("comm_msg", {"comm_id": comm_id, "data": data})
        closing = await page.until(
            lambda m: m.type == "comm_close" and m.comm_id == comm_id, 1.0, since
        )
        assert closing.parent_id == msg_id
        assert closing.metadata["reason"]
        await page.idle(msg_id, 1)
        assert msg_id not in await page.run("print(*reached)")
        await asyncio.sleep(0.1)
        assert not other.of(msg_id), "another page was told"
        answer = await server.ask("GET", f"/api/kernels/{kernel_id}/comms/{comm_id}")
        assert comm_id in answer.body["message"]
        gone = (410, "CommClosedError") if known else (404, "CommNotFoundError")
        assert (answer.status, answer.body["reason"]) == gone
