"""A cell inside ``with out:`` of a page that stays, drops or reloads."""

from __future__ import annotations

from typing import Any

from jupyter_comm_broker.core.limits import Limits
from jupyter_comm_broker.core.policy import Policy
from jupyter_comm_broker.protocol.json_text import loads
from jupyter_comm_broker.protocol.message import Message

from .page import Page
from .room import Room

OUT = {"_model_name": "OutputModel", "msg_id": "", "outputs": []}


def text(text: str) -> dict[str, Any]:
    return {"output_type": "stream", "name": "stdout", "text": text}


class Capturing:
    """A cell of page ``a`` inside ``with out:``."""

    def __init__(
        self, *widgets: str, limits: Limits | None = None, policy: Policy | None = None
    ) -> None:
        self.room = Room(limits=limits, policy=policy)
        self.page = self.room.page("a")
        for widget in widgets or ("out",):
            self.room.kernel.opens(widget, OUT)
        self.cell = self.page.executes()
        self.room.kernel.busy(self.cell)
        self.enters(*widgets or ("out",))

    def enters(self, *widgets: str) -> None:
        for widget in widgets:
            self.room.kernel.updates(widget, {"msg_id": self.cell.header.msg_id}, self.cell)

    def leaves(self, widget: str = "out") -> None:
        self.room.kernel.updates(widget, {"msg_id": ""}, self.cell)

    def publishes(self, msg_type: str, content: Any) -> None:
        self.room.kernel.publishes(msg_type, content, self.cell)

    def shows(self, picture: str) -> None:
        self.publishes("display_data", {"data": {"image/png": picture}, "metadata": {}})

    def clears(self, *, wait: bool) -> None:
        self.publishes("clear_output", {"wait": wait})

    def prints(self, line: str) -> None:
        self.room.kernel.prints(line, self.cell)

    def ends(self) -> list[Message]:
        self.room.kernel.replies(self.cell, {"status": "ok"})
        self.room.kernel.idle(self.cell)
        return self.room.for_kernel()

    def reloads(self) -> Page:
        self.page.detach()
        self.room.for_kernel()
        page = self.room.page("b")
        page.restores()
        return page

    def handed(self) -> list[Any]:
        """Return the outputs that the broker has given the kernel."""
        ours = self.room.broker._parts.author.wrote
        data = [
            loads(message.comm.data)
            for message in self.room.for_kernel()
            if message.header.msg_type == "comm_msg" and ours(message.header.session)
        ]
        return [each["state"]["outputs"] for each in data if each["method"] == "update"]

    def syncs(self, page: Page, outputs: Any, widget: str = "out", *, echo: bool = True) -> None:
        """Let a page give the kernel what it collected, and the kernel take it."""
        update = page.updates(widget, {"outputs": outputs})
        self.room.for_kernel()
        self.room.kernel.busy(update)
        if echo:
            self.room.kernel.echoes(widget, {"outputs": outputs}, update)
        self.room.kernel.idle(update)

    def holds(self, widget: str = "out") -> bool:
        """Return whether the broker still keeps a list beside the widget's state."""
        return self.room.broker._parts.capture._captures.get(widget) is not None

    def is_balanced(self) -> bool:
        """Return whether the budget counts only the states."""
        registry = self.room.broker._parts.comms.registry
        sizes = [each.state.size for each in registry if each.state is not None]
        return self.room.broker._parts.comms.mirror.budget.bytes == sum(sizes)

    def mirrored(self, widget: str = "out") -> Any:
        return self.room.mirrored(widget)["outputs"]
