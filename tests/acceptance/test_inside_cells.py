"""A cell that lets the kernel handle other messages while it runs is busy until it ends."""

from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_comm_broker.testing.page import Page
from jupyter_comm_broker.testing.server import Server

from .flooded import eventually

SLIDER = """
import ipywidgets as widgets, asyncio, os
slider = widgets.IntSlider()
heard = []
slider.on_msg(lambda widget, content, buffers: heard.append(content))
"""

POLLING = """
import nest_asyncio
nest_asyncio.apply()
kernel, loop = get_ipython().kernel, asyncio.get_event_loop()
while not os.path.exists({end!r}):
    loop.run_until_complete(asyncio.sleep(0.01))
    if not kernel.msg_queue.empty():
        loop.run_until_complete(kernel.do_one_iteration())
print("over", slider.value, len(heard))
"""

AWAITING = """
while not os.path.exists({end!r}):
    await asyncio.sleep(0.01)
print("over", slider.value, len(heard))
"""


@pytest.mark.parametrize(
    ("version", "code"), [(6, POLLING), (7, AWAITING)], ids=["polling on 6", "awaiting on 7"]
)
async def test_what_is_handled_inside_ends_and_the_cell_goes_on(
    server: Server, version: int, code: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    name = "python3"
    if version == 6:
        name = server.add_kernel("six", python=request.getfixturevalue("ipykernel6_python"))
    kernel_id, end = server.start_kernel(name), tmp_path / "end"
    async with Page(server, kernel_id) as page, Page(server, kernel_id) as other:
        await page.run(SLIDER)
        comm_id = page.widgets.only("IntSliderModel").comm_id
        cell = await page.execute(code.format(end=str(end)))
        await page.until(lambda m: m.type == "execute_input" and m.parent_id == cell)
        # What polls handles this one inside as well.
        queued = await other.execute("print('queued')") if version == 7 else ""
        for value in (1, 2, 3):
            # Silent: the kernel publishes nothing because of it.
            said = {"method": "custom", "content": {"n": value}}
            silent = await page.send("comm_msg", {"comm_id": comm_id, "data": said})
            data = {"method": "update", "state": {"value": value}, "buffer_paths": []}
            moved = await page.send("comm_msg", {"comm_id": comm_id, "data": data})
            # While the cell runs: a page sends a widget's next update only then.
            await page.idle(silent)
            await page.idle(moved)
            for each in (page, other):
                assert each.status == "busy"
            link = await server.link(kernel_id)
            assert (link["execution_state"], link["running"]["msg_type"]) == (
                "busy",
                "execute_request",
            )
        async with Page(server, kernel_id) as late:
            await late.kernel_info()
            assert late.status == "busy"
        assert not [m for m in other.received if m.type == "stream"]
        end.touch()
        await page.ended(cell)
        if queued:
            await other.ended(queued)
        printed = [m.content["text"] for m in page.of(cell) if m.type == "stream"]
        assert "".join(printed) == "over 3 3\n"
        await page.shows(lambda: page.status == "idle")

        async def is_idle() -> bool:
            kernel = await server.get(f"/api/kernels/{kernel_id}")
            return bool(kernel["execution_state"] == "idle")

        await eventually(is_idle)
