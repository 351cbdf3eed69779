"""Single messages as a reader sees them. Secrets are removed unless the reader may see them."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypedDict

from msgspec import Meta

from jupyter_comm_broker.core.broker import KernelBroker
from jupyter_comm_broker.core.policy import Policy
from jupyter_comm_broker.core.state.known_comm import KnownComm
from jupyter_comm_broker.errors import MalformedMessageError
from jupyter_comm_broker.inspection import redaction
from jupyter_comm_broker.inspection.health_views import BusyView
from jupyter_comm_broker.inspection.views import Count, Path
from jupyter_comm_broker.protocol.alias import shown_msg_id
from jupyter_comm_broker.protocol.json_text import loads_shallow
from jupyter_comm_broker.protocol.message import COMM_TYPES, Message

UNREADABLE = "[nested too deeply to be shown]"

TRACEBACK = "Traceback (most recent call last)"
"""The beginning of a traceback that Python prints."""


class SentBufferView(TypedDict, total=False):
    """A buffer of a message. A buffer that is a secret has neither bytes nor a length."""

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
    redacted: Annotated[list[Path], Meta(description="The paths of secrets in the data.")]


class ErrorView(TypedDict):
    """An error that the kernel's code raised."""

    ename: str
    evalue: str
    traceback: list[str]


class StreamView(TypedDict):
    """Text that the kernel's code printed."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Heard:
    """The answers to a message, by kind."""

    comm_messages: list[CommMessageView]
    errors: list[ErrorView]
    streams: list[StreamView]


def heard(broker: KernelBroker, messages: Iterable[Message], *, reveal: bool) -> Heard:
    """
    Return the answers to a message, as far as they are comm messages, errors or printed text.

    Args:
        broker: the kernel's broker.
        messages: the answers.
        reveal: whether secrets are shown.
    """
    found, policy = Heard([], [], []), broker.known.policy
    for message in messages:
        msg_type = message.header.msg_type
        if msg_type in COMM_TYPES:
            try:
                comm_id = message.comm.comm_id
            except MalformedMessageError:
                # The core has counted and logged it.
                continue
            record = broker.known.comm(comm_id)
            found.comm_messages.append(comm_message(message, record, reveal=reveal))
        elif msg_type == "error":
            found.errors.append(raised(message))
        elif msg_type == "stream":
            _printed(found.streams, message, policy)
    return found


def raised(message: Message) -> ErrorView:
    """Return what an ``error`` says. The core has removed the traceback if it is to be hidden."""
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


def comm_message(message: Message, record: KnownComm | None, *, reveal: bool) -> CommMessageView:
    """
    Return a comm message as a reader sees it.

    Args:
        message: the message.
        record: its comm; ``None`` if that is closed or not known.
        reveal: whether secrets are shown.
    """
    models = frozenset[str]() if reveal else redaction.models_of(record)
    try:
        shown = redaction.Shown(loads_shallow(message.comm.data), [], frozenset())
        if not reveal:
            shown = redaction.redacted_data(models, shown.state)
    except MalformedMessageError:
        # It is not known which buffers are secrets.
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
    """Return the request that keeps the kernel's main shell busy, if there is one."""
    known, running = broker.known, broker.known.running()
    if known.main_is_busy and running is not None:
        header, _, since = running
        return {
            "msg_id": shown_msg_id(header) or None,
            "msg_type": header.msg_type or None,
            "seconds": max(0.0, now - since),
        }
    if known.execution_state == "busy" and running is None:
        return {"msg_id": None, "msg_type": None, "seconds": None}
    return None


def _metadata(message: Message) -> Any:
    try:
        return loads_shallow(message.parts[2])
    except MalformedMessageError:
        return UNREADABLE


def _content(message: Message) -> dict[str, Any]:
    """Return a message's content; empty if it is no JSON object."""
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
