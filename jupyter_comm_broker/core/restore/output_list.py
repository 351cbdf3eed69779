"""The outputs of an Output widget, put together from messages as a page's output area does it."""

from __future__ import annotations

from typing import Any

Output = dict[str, Any]

CAPTURED_TYPES = frozenset({"stream", "display_data", "execute_result", "error", "clear_output"})
"""The message types that end up in an Output widget."""


class OutputList:
    """A list of nbformat outputs; consecutive text of one stream is one output."""

    __slots__ = ("_clear_next", "outputs")

    def __init__(self, outputs: list[Output]) -> None:
        self.outputs = outputs
        self._clear_next = False

    def add(self, msg_type: str, content: dict[str, Any]) -> None:
        """
        Take one message.

        >>> outputs = OutputList([])
        >>> outputs.add("stream", {"name": "stdout", "text": "a"})
        >>> outputs.add("stream", {"name": "stdout", "text": "b"})
        >>> outputs.outputs
        [{'output_type': 'stream', 'name': 'stdout', 'text': 'ab'}]
        """
        if msg_type == "clear_output":
            self._clear_next = bool(content.get("wait"))
            if not self._clear_next:
                self.outputs = []
            return
        if self._clear_next:
            self.outputs, self._clear_next = [], False
        last = self.outputs[-1] if self.outputs else {}
        if (
            msg_type == "stream"
            and last.get("output_type") == "stream"
            and last.get("name") == content.get("name")
        ):
            self.outputs[-1] = {
                **last,
                "text": _joined(last.get("text")) + _joined(content.get("text")),
            }
            return
        fields = {key: value for key, value in content.items() if key != "transient"}
        self.outputs.append({"output_type": msg_type, **fields})


def _joined(text: Any) -> str:
    return "".join(text) if isinstance(text, list) else str(text or "")
