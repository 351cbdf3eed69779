"""
What a page heard, without what differs between any two runs: ids, dates, process numbers.

A message is known by the request that it belongs to. What belongs to a request that no page of
the script sent (the server's own questions, of either server) is left out, where it is a status.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from jupyter_comm_broker.testing.message import Message
from jupyter_comm_broker.testing.widgets import whole_state

from .labelled import Label
from .player import Life, Played

NOTHING = "nothing"
"""What a message without a parent belongs to."""

STRANGER = "a stranger's request"


@dataclass(frozen=True, slots=True)
class Heard:
    """One message, as it can be compared."""

    message: Message
    label: Label | None
    body: str
    """All that must be the same, as text."""

    connection: int
    """Since which of its page's connections it is there, counted from 0."""

    greets: bool
    """Whether only statuses came before it on its connection's iopub."""

    @property
    def asks(self) -> bool:
        """Whether it came because a page asked what there is."""
        return self.label is not None and self.label.asks

    @property
    def is_status(self) -> bool:
        """Whether it says busy or idle."""
        return self.message.type == "status"


def heard_by(life: Life, played: Played) -> list[Heard]:
    """
    Return all that one page heard, statuses of strangers' requests left out.

    Of what was on its way when a connection died nobody knows whether it came, so the next one
    brings it again, which counts once. On one connection nothing may come twice.
    """
    found: list[Heard] = []
    starts = [index for index, _ in life.opened]
    connection, greets = -1, True
    life.twice.clear()
    first: dict[tuple[str, str], int] = {}
    for index, message in enumerate(life.page.received):
        while connection + 1 < len(starts) and index >= starts[connection + 1]:
            connection, greets = connection + 1, True
        # A kernel's threads number what they send without a lock: two messages may have one id.
        key = (message.header["msg_id"], f"{message.type} {message.content}")
        if (before := first.setdefault(key, index)) != index:
            if connection and before < starts[connection]:
                continue
            life.twice.append(key[0])
        label = played.labels.get(message.parent_id)
        greets = greets and (message.channel != "iopub" or message.type == "status")
        if message.type == "status" and message.parent_id and label is None:
            continue
        if message.execution_state == "starting":
            continue  # who is there in time hears it
        if _complains(message, label, played):
            continue
        body = _body(message, label, played)
        begun = _begun(found, message, label)
        if begun is not None:
            text = found[begun].message.content["text"] + message.content["text"]
            joined = _with_text(message, text)
            found[begun] = Heard(joined, label, _body(joined, label, played), connection, greets)
            continue
        found.append(Heard(message, label, body, connection, greets))
    return [line for each in found for line in _lines(each, played)]


def too_late(heard: Iterable[list[Heard]]) -> set[Label]:
    """
    Return what pages sent on comms that the kernel had closed.

    Stock shows pages the kernel's complaint of it; the broker tells the sender that the comm is
    gone, and does not trouble the kernel.
    """
    return {
        each.label
        for messages in heard
        for each in messages
        if each.label is not None
        and each.label.msg_type == "comm_msg"
        and each.message.type == "stream"
        and each.message.content["text"].startswith("No such comm")
    }


def without(late: set[Label], heard: list[Heard]) -> list[Heard]:
    """Leave out what answers messages that came too late."""
    return [each for each in heard if each.label not in late]


def _lines(heard: Heard, played: Played) -> list[Heard]:
    """Return a stream line by line: what was held back may once have been between two."""
    message = heard.message
    if message.type != "stream":
        return [heard]
    lines = [_with_text(message, text) for text in message.content["text"].splitlines(True)]
    return [
        Heard(line, heard.label, _body(line, heard.label, played), heard.connection, heard.greets)
        for line in lines
    ]


def _complains(message: Message, label: Label | None, played: Played) -> bool:
    """
    Whether a kernel complains of a control comm, which it never had or has no more.

    Where it names no request it may mean any: what came too late is told of by the others.
    """
    if message.type != "stream" or not message.content["text"].startswith("No such comm"):
        return False
    if label is None:
        return True
    controls = set().union(*(life.page.controls for life in played.lives.values()))
    return any(each in message.content["text"] for each in controls)


def _begun(found: list[Heard], message: Message, label: Label | None) -> int | None:
    """
    Return the place of the stream that a message only goes on with; ``None`` if it begins one.

    Where a stream is cut is a matter of time, and so is what comes between the parts of a line.
    """
    for index in range(len(found) - 1, -1, -1):
        if _goes_on(found[index], message, label):
            is_last = index == len(found) - 1
            is_line = found[index].message.content["text"].endswith("\n")
            return index if is_last or not is_line else None
    return None


def _goes_on(last: Heard, message: Message, label: Label | None) -> bool:
    """Whether both are of one stream of one request."""
    return (
        message.type == "stream" == last.message.type
        and last.label == label
        and last.message.content["name"] == message.content["name"]
    )


def _with_text(message: Message, text: str) -> Message:
    return Message(
        channel=message.channel,
        header=message.header,
        parent=message.parent,
        metadata=message.metadata,
        content={**message.content, "text": text},
        buffers=message.buffers,
        at=message.at,
        binary=message.binary,
    )


def _body(message: Message, label: Label | None, played: Played) -> str:
    content = dict(message.content)
    if message.method in ("update", "echo_update"):
        # A page that has the model put the buffers in already.
        content["data"] = {**message.data, "state": whole_state(message)}
    # Addresses and file names of this process are in it.
    content.pop("traceback", None)
    content.pop("engine_info", None)
    # When a request began, and on which engine.
    metadata = {} if message.channel == "shell" else message.metadata
    parts: dict[str, Any] = {
        "type": message.type,
        "parent": str(label or (STRANGER if message.parent_id else NOTHING)),
        "content": content,
        "metadata": metadata,
        "buffers": [buffer.hex() for buffer in message.buffers],
    }
    if label is not None:
        page = played.lives[label.page].page
        parts["its session"] = message.parent.get("session") == page.session_id
    text = json.dumps(parts, sort_keys=True, default=bytes.hex)
    for name, life in played.lives.items():
        text = text.replace(life.page.session_id, name)
    return text.replace(str(played.folder), "")
