"""
Plays a page reload during a long cell, with the broker and without, and compares.

A protocol client takes the place of the person. It runs the notebook's cells, and leaves
while the last one runs. It comes back as a new page, and asks for the widgets as
JupyterLab's widget manager does.
"""

import asyncio
import json
import signal
import sys
import time
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tornado.httpclient import HTTPError

from demo.page import Message, Page
from demo.server import DemoError, Server, running_server

NOTEBOOK = Path(__file__).with_name("live_widgets.ipynb")

CELL_SECONDS = 10
"""Seconds of the last cell here: longer than a page waits, and shorter than for a person."""

CONTROL_PROTOCOL = "1.0.0"
"""The version of the widgets' control protocol. A kernel refuses a comm without one."""

DONE = "Done. Now move the slider."
"""What the last cell prints at its end."""

LIMIT = 120.0
"""Seconds after which a play counts as hung."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What the page that came back saw."""

    seconds: float
    """The seconds from the reload to the widgets."""

    models: dict[str, dict[str, Any]]
    """The states by model name. If several widgets have a name, it is the last one's."""

    widgets: int
    """How many models came back."""

    busy: bool
    """Whether the cell still ran when the widgets came back."""

    moved: bool
    """Whether the bar then moved on the new page."""

    printed: str
    """What the page shows of the cell's text at its end."""


def cells() -> list[str]:
    """Return the code of the notebook's cells. The last one runs for ``CELL_SECONDS``."""
    code = []
    for cell in json.loads(NOTEBOOK.read_text())["cells"]:
        if cell["cell_type"] == "code":
            code.append("".join(cell["source"]))
            if "parameters" in cell["metadata"].get("tags", []):
                code.append(f"seconds = {CELL_SECONDS}")
    return code


def moves_bar(message: Message) -> bool:
    """Return whether a message moves the progress bar."""
    return message.header["msg_type"] == "comm_msg" and "value" in message.content["data"].get(
        "state", {}
    )


async def leave_during_last_cell(server: Server, kernel_id: str) -> str:
    """Run the notebook as the first page, and leave when the bar moves. Returns the ``msg_id``."""
    *setup, last = cells()
    async with Page(server, kernel_id) as page:
        for code in setup:
            await page.run(code)
        running = await page.execute(last)
        while not moves_bar(message := await page.receive()):
            if message.ends(running):
                raise DemoError("the last cell ended before the bar moved")
    return running


async def come_back(server: Server, kernel_id: str, running: str) -> Restored:
    """
    Be the page after the reload, until its widgets are there and have moved.

    Args:
        server: the server.
        kernel_id: the kernel.
        running: the ``msg_id`` of the request that runs the last cell.

    Returns:
        What the page saw.

    Raises:
        DemoError: the request for the widgets was refused.
    """
    begin = time.monotonic()
    busy = True
    comm_id = uuid.uuid4().hex
    async with Page(server, kernel_id) as page:
        await page.send("kernel_info_request", {})
        await page.send(
            "comm_open",
            {"comm_id": comm_id, "target_name": "jupyter.widget.control", "data": {}},
            metadata={"version": CONTROL_PROTOCOL},
        )
        await page.send("comm_msg", {"comm_id": comm_id, "data": {"method": "request_states"}})
        while True:
            message = await page.receive()
            busy = busy and not message.ends(running)
            if message.content.get("comm_id") == comm_id:
                break
        seconds = time.monotonic() - begin
        data = message.content["data"]
        if data.get("method") != "update_states":
            raise DemoError(f"the request for the widgets was answered with {message.content}")
        moved, printed = False, ""
        if busy:
            await page.attach(running)
            while not (message := await page.receive()).ends(running):
                moved = moved or moves_bar(message)
                if message.parent_id == running:
                    printed += message.content.get("text", "")
    states = data["states"].values()
    return Restored(
        seconds=seconds,
        models={state["model_name"]: state["state"] for state in states},
        widgets=len(states),
        busy=busy,
        moved=moved,
        printed=printed,
    )


async def play(*, broker: bool) -> Restored:
    """Play the reload on a server of its own."""
    async with running_server(broker=broker) as server:
        kernel_id = (await server.fetch("POST", "/api/kernels"))["id"]
        running = await leave_during_last_cell(server, kernel_id)
        restored = await come_back(server, kernel_id, running)
        await server.fetch("DELETE", f"/api/kernels/{kernel_id}")
        return restored


def faults(restored: Restored) -> list[str]:
    """Return a sentence for each fault in what the broker gave back."""
    found = []
    if not restored.busy:
        found.append("the widgets came back only after the cell had ended")
    elif not restored.moved:
        found.append("the bar stood still on the new page")
    if restored.printed.splitlines() != [*(f"{step} %" for step in range(0, 101, 10)), DONE]:
        found.append(f"the cell shows {restored.printed!r}")
    missing = {"IntProgressModel", "IntSliderModel", "HTMLModel"} - restored.models.keys()
    if missing:
        found.append(f"these did not come back: {', '.join(sorted(missing))}")
    elif not restored.models["IntProgressModel"].get("value"):
        found.append("the bar came back at its start")
    return found


async def main() -> int:
    """Play both, and print what was seen. Returns the exit code."""
    # A signal unwinds the stack, so that the servers are stopped.
    if task := asyncio.current_task():
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    print(f"Playing a page reload during a cell of {CELL_SECONDS} s, with the broker ...")
    ours = await asyncio.wait_for(play(broker=True), LIMIT)
    wrong = faults(ours)
    when = "while the kernel was busy" if ours.busy else "when the cell had ended"
    print(f"broker: {ours.widgets} widgets restored in {ours.seconds * 1000:.0f} ms {when}")
    print(f"broker: the cell shows its {len(ours.printed.splitlines())} lines, each once")
    print("... and without it, as jupyter_server is on its own.")
    stock = await asyncio.wait_for(play(broker=False), LIMIT)
    if stock.busy:
        print(f"stock: answered after {stock.seconds:.1f} s, during the cell")
        wrong.append("the server without the broker did not wait: there is nothing to compare to")
    else:
        print(f"stock: waited {stock.seconds:.1f} s, until the cell ended")
    for fault in wrong:
        print(f"WRONG: {fault}")
    return 1 if wrong else 0


if __name__ == "__main__":
    try:
        sys.exit(asyncio.run(main()))
    except (DemoError, HTTPError, OSError) as error:
        print(f"the demonstration failed: {error}", file=sys.stderr)
    except (KeyboardInterrupt, asyncio.CancelledError):
        print("stopped", file=sys.stderr)
    except asyncio.TimeoutError:
        print(f"the demonstration hung for {LIMIT:.0f} s", file=sys.stderr)
    sys.exit(1)
