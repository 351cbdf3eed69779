"""The usage examples of the specification of Comm, and cells of a kernel to run them against."""

from __future__ import annotations

import asyncio
import contextlib
import io
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, TypeVar

from jupyter_client.asynchronous.client import AsyncKernelClient

T = TypeVar("T")

IN_KERNEL = """
from ipykernel.comm import Comm
comm_manager = get_ipython().kernel.comm_manager
"""
"""What the examples begin with in a kernel; elsewhere Comm and comm_manager are ours."""

BASIC = """
comm = Comm(target_name='my_widget')
comm.send({
    'action': 'update',
    'value': 42,
    'timestamp': '2023-01-01T00:00:00Z'
})

def handle_message(msg):
    data = msg['content']['data']
    print(f"Received: {data}")
    comm.send({
        'action': 'echo',
        'original': data
    })

comm.on_msg(handle_message)
"""

BASIC_END = "comm.close({'action': 'cleanup'})"

TARGET = """
def handle_widget_comm(comm, open_msg):
    print(f"New comm opened: {comm.comm_id}")

    def on_widget_msg(msg):
        data = msg['content']['data']
        if data.get('action') == 'get_state':
            comm.send({
                'action': 'state',
                'state': {'value': 100, 'enabled': True}
            })
        elif data.get('action') == 'set_value':
            new_value = data.get('value', 0)
            print(f"Widget value updated to: {new_value}")
            comm.send({
                'action': 'value_updated',
                'value': new_value
            })

    comm.on_msg(on_widget_msg)
    comm.send({
        'action': 'initialized',
        'widget_id': comm.comm_id
    })

comm_manager.register_target('my_widget', handle_widget_comm)
"""

SLIDER = """
import threading
import time

class SimpleSlider:
    def __init__(self, min_val=0, max_val=100, initial_val=50):
        self.min_val = min_val
        self.max_val = max_val
        self.value = initial_val
        self.observers = []
        self.comm = Comm(target_name='simple_slider')
        self.comm.on_msg(self._handle_frontend_msg)
        self.comm.send({
            'action': 'create',
            'config': {
                'min': self.min_val,
                'max': self.max_val,
                'value': self.value
            }
        })

    def _handle_frontend_msg(self, msg):
        data = msg['content']['data']
        if data.get('action') == 'value_change':
            new_value = data.get('value')
            if self.min_val <= new_value <= self.max_val:
                old_value = self.value
                self.value = new_value
                for callback in self.observers:
                    callback(old_value, new_value)

    def observe(self, callback):
        self.observers.append(callback)

    def set_value(self, value):
        if self.min_val <= value <= self.max_val:
            self.value = value
            self.comm.send({
                'action': 'update_value',
                'value': value
            })

slider = SimpleSlider(0, 255, 128)

def on_value_change(old_val, new_val):
    print(f"Slider changed from {old_val} to {new_val}")

slider.observe(on_value_change)
"""

CLEANUP = """
active_comms = list(comm_manager.comms.keys())
print(f"Active comms: {active_comms}")

comm_id = active_comms[0] if active_comms else None
if comm_id:
    comm = comm_manager.get_comm(comm_id)
    print(f"Comm target: {comm.target_name}")

for comm_id, comm in list(comm_manager.comms.items()):
    comm.close({'action': 'shutdown'})

comm_manager.unregister_target('my_widget', handle_widget_comm)
"""

HEARD = """
heard, ended, other = [], [], None
def serve(comm, msg):
    global other
    other = comm
    comm.on_msg(lambda msg: heard.append(msg["content"]["data"]))
    comm.on_close(lambda msg: ended.append(msg["content"]["data"]))
get_ipython().kernel.comm_manager.register_target({target!r}, serve)
"""
"""A kernel as the other end: it notes what it hears on comms that are opened to a target."""


def ran(code: str, names: dict[str, Any]) -> str:
    """Run an example in this process with ``names``. Returns what it printed."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(code, names)  # noqa: S102 - the examples above
    return printed.getvalue()


class Cells:
    """Runs code in a kernel, without the server and the broker."""

    def __init__(self, client: AsyncKernelClient) -> None:
        self._client = client

    async def run(self, code: str) -> str:
        """Run code, and wait for its end. Returns what it printed. Raises its error."""
        printed: list[str] = []

        def note(message: dict[str, Any]) -> None:
            content = message["content"]
            if message["msg_type"] == "stream" and content["name"] == "stdout":
                printed.append(content["text"])

        reply = await self._client.execute_interactive(code, output_hook=note, timeout=30)
        assert reply["content"]["status"] == "ok", reply["content"]
        return "".join(printed)

    async def value(self, expression: str) -> Any:
        """Return the value of an expression in the kernel."""
        return eval(await self.run(f"print(repr({expression}))"))  # noqa: S307 - our own kernel's

    async def becomes(self, expression: str, value: Any, tries: int = 200) -> None:
        """Wait until an expression has a value. The kernel handles comms between cells."""
        found = None
        for _ in range(tries):
            found = await self.value(expression)
            if found == value:
                return
        raise AssertionError(f"{expression} is {found!r}, not {value!r}")


@contextmanager
def on(loop: asyncio.AbstractEventLoop, opened: AbstractAsyncContextManager[T]) -> Iterator[T]:
    """Keep something open on an event loop that runs only at times, as fixtures do."""
    value = loop.run_until_complete(opened.__aenter__())
    try:
        yield value
    finally:
        loop.run_until_complete(opened.__aexit__(None, None, None))


@asynccontextmanager
async def cells(connection_file: Path | str) -> AsyncIterator[Cells]:
    """Connect to a kernel."""
    client = AsyncKernelClient(connection_file=str(connection_file))
    client.load_connection_file()
    # A kernel without a heartbeat yet would count as dead.
    client.start_channels(hb=False)
    try:
        await client.wait_for_ready(timeout=60)
        yield Cells(client)
    finally:
        client.stop_channels()
