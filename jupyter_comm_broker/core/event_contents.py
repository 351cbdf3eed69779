"""What is shown of a message or a change of state: no secrets, no buffers, not too much."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from jupyter_comm_broker.core import redaction
from jupyter_comm_broker.core.comm_record import CommRecord
from jupyter_comm_broker.errors import MalformedMessageError
from jupyter_comm_broker.protocol.json_text import dumps_strictly, loads
from jupyter_comm_broker.protocol.message import Message
from jupyter_comm_broker.protocol.widget import (
    BufferedAttribute,
    Step,
    read_payload,
    size_of,
    text_of,
)


@dataclass(frozen=True, slots=True)
class ShownData:
    """The data of a message, as readers see it."""

    data: Any
    cut: str | None
    redacted: list[list[Step]]


@dataclass(frozen=True, slots=True)
class ShownChange:
    """Attributes of a state, as readers see them."""

    attributes: dict[str, Any]
    buffers: list[dict[str, Any]]
    omitted: list[str]
    redacted: list[list[Step]]


def method_of(record: CommRecord, message: Message) -> str | None:
    """Return what a widget's message is for."""
    if not record.is_widget:
        return None
    try:
        return read_payload(message.comm.data).method or None
    except MalformedMessageError:
        return None


def data_of(record: CommRecord, message: Message, most: int) -> ShownData:
    """Return a message's data, or how it begins where its JSON is longer than ``most`` bytes."""
    text = bytes(message.comm.data)
    if len(text) > most and not _may_hold_secrets(record, message):
        return ShownData(None, _begin(text, most), [])
    try:
        data, secrets = _without_secrets(record, loads(text))
        if len(text) <= most:
            return ShownData(data, None, secrets)
        return ShownData(None, _begin(dumps_strictly(data), most), secrets)
    except (MalformedMessageError, RecursionError):
        return ShownData(None, "", [])


def change_of(record: CommRecord, keys: Iterable[str] | None, most: int) -> ShownChange:
    """
    Return the named attributes of a comm's state, or all.

    Args:
        record: the comm.
        keys: which attributes; all of them without.
        most: bytes; attributes that do not fit in are named only.
    """
    state = record.state
    if state is None:
        # It was too large to be kept.
        return ShownChange({}, [], sorted(keys or ()), [])
    found = state.attributes() if keys is None else state.picked(sorted(keys))
    attributes: dict[str, Any] = {}
    buffers: list[dict[str, Any]] = []
    omitted: list[str] = []
    room = most
    for key, attribute in found.items():
        text = text_of(attribute)
        if isinstance(attribute, BufferedAttribute):
            buffers += [
                {"path": [key, *tail], "length": len(data)} for tail, data in attribute.buffers
            ]
            if attribute.text is None:
                continue
        if len(text) > room:
            omitted.append(key)
            continue
        room -= len(text)
        attributes[key] = loads(text)
    named = found.get("_model_name") or (state.picked(["_model_name"]).get("_model_name"))
    names = {record.model.name}
    if isinstance(named, bytes) and size_of(named) < 200:
        names.add(str(loads(named)))
    secretive = next(filter(redaction.has_secrets, names), None)
    if secretive is None:
        return ShownChange(attributes, buffers, omitted, [])
    shown = redaction.redacted(secretive, attributes, [each["path"] for each in buffers])
    return ShownChange(shown.state, buffers, omitted, shown.paths)


def _may_hold_secrets(record: CommRecord, message: Message) -> bool:
    if not record.is_widget:
        return False
    # A comm_open names its model itself, and of a comm without one anything may be true.
    unsure = message.header.msg_type == "comm_open" or not record.model.name
    return unsure or redaction.has_secrets(record.model.name)


def _without_secrets(record: CommRecord, data: Any) -> tuple[Any, list[list[Step]]]:
    if not record.is_widget:
        return data, []
    found: list[list[Step]] = []
    # What no model is known of is treated as each that has secrets.
    for name in [record.model.name] if record.model.name else redaction.SECRETS:
        shown = redaction.redacted_data(name, data)
        data = shown.state
        found += [path for path in shown.paths if path not in found]
    return data, found


def _begin(text: bytes, most: int) -> str:
    return text[:most].decode("utf-8", "ignore")
