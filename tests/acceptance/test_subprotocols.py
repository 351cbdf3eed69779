"""Both framings on one kernel, with and without buffers."""

import pytest

from jupyter_comm_broker.testing.message import DEFAULT, V1
from jupyter_comm_broker.testing.page import Page
from jupyter_comm_broker.testing.restore import by_control
from jupyter_comm_broker.testing.server import Server

IMAGE = "import ipywidgets as widgets\nimage = widgets.Image(value=b'\\x00\\xffpng')"


@pytest.mark.parametrize("subprotocol", [V1, DEFAULT], ids=["v1", "default"])
async def test_widgets_with_buffers_work_both_ways(
    server: Server, kernel_id: str, subprotocol: str
) -> None:
    async with Page(server, kernel_id, subprotocol=subprotocol) as page:
        await page.kernel_info()
        await page.run(IMAGE)
        image = page.widgets.only("ImageModel")
        assert image.state["value"] == b"\x00\xffpng"
        data = {"method": "update", "state": {}, "buffer_paths": [["value"]]}
        content = {"comm_id": image.comm_id, "data": data}
        msg_id = await page.send("comm_msg", content, buffers=[b"from the page\x00"])
        await page.idle(msg_id)
        assert await page.run("print(bytes(image.value))") == f"{b'from the page' + bytes(1)!r}\n"
        async with Page(server, kernel_id, subprotocol=subprotocol) as later:
            assert await by_control(later)
            assert later.widgets[image.comm_id]["value"] == b"from the page\x00"


async def test_pages_of_both_framings_see_the_same(server: Server, kernel_id: str) -> None:
    async with (
        Page(server, kernel_id, subprotocol=V1) as new,
        Page(server, kernel_id, subprotocol=DEFAULT) as old,
    ):
        await new.kernel_info()
        await new.run(IMAGE + "\nprint('über 😀')")
        await new.run("image.value = b'again'\ndisplay({'text/plain': 'x'}, raw=True)")
        image = new.widgets.only("ImageModel")
        await old.shows(lambda: old.widgets.models[image.comm_id].state["value"] == b"again")
        await old.ended(await old.send("kernel_info_request", {}))

        def published(page: Page) -> list[tuple[object, ...]]:
            return [
                (m.type, m.parent_id, m.content, m.metadata, m.buffers)
                for m in page.received
                if m.channel == "iopub" and m.parent.get("session") == new.session_id
            ]

        await new.kernel_info()
        assert [m for m in published(old) if m[0] != "status"] == [
            m for m in published(new) if m[0] != "status"
        ]
        assert {m.binary for m in new.received} == {True}
        assert {m.binary for m in old.received if m.buffers} == {True}
        assert {m.binary for m in old.received if not m.buffers} == {False}
