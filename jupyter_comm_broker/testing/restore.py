"""
What JupyterLab's widget manager does when a page loads or reconnects (fact 1.2).

The page first asks on the control comm. If no answer comes within four seconds, it sends a
``comm_info_request``, and then a ``request_state`` for each comm. JupyterLab sets no time limit for
these. Here they have one.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Protocol

from jupyter_comm_broker.testing.message import Message
from jupyter_comm_broker.testing.widgets import CONTROL, WIDGET, Model, Widgets, whole_state

CONTROL_TIMEOUT = 4.0
"""Seconds: the CONTROL_COMM_TIMEOUT of ipywidgets."""

KERNEL_INFO_TIMEOUT = 3.0
"""Seconds that a page holds back its first messages for the ``kernel_info``."""


@dataclass(frozen=True, slots=True)
class Restored:
    """How a restore went."""

    by: str
    """``control`` (all states at once) or ``fallback`` (comm by comm, slower)."""
    seconds: float
    """How many seconds it took."""
    models: int
    """How many widgets the page has."""


class Page(Protocol):
    """The page that is restored: :class:`jupyter_comm_broker.testing.page.Page`."""

    received: list[Message]
    widgets: Widgets

    async def send(
        self, msg_type: str, content: dict[str, Any], *, metadata: dict[str, Any] | None = None
    ) -> str:
        """
        Send a message: see :meth:`Frontend.send`. Returns its ``msg_id``.

        Args:
            msg_type: its type.
            content: its content.
            metadata: its metadata; ``None`` for none.
        """

    async def until(
        self, wanted: Callable[[Message], bool], within: float = 30.0, since: int = 0
    ) -> Message:
        """
        Wait for a message that is wanted, and return it: see :meth:`Frontend.until`.

        Args:
            wanted: says whether a message is the one.
            within: seconds to wait.
            since: the place in :attr:`received` from which on messages count.
        """

    async def ended(self, msg_id: str, within: float = 30.0) -> Message:
        """Wait until the kernel is done with a request. Returns the reply."""


async def arrive(page: Page, within: float = 60.0) -> Restored:
    """Do what a page does when it loads: ask for ``kernel_info``, then restore."""
    msg_id = await page.send("kernel_info_request", {})
    with suppress(TimeoutError):  # a page goes on without it
        await page.ended(msg_id, KERNEL_INFO_TIMEOUT)
    return await restore(page, within)


async def restore(page: Page, within: float = 60.0) -> Restored:
    """Restore the page's models. The fallback takes at most ``within`` seconds."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    if await by_control(page):
        return Restored("control", loop.time() - began, len(page.widgets.models))
    await by_fallback(page, within)
    return Restored("fallback", loop.time() - began, len(page.widgets.models))


async def by_control(page: Page, within: float = CONTROL_TIMEOUT) -> bool:
    """Ask for all states over a control comm. Returns whether an answer came in time."""
    comm_id = page.widgets.control = uuid.uuid4().hex
    since = len(page.received)
    opening = {"comm_id": comm_id, "target_name": CONTROL, "data": {}}
    await page.send("comm_open", opening, metadata={"version": "1.0.0"})
    asking = {"comm_id": comm_id, "data": {"method": "request_states"}}
    await page.send("comm_msg", asking)
    try:
        answer = await page.until(
            lambda m: (
                m.comm_id == comm_id and (m.type == "comm_close" or m.method == "update_states")
            ),
            within,
            since,
        )
    except TimeoutError:
        page.widgets.control = ""
        return False
    if answer.type == "comm_close":
        return False
    await page.send("comm_close", {"comm_id": comm_id, "data": {}})
    return True


async def by_fallback(page: Page, within: float) -> None:
    """Ask which comms there are, and then for the state of each."""
    asked = await page.send("comm_info_request", {"target_name": WIDGET})
    reply = await page.ended(asked, within)
    missing = [i for i in reply.content["comms"] if i not in page.widgets.models]
    await asyncio.gather(*(request_state(page, comm_id, within) for comm_id in missing))


async def request_state(page: Page, comm_id: str, within: float) -> None:
    """
    Ask for the state of one comm, and put the answer into the page's models.

    Args:
        page: the page.
        comm_id: the comm.
        within: seconds to wait for the answer.

    Raises:
        TimeoutError: no answer came in time.
    """
    content = {"comm_id": comm_id, "data": {"method": "request_state"}}
    msg_id = await page.send("comm_msg", content)
    answer = await page.until(lambda m: m.parent_id == msg_id and m.method == "update", within)
    page.widgets.models[comm_id] = Model(comm_id, whole_state(answer))
