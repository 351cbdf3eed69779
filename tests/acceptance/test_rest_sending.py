"""A program moves widgets over REST. Kernel and pages follow, and it gets the answers."""

import asyncio
import base64
from collections.abc import Awaitable, Callable
from typing import Any

from jupyter_comm_broker.testing.address import Answer
from jupyter_comm_broker.testing.page import Page
from jupyter_comm_broker.testing.server import Server

from .flooded import eventually
from .hold import Hold

SLIDER = """
import ipywidgets as widgets
moves = []
slider = widgets.IntSlider()
def moved(change):
    moves.append(change["new"])
    print("moved to", change["new"])
    if change["new"] == 13:
        raise ValueError("unlucky")
slider.observe(moved, "value")
"""
ECHO = """
def opened(comm, message):
    @comm.on_msg
    def got(message):
        comm.send({"echo": message["content"]["data"]}, buffers=message["buffers"])
get_ipython().kernel.comm_manager.register_target("echo", opened)
"""
QUIET = """
got = []
def opened(comm, message):
    @comm.on_msg
    def take(message):
        got.append(message["content"]["data"]["move"])
get_ipython().kernel.comm_manager.register_target("quiet", opened)
"""


def value(number: int) -> dict[str, Any]:
    return {"data": {"method": "update", "state": {"value": number}, "buffer_paths": []}}


async def send(server: Server, kernel_id: str, comm_id: str, body: Any, query: str = "") -> Answer:
    path = f"/api/kernels/{kernel_id}/comms/{comm_id}/messages{query}"
    return await server.ask("POST", path, body)


async def slider_on(page: Page) -> str:
    """Make a slider, and return its comm's id."""
    await page.kernel_info()
    await page.run(SLIDER)
    return page.widgets.only("IntSliderModel").comm_id


async def sent(server: Server, kernel_id: str, comm_id: str) -> int:
    """Return how many messages were sent to the kernel's end of a comm."""
    comm = (await server.comms(kernel_id))[comm_id]
    count: int = comm["messages"]["from_frontends"]
    return count


def sent_more_than(
    count: int, server: Server, kernel_id: str, comm_id: str
) -> Callable[[], Awaitable[bool]]:
    """Return the question whether more was sent."""

    async def is_so() -> bool:
        return await sent(server, kernel_id, comm_id) > count

    return is_so


async def busy_with(page: Page, code: str) -> str:
    """Run a cell without waiting for its end; returns its request's id once it runs."""
    cell = await page.execute(code)
    await page.until(lambda m: m.parent_id == cell and m.execution_state == "busy")
    return cell


async def test_a_slider_is_moved_in_the_kernel_and_in_another_page(
    server: Server, kernel_id: str
) -> None:
    async with Page(server, kernel_id) as page:
        await page.kernel_info()
        await page.run(SLIDER)
        slider = page.widgets.only("IntSliderModel")
        answer = await send(server, kernel_id, slider.comm_id, value(7), "?wait=reply")
        assert answer.status == 200
        (echo,) = answer.body["comm_messages"]
        assert (echo["comm_id"], echo["data"]["state"]) == (slider.comm_id, {"value": 7})
        assert answer.body["streams"] == [{"name": "stdout", "text": "moved to 7\n"}]
        await page.shows(lambda: slider.state["value"] == 7)
        assert (await page.run("print(slider.value)")).strip() == "7"
        failed = await send(server, kernel_id, slider.comm_id, value(13), "?wait=reply")
        assert [each["ename"] for each in failed.body["errors"]] == ["ValueError"]
        assert "unlucky" in str(failed.body["errors"][0]["traceback"])


async def test_moves_without_waiting_arrive_all_and_in_order(
    server: Server, kernel_id: str
) -> None:
    async with Page(server, kernel_id) as page:
        comm_id = await slider_on(page)
        for number in range(1, 101):
            if number != 13:
                assert (await send(server, kernel_id, comm_id, value(number))).status == 202
        done = await send(server, kernel_id, comm_id, value(0), "?wait=processed")
        assert set(done.body) == {"msg_id", "seconds"}
        expected = [number for number in range(1, 101) if number != 13]
        assert eval(await page.run("print(moves)")) == [*expected, 0]  # noqa: S307 - ints


async def test_several_moves_in_one_request_arrive_all_and_in_order(
    server: Server, kernel_id: str
) -> None:
    async with Page(server, kernel_id) as page:
        comm_id = await slider_on(page)
        for first in (20, 60):
            moves = [value(number) for number in range(first, first + 40)]
            sent = await send(server, kernel_id, comm_id, moves)
            assert (sent.status, len(set(sent.body["msg_ids"]))) == (202, 40)
        done = await send(server, kernel_id, comm_id, value(0), "?wait=processed")
        assert done.status == 200
        expected = list(range(20, 100))
        assert eval(await page.run("print(moves)")) == [*expected, 0]  # noqa: S307 - ints


async def test_buffers_go_there_and_back(server: Server, kernel_id: str) -> None:
    async with Page(server, kernel_id) as page:
        await page.kernel_info()
        await page.run(ECHO)
        opened = await server.ask(
            "POST", f"/api/kernels/{kernel_id}/comms", {"target_name": "echo"}
        )
        body = {"data": {"ü": 1}, "buffers": [base64.b64encode(bytes(range(256))).decode(), ""]}
        answer = await send(server, kernel_id, opened.body["comm_id"], body, "?wait=reply")
        (message,) = answer.body["comm_messages"]
        assert message["data"] == {"echo": {"ü": 1}}
        assert [each.get("data", "") for each in message["buffers"]] == body["buffers"]


async def test_a_busy_kernel_is_said_and_what_was_sent_stands(
    server: Server, kernel_id: str, hold: Hold
) -> None:
    async with Page(server, kernel_id) as page:
        comm_id = await slider_on(page)
        cell = await busy_with(page, hold.waits)
        # Answered though the cell does not end.
        none = await send(server, kernel_id, comm_id, value(1))
        assert none.status == 202
        queued = none.body["queued_behind"]
        assert (queued["msg_id"], queued["msg_type"]) == (cell, "execute_request")
        assert queued["seconds"] >= 0
        late = await send(server, kernel_id, comm_id, value(2), "?wait=processed&timeout=0.2")
        assert (late.status, late.body["reason"]) == (504, "UnansweredError")
        assert late.body["msg_id"]
        before = await sent(server, kernel_id, comm_id)
        waiting = asyncio.create_task(
            send(server, kernel_id, comm_id, value(3), "?wait=reply&timeout=60")
        )
        await eventually(sent_more_than(before, server, kernel_id, comm_id))
        assert not waiting.done()
        hold.release()
        reply = await waiting
        assert reply.body["seconds"] > 0
        assert reply.body["comm_messages"][0]["data"]["state"] == {"value": 3}
        assert (await page.run("print(moves)")).strip() == "[1, 2, 3]"


async def test_a_kernel_that_awaits_something_answers_meanwhile(
    server: Server, kernel_id: str
) -> None:
    """ipykernel 7.4 says neither busy nor idle about such a message."""
    async with Page(server, kernel_id) as page:
        comm_id = await slider_on(page)
        cell = await busy_with(page, "import asyncio; await asyncio.sleep(3)")
        answer = await send(server, kernel_id, comm_id, value(5), "?wait=reply&timeout=30")
        assert answer.body["streams"] == [{"name": "stdout", "text": "moved to 5\n"}]
        await page.ended(cell)


async def test_what_causes_nothing_during_a_cell_that_awaits_is_known_to_be_done_after_it(
    server: Server, kernel_id: str, hold: Hold
) -> None:
    """No message says it earlier. Even ipykernel's control channel does not say it."""
    async with Page(server, kernel_id) as page:
        await page.kernel_info()
        await page.run(QUIET)
        path = f"/api/kernels/{kernel_id}/comms"
        opened = await server.ask("POST", path, {"target_name": "quiet"})
        code = f"import asyncio\nwhile {hold.held}: await asyncio.sleep(0.01)\nprint(got)"
        cell = await busy_with(page, code)
        comm_id, body = opened.body["comm_id"], {"data": {"move": 1}}
        early = await send(server, kernel_id, comm_id, body, "?wait=processed&timeout=0.2")
        assert (early.status, early.body["queued_behind"]["msg_id"]) == (504, cell)
        assert "awaits something" in early.body["message"]
        waiting = asyncio.create_task(
            send(server, kernel_id, comm_id, body, "?wait=processed&timeout=60")
        )
        await eventually(sent_more_than(1, server, kernel_id, comm_id))
        hold.release()
        late = await waiting
        assert late.status == 200
        # Both were handled before the cell was over, or the kernel is an older one.
        assert eval(await page.run("print(got)")) == [1, 1]  # noqa: S307 - ints


async def test_who_waits_for_a_kernel_that_is_restarted_hears_so(
    server: Server, kernel_id: str
) -> None:
    async with Page(server, kernel_id) as page:
        comm_id = await slider_on(page)
        await busy_with(page, "import time; time.sleep(60)")
        before = await sent(server, kernel_id, comm_id)
        waiting = asyncio.create_task(
            send(server, kernel_id, comm_id, value(1), "?wait=processed&timeout=60")
        )
        await eventually(sent_more_than(before, server, kernel_id, comm_id))
        restarted = await server.ask("POST", f"/api/kernels/{kernel_id}/restart")
        assert restarted.status == 200
        answer = await asyncio.wait_for(waiting, 20)
        assert (answer.status, answer.body["reason"]) == (503, "KernelUnavailableError")
        gone = await send(server, kernel_id, comm_id, value(1))
        assert (gone.status, gone.body["closed"]["by"]) == (410, "kernel")


async def test_what_nobody_can_read_never_reaches_the_kernel(
    server: Server, kernel_id: str
) -> None:
    async with Page(server, kernel_id) as page:
        comm_id = await slider_on(page)
        before = (await server.comms(kernel_id))[comm_id]["messages"]
        paths = {"method": "update", "state": {"value": 1}, "buffer_paths": [["x"]]}
        for body, field in [
            ({"data": 1}, "data"),
            ({"data": {}, "buffers": ["?"]}, "buffers[0]"),
            ({"data": paths}, "buffers"),
            ({"data": {"x": float("nan")}}, ""),
            ({"data": {}, "more": 1}, "more"),
        ]:
            answer = await send(server, kernel_id, comm_id, body)
            assert (answer.status, answer.body["field"]) == (400, field)
        large = await send(server, kernel_id, comm_id, {"data": {"x": "y" * 11_000_000}})
        assert large.status == 413
        assert "websocket_max_message_size" in large.body["setting"]
        assert (await server.comms(kernel_id))[comm_id]["messages"] == before
        assert (await page.run("print(moves)")).strip() == "[]"
