"""Single messages as a reader is shown them, without secrets unless those may be seen."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypedDict

from msgspec import Meta

from jupyter_comm_broker.core.broker import KernelBroker
from jupyter_comm_broker.core.context import Policy
from jupyter_comm_broker.core.state.comm_record import CommRecord
from jupyter_comm_broker.errors import MalformedMessageError
from jupyter_comm_broker.inspection import redaction
from jupyter_comm_broker.inspection.views import BusyView, Count, Path
from jupyter_comm_broker.protocol.json_text import loads_shallow
from jupyter_comm_broker.protocol.message import COMM_TYPES, Message

UNREADABLE = "[nested too deeply to be shown]"

TRACEBACK = "Traceback (most recent call last)"
"""How Python begins one that it prints."""


class SentBufferView(TypedDict, total=False):
    """A buffer of a message. Of a secret neither its bytes nor their number is told."""

    length: Count
    encoding: Literal["base64"]
    data: str


class CommMessageView(TypedDict):
    """A comm message."""

    msg_type: Literal["comm_open", "comm_msg", "comm_close"]
    comm_id: str
    data: Any
    metadata: Any
    buffers: list[SentBufferView]
    redacted: Annotated[list[Path], Meta(description="What of the data is a secret.")]


class ErrorView(TypedDict):
    """What was raised."""

    ename: str
    evalue: str
    traceback: list[str]


class StreamView(TypedDict):
    """What was printed."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Heard:
    """What answered a message, by its kind."""

    comm_messages: list[CommMessageView]
    errors: list[ErrorView]
    streams: list[StreamView]


def heard(broker: KernelBroker, messages: Iterable[Message], *, reveal: bool) -> Heard:
    """Return what answered a message; what is neither of a comm nor text is left out."""
    found, policy = Heard([], [], []), broker.context.policy
    for message in messages:
        msg_type = message.header.msg_type
        if msg_type in COMM_TYPES:
            try:
                comm_id = message.comm.comm_id
            except MalformedMessageError:
                # The core has counted it, and said so in the log.
                continue
            record = broker.context.registry.get(comm_id)
            found.comm_messages.append(comm_message(message, record, reveal=reveal))
        elif msg_type == "error":
            found.errors.append(raised(message))
        elif msg_type == "stream":
            _printed(found.streams, message, policy)
    return found


def raised(message: Message) -> ErrorView:
    """Return what an ``error`` says; the core has replaced the traceback if those are hidden."""
    content = _content(message)
    lines = content.get("traceback")
    return {
        "ename": _text(content.get("ename")),
        "evalue": _text(content.get("evalue")),
        "traceback": [_text(line) for line in lines] if isinstance(lines, list) else [],
    }


def printed(message: Message) -> str:
    """Return the text of a ``stream``."""
    return _text(_content(message).get("text"))


def comm_message(message: Message, record: CommRecord | None, *, reveal: bool) -> CommMessageView:
    """Return one comm message; ``record`` is its comm, if that still lives."""
    models = frozenset[str]() if reveal else redaction.models_of(record)
    try:
        shown = redaction.Shown(loads_shallow(message.comm.data), [], frozenset())
        if not reveal:
            shown = redaction.redacted_data(models, shown.state)
    except MalformedMessageError:
        # Which of its buffers are secrets cannot be told.
        hidden = frozenset(range(len(message.buffers)) if models else ())
        shown = redaction.Shown(UNREADABLE, [], hidden)
    buffers: list[SentBufferView] = [
        {}
        if index in shown.hidden
        else {"length": len(buffer), "encoding": "base64", "data": b64encode(buffer).decode()}
        for index, buffer in enumerate(message.buffers)
    ]
    msg_type: Any = message.header.msg_type
    return {
        "msg_type": msg_type,
        "comm_id": message.comm.comm_id,
        "data": shown.state,
        "metadata": _metadata(message),
        "buffers": buffers,
        "redacted": shown.paths,
    }


def queued_behind(broker: KernelBroker, now: float) -> BusyView | None:
    """Return what keeps the kernel's main shell busy, if anything does."""
    execution = broker.context.execution
    if execution.main_is_busy and execution.running is not None:
        running = execution.running[0]
        since = execution.main_since
        return {
            "msg_id": running.msg_id or None,
            "msg_type": running.msg_type or None,
            "seconds": None if since is None else max(0.0, now - since),
        }
    if execution.state == "busy" and execution.running is None:
        return {"msg_id": None, "msg_type": None, "seconds": None}
    return None


def _metadata(message: Message) -> Any:
    try:
        return loads_shallow(message.parts[2])
    except MalformedMessageError:
        return UNREADABLE


def _content(message: Message) -> dict[str, Any]:
    """Return a message's content; nothing where the kernel sent what is none."""
    try:
        return message.content
    except MalformedMessageError:
        return {}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _printed(streams: list[StreamView], message: Message, policy: Policy) -> None:
    name, text = _text(_content(message).get("name")), printed(message)
    if policy.hide_tracebacks is not None and TRACEBACK in text:
        text = policy.hide_tracebacks + "\n"
    if streams and streams[-1]["name"] == name:
        streams[-1]["text"] += text
    else:
        streams.append({"name": name, "text": text})
