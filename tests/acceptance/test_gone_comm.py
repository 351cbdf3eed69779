"""A message to a comm that is gone is answered, not swallowed."""

import uuid

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


async def test_who_writes_to_a_gone_comm_hears_that_it_is_closed(
    server: Server, kernel_id: str
) -> None:
    """Stock: nothing, and the kernel prints "No such comm"."""
    async with Page(server, kernel_id) as page, Page(server, kernel_id) as other:
        await page.kernel_info()
        await page.run(SPY)
        comm_id = page.widgets.only("IntSliderModel").comm_id
        known = await page.send("comm_msg", {"comm_id": comm_id, "data": {"method": "custom"}})
        await page.idle(known)
        await page.run("slider.close()")
        since = len(page.received)
        data = {"method": "update", "state": {"value": 3}, "buffer_paths": []}
        msg_id = await page.send("comm_msg", {"comm_id": comm_id, "data": data})
        closing = await page.until(
            lambda m: m.type == "comm_close" and m.comm_id == comm_id, since=since
        )
        assert closing.parent_id == msg_id
        assert closing.metadata["reason"]
        await page.idle(msg_id)
        reached = (await page.run("print(*reached)")).split()
        assert known in reached, "the spy sees nothing"
        assert msg_id not in reached
        # Whatever it would be told comes before this.
        await other.kernel_info()
        assert not other.of(msg_id), "another page was told"
        answer = await server.ask("GET", f"/api/kernels/{kernel_id}/comms/{comm_id}")
        assert comm_id in answer.body["message"]
        assert (answer.status, answer.body["reason"]) == (410, "CommClosedError")


QUIET = """
from ipykernel.comm import Comm
heard = []
quiet = Comm(target_name="t", comm_id="quiet", primary=False)
get_ipython().kernel.comm_manager.register_comm(quiet)
quiet.on_msg(lambda message: heard.append(message["content"]["data"]))
"""


async def test_a_comm_that_the_broker_never_saw_is_the_kernels_to_know(
    server: Server, kernel_id: str
) -> None:
    """Another client may have opened it, or it was registered without a message, as here."""
    async with Page(server, kernel_id) as page:
        await page.kernel_info()
        await page.run(QUIET)
        for comm_id in ("quiet", uuid.uuid4().hex):
            msg_id = await page.send("comm_msg", {"comm_id": comm_id, "data": "hello"})
            await page.idle(msg_id)
        assert await page.run("print(heard)") == "['hello']\n"
        assert not [m for m in page.received if m.type == "comm_close"]
        answer = await server.ask("GET", f"/api/kernels/{kernel_id}/comms/{comm_id}")
        assert (answer.status, answer.body["reason"]) == (404, "CommNotFoundError")
