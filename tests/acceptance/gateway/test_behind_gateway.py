"""Kernels behind a gateway: widgets come back as from a kernel of one's own."""

from __future__ import annotations

from contextlib import AsyncExitStack

import pytest

from jupyter_comm_broker.testing.page import Page
from jupyter_comm_broker.testing.server import Server

from ..conftest import StartServer
from ..flooded import eventually
from ..hold import Hold
from .gateway import ENTERPRISE, Gateway

SLIDER = "import ipywidgets as w; slider = w.IntSlider(value=3)"

EVERY_BYTE = bytes(range(256)) + b"\xff\xfe" * 8

MEBI = 1024 * 1024


async def test_widgets_come_back_while_a_cell_runs(
    front: Server, kernel_id: str, hold: Hold
) -> None:
    """Stock in front of a gateway: the page waits for the end of the cell."""
    async with Page(front, kernel_id) as watcher, Page(front, kernel_id) as page:
        await page.run(SLIDER)
        cell = await watcher.execute(f"slider.value = 7\n{hold.waits}\nslider.value = 9")
        await page.shows(lambda: page.widgets.only("IntSliderModel").state["value"] == 7)
        restored = await page.reload()
        assert restored.by == "control"
        assert page.widgets.only("IntSliderModel").state["value"] == 7
        hold.release()
        await watcher.ended(cell)
        await page.shows(lambda: page.widgets.only("IntSliderModel").state["value"] == 9)
    link = await front.link(kernel_id)
    assert (link["link"], link["transport"]) == ("proven", "gateway")


async def test_a_page_moves_a_widget_and_others_follow(front: Server, kernel_id: str) -> None:
    async with Page(front, kernel_id) as page, Page(front, kernel_id) as other:
        await page.run(SLIDER)
        model = page.widgets.only("IntSliderModel")
        await page.widgets.set(model.comm_id, value=42)
        await other.shows(lambda: other.widgets.only("IntSliderModel").state["value"] == 42)
        assert await page.run("print(slider.value)") == "42\n"


async def test_every_byte_passes_both_ways(front: Server, kernel_id: str) -> None:
    """Stock decodes binary frames as UTF-8: its reading task dies, and the socket stays open."""
    async with Page(front, kernel_id) as page:
        await page.run(
            "import ipywidgets as w\n"
            f"image = w.Image(value={EVERY_BYTE!r})\n"
            "heard = []\n"
            "image.on_msg(lambda widget, content, buffers: heard.extend(map(bytes, buffers)))"
        )
        image = page.widgets.only("ImageModel")
        assert bytes(image.state["value"]) == EVERY_BYTE
        content = {"comm_id": image.comm_id, "data": {"method": "custom", "content": {}}}
        await page.idle(await page.send("comm_msg", content, buffers=[EVERY_BYTE]))
        assert await page.run(f"print(heard == [{EVERY_BYTE!r}])") == "True\n"
        assert (await page.reload()).by == "control"
        assert bytes(page.widgets.only("ImageModel").state["value"]) == EVERY_BYTE


async def test_large_messages_of_the_kernel_pass(front: Server, kernel_id: str) -> None:
    """Stock: an output of 12 MiB breaks the connection to the gateway."""
    size = 60 * MEBI
    async with Page(front, kernel_id) as page:
        await page.run("import ipywidgets as w; image = w.Image(value=b'')")
        await page.run(f"image.value = bytes({size})")
        await page.shows(lambda: len(page.widgets.only("ImageModel").state["value"]) == size)


async def test_what_the_gateway_would_choke_on_is_refused_and_nobody_else_notices(
    start_front: StartServer,
) -> None:
    """The gateway answers 12 MiB by closing the connection, which all pages share."""
    # By its own default the server in front takes no more from its pages than the gateway.
    front = start_front(
        options=('--ServerApp.tornado_settings={"websocket_max_message_size": 1e8}',)
    )
    kernel_id = front.start_kernel()
    async with Page(front, kernel_id) as page, Page(front, kernel_id) as other:
        await page.run(SLIDER)
        comm_id = page.widgets.only("IntSliderModel").comm_id
        content = {"comm_id": comm_id, "data": {"method": "custom", "content": {}}}
        sent = await page.send("comm_msg", content, buffers=[bytes(12 * MEBI)])
        error = await page.until(lambda m: m.type == "error" and m.parent_id == sent)
        assert error.content["ename"] == "MessageTooLarge"
        assert "CommBroker.gateway_message_bytes" in error.content["evalue"]
        await page.idle(sent)
        assert await other.run("print('here')") == "here\n"
        # What just fits does get there.
        sent = await page.send("comm_msg", content, buffers=[bytes(9 * MEBI)])
        await page.idle(sent)
        assert not [m for m in page.of(sent) if m.type == "error"]
        path = f"/api/kernels/{kernel_id}/comms/{comm_id}/messages"
        answer = await front.ask("POST", path, {"data": {"pad": "x" * (10 * MEBI)}})
        assert answer.status == 413
        assert "gateway_message_bytes" in str(answer.body)


async def test_the_page_that_asked_answers_the_question(front: Server, kernel_id: str) -> None:
    async with Page(front, kernel_id) as page, Page(front, kernel_id) as other:
        cell = await page.execute("print(input('name? '))", stdin=True)
        question = await page.until(lambda m: m.type == "input_request")
        assert question.parent_id == cell
        await page.send("input_reply", {"value": "Ada"}, channel="stdin")
        await page.ended(cell)
        printed = [m.content["text"] for m in page.of(cell) if m.type == "stream"]
        assert "".join(printed) == "Ada\n"
        assert not [m for m in other.received if m.type in ("input_request", "execute_reply")]


async def test_many_pages_share_one_connection(
    front: Server, gateway: Gateway, kernel_id: str
) -> None:
    async with AsyncExitStack() as stack:
        pages = [await stack.enter_async_context(Page(front, kernel_id)) for _ in range(4)]
        await pages[0].run(SLIDER)
        for page in pages:
            await page.until(lambda m: m.type == "comm_open")
        far = await gateway.get(f"/api/kernels/{kernel_id}")
        assert far["connections"] == 1
        # What counts here are the pages. The list refreshes what is told of one kernel.
        listed = (await front.ask("GET", "/api/kernels")).status
        near = await front.get(f"/api/kernels/{kernel_id}")
        assert listed in (200, 403)
        assert near["connections"] in (4, 0)


async def test_two_servers_in_front_of_one_kernel_are_both_right(
    front: Server, start_front: StartServer, kernel_id: str
) -> None:
    second = start_front()
    # A server adopts a kernel of the gateway that it is told the id of.
    body = {"path": "a.ipynb", "name": "a", "type": "notebook", "kernel": {"id": kernel_id}}
    assert second.request("POST", "/api/sessions", body).status == 201
    async with Page(front, kernel_id) as page, Page(second, kernel_id) as other:
        # As pages do first. Now the second server hears the kernel.
        await other.kernel_info()
        await page.run(SLIDER)
        await other.shows(lambda: bool(other.widgets.models))
        await other.run("slider.value = 5")
        await page.shows(lambda: page.widgets.only("IntSliderModel").state["value"] == 5)
        assert (await other.reload()).by == "control"
        assert other.widgets.only("IntSliderModel").state["value"] == 5
        assert await page.run("print(slider.value)") == "5\n"


@pytest.mark.parametrize("how", ["front", "gateway"])
async def test_a_restart_is_noticed_whoever_asked_for_it(
    front: Server, gateway: Gateway, kernel_id: str, how: str
) -> None:
    server = front if how == "front" else gateway
    async with Page(front, kernel_id) as page:
        await page.run(SLIDER)
        assert (await server.ask("POST", f"/api/kernels/{kernel_id}/restart")).status == 200

        async def is_forgotten() -> bool:
            return not await front.comms(kernel_id)

        await eventually(is_forgotten, 5)
        assert await page.run("print('slider' in globals())") == "False\n"


async def test_a_kernel_that_is_deleted_at_the_gateway_is_gone_and_pages_are_told(
    front: Server, gateway: Gateway
) -> None:
    kernel_id = front.start_kernel()
    async with Page(front, kernel_id) as page:
        await page.run(SLIDER)
        gateway.end_kernel(kernel_id)
        await page.until(lambda m: m.content == {"execution_state": "dead"}, 5)
        assert page.status == "dead"
    assert (await front.ask("GET", f"/api/kernels/{kernel_id}/comms")).status == 404
    assert (await front.ask("GET", f"/api/kernels/{kernel_id}")).status == 404


async def test_a_kernel_that_dies_is_restarted_there_and_pages_hear_of_it(
    front: Server, kernel_id: str
) -> None:
    async with Page(front, kernel_id) as page:
        await page.run(SLIDER)
        await page.execute("import os; os._exit(1)")
        await page.until(lambda m: m.content == {"execution_state": "restarting"}, 60)
        assert await page.run("print('slider' in globals())") == "False\n"


async def test_a_flood_above_the_gateways_limit_ends_with_the_last_value_everywhere(
    front: Server, kernel_id: str
) -> None:
    """The gateway drops comm messages too: stock pages stay at an old value for good."""
    async with Page(front, kernel_id) as page, Page(front, kernel_id) as other:
        await page.run("import ipywidgets as w; bar = w.IntProgress(max=20000)")
        cell = await page.execute("for i in range(20000): bar.value = i + 1")
        await page.ended(cell)
        notices = [m for m in page.of(cell) if m.type == "stream"]
        # Enterprise Gateway 3.3 has no limit.
        is_told = any("limit_rate=False" in m.content["text"] for m in notices)
        assert is_told or ENTERPRISE, notices
        for each in (page, other):

            def is_full(each: Page = each) -> bool:
                return bool(each.widgets.only("IntProgressModel").state["value"] == 20000)

            await each.shows(is_full, 10)
