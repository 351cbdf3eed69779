"""
A notebook's cells as JupyterLab keeps them: which message changes what.

Read in JupyterLab 4.6: services/src/kernel/default.ts (which cell gets a message, and which cells
an update of a display reaches) and outputarea/src/widget.ts and model.ts (what it does there).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from jupyter_comm_broker.protocol.message import Message


class Cell:
    """The output of one cell, and how far its run has come."""

    def __init__(self) -> None:
        self.outputs: list[dict[str, Any]] = []
        self._displays: dict[str, list[int]] = {}
        self._clear_next = False
        self.is_drawn = True
        """Whether it draws what comes. A cell that attaches draws nothing before the fence."""
        self.captured = False
        self.asks: str | None = None
        self.reply: dict[str, Any] | None = None
        self.is_idle = False

    @property
    def shown(self) -> list[dict[str, Any]]:
        """The outputs, each text as it is shown."""
        return [
            {**each, "text": _shown(each["text"])} if "text" in each else each
            for each in self.outputs
        ]

    def clear(self) -> None:
        """Start anew."""
        self.outputs, self._displays, self._clear_next = [], {}, False

    def takes(self, msg_type: str, content: dict[str, Any]) -> None:
        """Take a message of iopub."""
        if not self.is_drawn or self.captured:
            return
        if msg_type in ("stream", "display_data", "execute_result", "error"):
            if self._clear_next:
                self.clear()
            self._add(msg_type, content)
            display_id = (content.get("transient") or {}).get("display_id")
            if msg_type == "display_data" and display_id:
                self._displays.setdefault(display_id, []).append(len(self.outputs) - 1)
        elif msg_type == "clear_output":
            if content.get("wait"):
                self._clear_next = True
            else:
                self.clear()
        elif msg_type == "update_display_data":
            for index in self._displays.get(content["transient"]["display_id"], ()):
                self.outputs[index] = _output("display_data", content)

    def _add(self, msg_type: str, content: dict[str, Any]) -> None:
        last = self.outputs[-1] if self.outputs else {}
        if msg_type == "stream" and last.get("name") == content["name"]:
            last["text"] += content["text"]
        else:
            self.outputs.append(_output(msg_type, content))


class Notebook:
    """The cells of one page, by the msg_id of their runs."""

    def __init__(self) -> None:
        self.cells: dict[str, Cell] = {}
        self._displays: dict[str, list[str]] = {}

    def runs(self, msg_id: str) -> Cell:
        """Run a cell."""
        return self.cells.setdefault(msg_id, Cell())

    def attaches(self, msg_id: str) -> Cell:
        """Attach a cell to a run. It shows nothing of it before the fence."""
        cell = self.runs(msg_id)
        cell.is_drawn = False
        return cell

    def gets(self, messages: Iterable[Message]) -> Notebook:
        """Take messages as they come over the socket."""
        for each in messages:
            self.get(each.channel, each.header.msg_type, each.parent.msg_id, each.content)
        return self

    def get(self, channel: str, msg_type: str, parent: str, content: dict[str, Any]) -> None:
        """Take a message: its channel, its type, the msg_id of its parent and its content."""
        if channel == "iopub" and msg_type in ("display_data", "update_display_data"):
            display_id = (content.get("transient") or {}).get("display_id")
            if display_id:
                for other in self._displays.get(display_id, ()):
                    self.cells[other].takes("update_display_data", content)
                if msg_type == "update_display_data":
                    return
                if parent not in self._displays.setdefault(display_id, []) and parent in self.cells:
                    self._displays[display_id].append(parent)
        cell = self.cells.get(parent)
        if cell is None:
            return
        if channel == "shell":
            cell.reply = content
        elif channel == "stdin":
            cell.asks = content["prompt"]
        elif msg_type == "status":
            self._status(cell, content)
        else:
            cell.takes(msg_type, content)

    @staticmethod
    def _status(cell: Cell, content: dict[str, Any]) -> None:
        said = content.get("comm_broker")
        if said is None:
            cell.is_idle |= content["execution_state"] == "idle"
        elif said["say"] == "replay":
            cell.clear()
            cell.is_drawn, cell.captured = True, False
        elif said["say"] in ("captured", "released"):
            cell.captured = said["say"] == "captured"
        elif said["say"] == "answered":
            cell.asks = None


def _output(msg_type: str, content: dict[str, Any]) -> dict[str, Any]:
    kept = {key: value for key, value in content.items() if key != "transient"}
    return {"output_type": msg_type, **kept}


def _shown(text: str) -> str:
    lines = []
    for line in text.split("\n"):
        shown: list[str] = []
        for piece in line.split("\r"):
            shown[: len(piece)] = piece
        lines.append("".join(shown))
    return "\n".join(lines)
