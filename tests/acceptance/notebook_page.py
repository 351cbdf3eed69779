"""A page with a notebook: it shows cells as JupyterLab does, and asks as the plug-in does."""

from __future__ import annotations

import uuid
from typing import Any

from jupyter_comm_broker.testing.message import V1, Message, encode
from jupyter_comm_broker.testing.page import Page
from jupyter_comm_broker.testing.server import Server
from tests.core.runs.asking import ASK
from tests.core.runs.cell import Cell, Notebook

INSIDE = "inside"
"""The beginning of each line that a cell prints inside an Output widget, which its page takes."""


class NotebookPage(Page):
    """
    One page on a kernel.

    Args:
        server: the server.
        kernel_id: the kernel.
    """

    def __init__(self, server: Server, kernel_id: str) -> None:
        super().__init__(server, kernel_id)
        self.notebook = Notebook()
        self._question: Message | None = None

    async def heard(self, message: Message) -> None:
        """Draw a message."""
        await super().heard(message)
        if message.type == "input_request":
            self._question = message
        if message.type != "stream" or not message.content["text"].startswith(INSIDE):
            self.notebook.get(message.channel, message.type, message.parent_id, message.content)

    async def runs(self, code: str, cell_id: str = "cell", **more: Any) -> tuple[str, Cell]:
        """Run a cell. Returns the msg_id and the cell."""
        content = {"code": code, "allow_stdin": True, **more}
        msg_id = await self.send("execute_request", content, metadata={"cellId": cell_id})
        return msg_id, self.notebook.runs(msg_id)

    async def answers(self, value: str) -> None:
        """Answer the latest question."""
        assert self._question is not None
        header = {"msg_id": uuid.uuid4().hex, "msg_type": "input_reply"}
        parent = {"msg_id": self._question.header["msg_id"]}
        parts = [{**header, "session": self.session_id}, parent, {}, {"value": value}]
        await self.write(encode(V1, "stdin", parts, ()))

    async def lists(self) -> list[dict[str, Any]]:
        """Ask which runs there are."""
        reply = await self.ended(await self._asks("runs"))
        runs: list[dict[str, Any]] = reply.content["comm_broker"]["runs"]
        return runs

    async def attaches(self, msg_id: str) -> Cell:
        """Attach a cell to a run."""
        cell = self.notebook.attaches(msg_id)
        await self._asks("attach", msg_id=msg_id)
        return cell

    async def _asks(self, ask: str, **header: Any) -> str:
        metadata = {"comm_broker": {"version": 1, "ask": ask}}
        return await self.send("execute_request", ASK, metadata=metadata, **header)
