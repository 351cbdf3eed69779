"""A batch is followed message by message, and carried out once."""

from __future__ import annotations

from jupyter_comm_broker.protocol.message import Message
from tests.fakes.kernel import ZmqKernel
from tests.fakes.page import Page
from tests.transport.linked import linked


async def test_one_message_that_fails_costs_no_other(kernel: ZmqKernel) -> None:
    async with linked(kernel) as driver:
        page = Page("a")
        driver.attach("a", page)
        good = Message("iopub", kernel.publish("stream", {"name": "stdout", "text": "here"}))
        bad = Message("iopub", [b"no header", b"{}", b"{}", b"{}"])
        listener = driver.link._listener  # type: ignore[attr-defined]
        listener.received([bad, good])
        assert "here" in [m.content.get("text") for m in page.heard if m is good]
