"""For made-up requests: a kernel that soon opens its comms again, whatever closes them."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from types import TracebackType

from jupyter_comm_broker.testing.page import Page
from jupyter_comm_broker.testing.server import Server

WIDGETS = ("tended-slider", "tended-image", "tended-upload", "tended-password")
COMMS = ("tended-echo", "tended-silent", "tended-failing")
TARGETS = ("echo", "silent", "failing", "refusing")
"""What the kernel knows, and what a comm of it does with a message, or with being opened."""

INTERVAL = 0.2

MADE = """
import ipywidgets as widgets
from comm import create_comm
from comm.base_comm import BaseComm
manager = get_ipython().kernel.comm_manager
def serves(comm, does):
    comm.on_msg(does)
def echoes(comm):
    serves(comm, lambda m: comm.send({"echo": m["content"]["data"]}, buffers=m["buffers"]))
def fails(comm):
    serves(comm, lambda m: 1 / 0)
def refuses(comm):
    raise ValueError("not today")
silent = lambda comm: None
does = {"echo": echoes, "silent": silent, "failing": fails, "refusing": refuses}
for name, it in does.items():
    manager.register_target(name, lambda comm, message, it=it: it(comm))
kinds = {
    "tended-slider": lambda i: widgets.IntSlider(7, model_id=i),
    "tended-image": lambda i: widgets.Image(value=bytes(range(256)), format="png", model_id=i),
    "tended-upload": lambda i: widgets.FileUpload(model_id=i),
    "tended-password": lambda i: widgets.Password(value="hunter2", model_id=i),
}
def tend():
    for comm_id, make in kinds.items():
        if manager.comms.get(comm_id) is None:
            make(comm_id)
    for name, it in does.items():
        comm_id = f"tended-{name}"
        if name != "refusing" and manager.comms.get(comm_id) is None:
            it(create_comm(target_name=name, comm_id=comm_id))
tend()
"""


class Tended:
    """Keeps the comms of a kernel open, inside a ``with`` block."""

    def __init__(self, server: Server, kernel_id: str) -> None:
        self._server = server
        self._kernel_id = kernel_id
        self._page = Page(server, kernel_id, targets=("jupyter.widget", *TARGETS))
        self._tending: asyncio.Task[None] | None = None
        self.restored = 0
        """How often some of them had to be opened again."""

    async def __aenter__(self) -> Tended:
        await self._page.open()
        await self._page.kernel_info()
        await self._page.run(MADE)
        self._tending = asyncio.create_task(self._tend())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        assert self._tending is not None
        failed = self._tending.done()
        self._tending.cancel()
        with suppress(asyncio.CancelledError):
            await self._tending
        await self._page.close()
        assert not failed, "nobody tended the kernel's comms any longer"

    async def _tend(self) -> None:
        while True:
            await asyncio.sleep(INTERVAL)
            listed = await self._server.comms(self._kernel_id)
            if not {*WIDGETS, *COMMS} <= set(listed):
                self.restored += 1
                await self._page.run("tend()")
            self._page.received.clear()
