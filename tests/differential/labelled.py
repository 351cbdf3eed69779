"""A page whose requests have labels in place of ids, so that two servers can be compared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from jupyter_comm_broker.testing.page import Page
from jupyter_comm_broker.testing.server import Server
from jupyter_comm_broker.testing.widgets import CONTROL, WIDGET


@dataclass(frozen=True, slots=True)
class Label:
    """A request, by what asked for it: the same on both servers."""

    step: int
    page: str
    msg_type: str
    number: int
    asks: bool
    """Whether it only asks what there is, as every page does when it comes."""

    def __str__(self) -> str:
        return f"{self.msg_type} {self.number} of {self.page} in step {self.step}"


class Labels(dict[str, Label]):
    """The requests of one play, by ``msg_id``."""

    def __init__(self) -> None:
        super().__init__()
        self.step = 0
        """The step that is played."""

    def note(self, msg_id: str, page: str, msg_type: str, asks: bool) -> None:
        """Note what a message is sent for."""
        same = (self.step, page, msg_type, asks)
        number = sum((e.step, e.page, e.msg_type, e.asks) == same for e in self.values())
        self[msg_id] = Label(self.step, page, msg_type, number, asks)


class Labelled(Page):
    """A page that notes what it sends a request for."""

    def __init__(self, server: Server, kernel_id: str, name: str, labels: Labels) -> None:
        super().__init__(server, kernel_id, targets=(WIDGET, "hand", "served"))
        self.name = name
        self._labels = labels
        self.controls: set[str] = set()
        """The comms that it asked for states on."""

    async def send(self, msg_type: str, content: dict[str, Any], **how: Any) -> str:
        """Send, and note what it was sent for."""
        how.setdefault("msg_id", f"{self.session_id}-{len(self._labels)}")
        self._labels.note(how["msg_id"], self.name, msg_type, self._asks(msg_type, content))
        return await super().send(msg_type, content, **how)

    def _asks(self, msg_type: str, content: dict[str, Any]) -> bool:
        if content.get("target_name") == CONTROL:
            self.controls.add(content["comm_id"])
        data = content.get("data")
        asks_state = isinstance(data, dict) and data.get("method") == "request_state"
        asking = ("kernel_info_request", "comm_info_request")
        return asks_state or msg_type in asking or content.get("comm_id") in self.controls

    def was_told_gone(self, asked: str) -> bool:
        """Whether it was told that the comm is gone to which it sent something."""
        return any(message.type == "comm_close" for message in self.of(asked))

    def captured(self, asked: str) -> dict[str, list[dict[str, Any]]]:
        """
        Return by Output widget what is in it after a cell of this page.

        A real page takes it in and tells the kernel bit by bit; this one does when all is over.
        """
        found: dict[str, list[dict[str, Any]]] = {}
        into = ""
        for message in self.of(asked):
            if message.method == "update" and "msg_id" in message.state:
                into = message.comm_id if message.state["msg_id"] == asked else ""
            elif into and message.type == "clear_output":
                found[into] = []
            elif into and message.type in ("stream", "display_data"):
                outputs = found.setdefault(into, [*self.widgets[into]["outputs"]])
                _add(outputs, {"output_type": message.type, **message.content})
        return found


def _add(outputs: list[dict[str, Any]], output: dict[str, Any]) -> None:
    """Add an output as a page does. Consecutive texts of a stream become one."""
    output.pop("transient", None)
    last = outputs[-1] if outputs else {}
    if output.get("name") and last.get("name") == output["name"]:
        outputs[-1] = {**last, "text": last["text"] + output["text"]}
    else:
        outputs.append(output)
