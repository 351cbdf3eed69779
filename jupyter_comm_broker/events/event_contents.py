"""What readers see of a message or a state change: limited in size, no secrets, no buffers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from jupyter_comm_broker.core.state.known_comm import KnownComm
from jupyter_comm_broker.errors import MalformedMessageError
from jupyter_comm_broker.inspection import redaction
from jupyter_comm_broker.protocol.json_text import dumps_strictly, loads, loads_shallow
from jupyter_comm_broker.protocol.message import Message, Part
from jupyter_comm_broker.protocol.widget import (
    BufferedAttribute,
    Step,
    read_payload,
    size_of,
    text_of,
)

MOST_NAME = 200
"""The most bytes of a model's name that is looked up. Models with secrets have short names."""


@dataclass(frozen=True, slots=True)
class ShownData:
    """The data of a message, as readers see it."""

    data: Any
    cut: str | None
    redacted: list[list[Step]]
    size: int | None
    """Bytes of the whole message; ``None`` if it holds a secret."""
    buffers: list[int | None]
    """The length of each buffer; ``None`` if it is a secret."""


@dataclass(frozen=True, slots=True)
class ShownChange:
    """Attributes of a state, as readers see them."""

    attributes: dict[str, Any]
    buffers: list[dict[str, Any]]
    omitted: list[str]
    redacted: list[list[Step]]


def method_of(record: KnownComm, message: Message) -> str | None:
    """Return the ``method`` of a widget's message; ``None`` for other messages."""
    if not record.is_widget:
        return None
    try:
        return read_payload(message.comm.data).method or None
    except MalformedMessageError:
        return None


def data_of(record: KnownComm, message: Message, most: int) -> ShownData:
    """
    Return a message's data as readers see it.

    Args:
        record: the comm.
        message: the message.
        most: bytes. Of data whose JSON is longer, only the beginning is shown.
    """
    text, lengths = bytes(message.comm.data), [len(buffer) for buffer in message.buffers]
    models = redaction.models_of(record)
    # A comm_open names its model itself, so the comm's record need not know it yet.
    unsure = record.is_widget and message.header.msg_type == "comm_open"
    if len(text) > most and not (models or unsure):
        return ShownData(None, _begin(text, most), [], message.size, [*lengths])
    try:
        data = loads_shallow(text)
    except MalformedMessageError:
        if models or unsure:
            return ShownData(None, "", [], None, [None for _ in lengths])
        return ShownData(None, _begin(text, most), [], message.size, [*lengths])
    shown = redaction.Shown(data, [], frozenset())
    if record.is_widget:
        shown = redaction.redacted_data(models, data)
    return ShownData(
        shown.state if len(text) <= most else None,
        None if len(text) <= most else _begin(dumps_strictly(shown.state), most),
        shown.paths,
        None if shown.paths else message.size,
        [None if index in shown.hidden else each for index, each in enumerate(lengths)],
    )


def change_of(record: KnownComm, keys: Iterable[str] | None, most: int) -> ShownChange:
    """
    Return attributes of a comm's state as readers see them.

    Args:
        record: the comm.
        keys: the attributes; ``None`` for all.
        most: bytes of JSON. Attributes that do not fit are only named.
    """
    state = record.state
    if state is None:
        # The state was too large to be kept.
        return ShownChange({}, [], sorted(keys or ()), [])
    found = state.attributes() if keys is None else state.picked(sorted(keys))
    named = found.get("_model_name") or (state.picked(["_model_name"]).get("_model_name"))
    models = redaction.models_of(record)
    if isinstance(named, bytes) and size_of(named) < MOST_NAME:
        models |= redaction.ANY_MODEL & {str(loads(named))}
    change = ShownChange({}, [], [], [])
    room = most
    for key, attribute in found.items():
        buffers: list[tuple[list[Step], Part]] = []
        if isinstance(attribute, BufferedAttribute):
            buffers = [([key, *tail], data) for tail, data in attribute.buffers]
        text = text_of(attribute)
        # A text without secrets is not read if it is too long.
        too_long = len(text) > room and not models
        try:
            value = {key: loads_shallow(text)} if text and not too_long else {}
        except MalformedMessageError:
            value, too_long = {}, True
        shown = redaction.redacted(models, value, [path for path, _ in buffers])
        change.redacted.extend(shown.paths)
        change.buffers.extend(
            {"path": path, "length": None if index in shown.hidden else len(data)}
            for index, (path, data) in enumerate(buffers)
        )
        # A secret takes no room. Otherwise the attributes that do not fit would tell its length.
        length = len(dumps_strictly(shown.state)) if shown.paths else len(text)
        if too_long or length > room:
            change.omitted.append(key)
        elif value:
            room -= length
            change.attributes.update(shown.state)
    return change


def _begin(text: bytes, most: int) -> str:
    return text[:most].decode("utf-8", "ignore")
