"""Messages of no bytes, of as many as a limit allows, and of one more."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Iterator
from contextlib import suppress

import pytest

from jupyter_comm_broker.testing.failures import GoneError
from jupyter_comm_broker.testing.frontend import Frontend
from jupyter_comm_broker.testing.message import V1, encode
from jupyter_comm_broker.testing.page import Page
from jupyter_comm_broker.testing.restore import restore
from jupyter_comm_broker.testing.server import Server

from .conftest import SUBJECT
from .flooded import (
    ANSWERED,
    CAP,
    FRAME,
    STATE,
    eventually,
    prepare,
    shows_the_last,
    small_server,
)
from .hold import Hold
from .watch import Watch

NOTHING = """
for parts in [[b''], [b'', b''], [b'<IDS|MSG>'], [b'x', b'<IDS|MSG>', b''],
              [b'x', b'<IDS|MSG>', b'', b'', b'', b'', b''],
              [b'x', b'<IDS|MSG>', b'', b'{}', b'{}', b'{}', b'{}', b'']]:
    kernel.iopub_socket.send_multipart(parts)
for kind in ('stream', 'display_data', 'comm_open', 'comm_msg', 'comm_close', 'status', ''):
    kernel.session.send(kernel.iopub_socket, kind, {}, kernel.get_parent('shell'), ident=b'')
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with small limits, of this module alone."""
    yield from small_server(tmp_path_factory.mktemp("sizes") / "server", SUBJECT)


@pytest.fixture(scope="module")
def kernel_id(server: Server) -> str:
    """One kernel for all: none of this may harm it for the next."""
    return server.start_kernel()


async def test_messages_and_buffers_of_no_bytes(server: Server, kernel_id: str) -> None:
    async with Page(server, kernel_id) as page:
        ids = await prepare(page)
        await page.run("image = widgets.Image(value=b'some')")
        image = page.widgets.only("ImageModel").comm_id
        await page.run("image.value = b''\nlabel.value = ''")
        assert page.widgets[image]["value"] == b""
        data = {"method": "custom", "content": {}}
        content = {"comm_id": ids["label"], "data": data}
        await page.idle(await page.send("comm_msg", content, buffers=[b"", b""]))
        async with Page(server, kernel_id) as late:
            await restore(late)
            assert late.widgets[image]["value"] == b""
            assert late.widgets[ids["label"]]["value"] == ""


async def test_a_kernels_messages_without_content_harm_nobody(
    server: Server, kernel_id: str, hold: Hold
) -> None:
    before = (await server.link(kernel_id))["counters"].get("malformed_from_kernel", 0)
    async with Page(server, kernel_id) as page, Frontend(server, kernel_id, pace=0):
        ids = await prepare(page)
        # Gone meanwhile: this page, other than a person's, takes all that comes for well-formed.
        await page.execute(f"{hold.waits}\n{NOTHING}")
    hold.release()

    async def all_came() -> bool:
        link = await server.link(kernel_id)
        came = link["counters"].get("malformed_from_kernel", 0) - before
        return bool(came >= 6 and link["execution_state"] == "idle")

    await eventually(all_came)
    async with Page(server, kernel_id) as other:
        await restore(other)
        await other.run("slider.value = 4711; label.value = 'last'; gone.close()")
        await other.shows(lambda: shows_the_last(other, ids))
    assert (await server.link(kernel_id))["counters"].get("faults", 0) == 0


async def test_a_frame_of_the_limit_passes_and_one_more_byte_costs_only_its_own_page(
    server: Server, kernel_id: str
) -> None:
    """Tornado's limit ends the socket with 1009 before anybody sees the frame."""
    async with Page(server, kernel_id) as page, Page(server, kernel_id) as other:
        ids = await prepare(page)
        heard = "label.on_msg(lambda _, content, buffers: print(len(buffers[0])))"
        await page.run(heard)
        content = {"comm_id": ids["label"], "data": {"method": "custom", "content": {}}}
        for over in (0, 1):
            header = {
                "msg_id": f"large {over}",
                "msg_type": "comm_msg",
                "username": "",
                "session": page.session_id,
                "version": "5.3",
            }
            frame = encode(V1, "shell", [header, {}, {}, content], [b""])
            size = FRAME - len(frame) + over
            frame = encode(V1, "shell", [header, {}, {}, content], [bytes(size)])
            assert len(frame) == FRAME + over
            with suppress(GoneError):  # the server need not take the whole frame
                await page.write(frame)
            if not over:
                await page.idle("large 0")
                printed = [m.content["text"] for m in page.of("large 0") if m.type == "stream"]
                assert "".join(printed) == f"{size}\n"
        # Or it hears nothing at all, where the rest of its frame meets a closed socket.
        assert await page.disconnected() in (1009, None)
        assert await other.run("print(1)") == "1\n"
        await page.close()
        await page.open()
        await restore(page)
        await page.widgets.set(ids["slider"], value=7)
        assert await page.run("print(slider.value)") == "7\n"


async def test_a_state_over_its_limit_is_not_kept_and_reaches_every_page(
    server: Server, kernel_id: str
) -> None:
    async with Page(server, kernel_id) as page:
        ids = await prepare(page)
        label, (rest,) = ids["label"], [ids["slider"]]
        before = (await server.link(kernel_id))["state_bytes"]
        async with Watch(server) as watch:
            for turn in range(40):
                await page.run(f"label.value = chr({65 + turn}) * {STATE + 1}")
            await page.run("label.value = 'y' * 2_000_000")
        assert watch.grown < 30
        assert page.widgets[label]["value"] == "y" * 2_000_000
        listed = await server.comms(kernel_id)
        assert listed[label]["knowledge"] == "too_large"
        assert (await server.link(kernel_id))["state_bytes"] <= before
        async with Page(server, kernel_id) as late:
            await restore(late)
            assert rest in late.widgets.models
            await late.shows(lambda: label in late.widgets.models)
            assert late.widgets[label]["value"] == "y" * 2_000_000
            await page.run("label.value = 'small'")
            await late.shows(lambda: late.widgets[label]["value"] == "small")


async def test_one_message_over_the_cap_leaves_every_page_with_the_truth(
    server: Server, kernel_id: str
) -> None:
    async with Page(server, kernel_id) as page:
        ids = await prepare(page)
        code = f"label.send({{}}, buffers=[bytes({CAP + 1})])\nslider.value = 4711\n"
        cell = await page.execute(code + "label.value = 'last'\ngone.close()")
        try:
            await page.idle(cell)
        except GoneError:
            assert page.closed_with == 1013
            await page.close()
            await page.open()
            await restore(page)
        await page.shows(lambda: shows_the_last(page, ids))
        assert await page.run("print(slider.value)") == "4711\n"


async def test_what_waits_for_a_stopped_kernel_is_bounded_in_bytes(
    server: Server, kernel_id: str
) -> None:
    """ZeroMQ's own limit counts messages: 1,000 of any size, before anything is refused."""
    async with Page(server, kernel_id) as page, Page(server, kernel_id) as other:
        ids = await prepare(page)
        pid = int(await page.run("import os; print(os.getpid())"))
        content = {"comm_id": ids["label"], "data": {"method": "custom", "content": {}}}
        os.kill(pid, signal.SIGSTOP)
        try:
            async with Watch(server) as watch:
                for _ in range(60):
                    await page.send("comm_msg", content, buffers=[bytes(3_000_000)])
                refusal = await page.until(lambda m: m.type == "error", 20)
                await page.kernel_info()
                await other.kernel_info(ANSWERED)
        finally:
            os.kill(pid, signal.SIGCONT)
        assert watch.grown < 80, "180 MB were sent"
        assert watch.slowest < ANSWERED
        assert refusal.content["ename"] == "KernelBacklogFull"
        assert "CommBroker.backlog_bytes" in refusal.content["evalue"]

        async def is_taken() -> bool:
            reply = await other.ended(await other.execute("slider.value = 8"), 30)
            await asyncio.sleep(0)
            return bool(reply.content["status"] == "ok")

        await eventually(is_taken)
        await page.shows(lambda: page.widgets[ids["slider"]]["value"] == 8)
