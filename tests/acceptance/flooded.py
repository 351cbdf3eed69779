"""A server with small limits, and cells in which a kernel floods it with one type of message."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from jupyter_comm_broker.protocol.alias import alias
from jupyter_comm_broker.testing.frontend import Frontend
from jupyter_comm_broker.testing.message import Message
from jupyter_comm_broker.testing.page import Page
from jupyter_comm_broker.testing.server import Server, Subject

MEBI = 1024 * 1024
LONG = bool(os.environ.get("JCB_LONG"))

HIGH, CAP, BACKLOG, ABSENT, STATE = MEBI // 4, 32 * MEBI, 8 * MEBI, MEBI, MEBI
IN_FLIGHT = MEBI // 2
FRAME = 4 * MEBI
"""The largest frame that a page may send."""

OPTIONS = (
    # Low, so that also on a slow machine a flood of output is over it.
    "--ZMQChannelsWebsocketConnection.iopub_msg_rate_limit=300",
    f"--CommBroker.outbox_high_bytes={HIGH}",
    f"--CommBroker.outbox_cap_bytes={CAP}",
    f"--CommBroker.backlog_bytes={BACKLOG}",
    f"--CommBroker.absent_bytes={ABSENT}",
    f"--CommBroker.comm_state_bytes={STATE}",
    f"--CommBroker.in_flight_bytes={IN_FLIGHT}",
)
CONFIG = f"c.ServerApp.tornado_settings = {{'websocket_max_message_size': {FRAME}}}"

ANSWERED = 6.0
"""
Seconds within which a flooded server answers REST, also on a machine that others use as well.

On an idle one it is 0.1 s; stock servers that hang take as long as the flood or for ever.
"""

KERNEL = """
import time
from pathlib import Path
import ipywidgets as widgets
from IPython import get_ipython
kernel = get_ipython().kernel
slider, label, gone = widgets.IntSlider(max=100_000), widgets.Label(), widgets.Label()

def flood(kind, contents):
    parent = kernel.get_parent('shell')
    for number, content in enumerate(contents):
        if number % 100 == 99:
            slider.send({'mark': number})
            while int(seen.read_text() or 0) < number - 300:
                time.sleep(0.002)
        kernel.session.send(kernel.iopub_socket, kind, content, parent, ident=kind.encode())
"""
"""
Publishes whatever it is told to, as a kernel's own code and any library in it can.

Some hundred messages ahead of the page that reads, and no more: how fast that is depends on
the machine, and it must not be cut off.
"""

LAST = "\nslider.value = 4711\nlabel.value = 'last'\ngone.close()"
"""What a page must have got when the flood is over."""


def small_server(folder: Path, subject: Subject) -> Iterator[Server]:
    """A server with small limits."""
    with Server(folder, subject, options=OPTIONS, config=CONFIG) as running:
        yield running


async def prepare(page: Page) -> dict[str, str]:
    """Let the kernel make its three widgets. Returns the ids of their comms by name."""
    await page.kernel_info()
    names = ("slider", "label", "gone")
    told = ", ".join(f"{name!r}: {name}.comm.comm_id" for name in names)
    seen = f"seen = Path({str(_seen(page))!r})"
    said = await page.run(f"{KERNEL}\n{seen}\nimport json\nprint(json.dumps({{{told}}}))")
    ids: dict[str, str] = json.loads(said)
    return ids


def shows_the_last(page: Page, ids: dict[str, str]) -> bool:
    """Return whether a page shows the kernel's last values, and knows which widget is closed."""
    models = page.widgets.models
    return (
        models[ids["slider"]].state["value"] == 4711
        and models[ids["label"]].state["value"] == "last"
        and not models[ids["gone"]].live
    )


async def told_of(server: Server, kernel_id: str, session_id: str) -> dict[str, Any]:
    """Return the self-check's entry of one page."""
    frontends = (await server.link(kernel_id))["frontends"]
    found: dict[str, Any] = next(f for f in frontends if f["session_id"] == alias(session_id))
    return found


@asynccontextmanager
async def followed_by(page: Page) -> AsyncIterator[None]:
    """Tell the kernel how much of a flood a page has read."""
    _seen(page).write_text("0")
    following = asyncio.create_task(_follow(page))
    try:
        yield
    finally:
        following.cancel()
        with suppress(asyncio.CancelledError):
            await following
        # If the test failed, the flood must end, or the next test gets no answer from the kernel.
        _seen(page).write_text(str(sys.maxsize))


def _seen(page: Page) -> Path:
    assert isinstance(page.server, Server)
    return page.server.folder / "root" / "seen"


async def _follow(page: Page) -> None:
    looked_at, note = len(page.received), _seen(page).write_text
    while True:
        await asyncio.sleep(0.005)
        news = page.received[looked_at:]
        looked_at += len(news)
        if marks := [m.data["content"]["mark"] for m in news if is_mark(m)]:
            note(str(marks[-1]))


def is_mark(message: Message) -> bool:
    """Return whether a message only says how far a flood has come."""
    return message.method == "custom" and "mark" in message.data["content"]


async def eventually(is_so: Callable[[], Awaitable[bool]], within: float = 30.0) -> None:
    """Wait until a condition that must be asked for is true."""
    loop = asyncio.get_running_loop()
    end = loop.time() + within
    while not await is_so():
        assert loop.time() < end, f"not so within {within} s"
        await asyncio.sleep(0.05)


async def cut_off(server: Server, kernel_id: str, slow: Frontend) -> tuple[int | None, str]:
    """
    Wait until the server gives a frontend up, and let it read the code and the reason.

    At once: five seconds later tornado ends the socket without a word.
    """

    async def is_given_up() -> bool:
        return not (await told_of(server, kernel_id, slow.session_id))["attached"]

    await eventually(is_given_up)
    slow.resume()
    return await slow.disconnected(20), slow.closed_because
