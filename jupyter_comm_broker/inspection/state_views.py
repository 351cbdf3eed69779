"""The state of a comm as a reader is shown it: whole, alone, one buffer, or a document of all."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from jupyter_comm_broker.core.broker import KernelBroker
from jupyter_comm_broker.core.state.comm_record import CommRecord
from jupyter_comm_broker.errors import (
    BufferNotFoundError,
    HiddenContentError,
    MalformedMessageError,
)
from jupyter_comm_broker.inspection import redaction, snapshots
from jupyter_comm_broker.inspection.views import (
    CommView,
    EmbeddedWidget,
    FilledBufferView,
    StateView,
    WholeCommView,
    WidgetDocument,
)
from jupyter_comm_broker.protocol.json_text import dumps_strictly, loads_shallow
from jupyter_comm_broker.protocol.media_type import media_type
from jupyter_comm_broker.protocol.message import Part
from jupyter_comm_broker.protocol.widget import Step

AGES = ("age_seconds", "idle_seconds")
"""What of a comm's picture passes by itself; two dates beside them say the same."""


@dataclass(frozen=True, slots=True)
class Buffer:
    """One buffer of a comm's state."""

    data: Part
    media_type: str


@dataclass(frozen=True, slots=True)
class _Read:
    """A state taken apart, its secrets removed unless they are to be shown."""

    state: dict[str, Any] | None
    paths: list[list[Step]]
    buffers: list[Part]
    secrets: list[list[Step]]
    hidden: frozenset[int]


def whole(view: CommView, record: CommRecord, *, reveal: bool, with_buffers: bool) -> WholeCommView:
    """Return one comm with its state, and its buffers as base64 if they are wanted."""
    read = _read(record, reveal)
    buffers: list[FilledBufferView] = []
    for index, (path, buffer) in enumerate(zip(read.paths, read.buffers, strict=True)):
        is_shown = index not in read.hidden
        shown: FilledBufferView = {"path": path, "length": len(buffer) if is_shown else None}
        if with_buffers and is_shown:
            shown["encoding"] = "base64"
            shown["data"] = b64encode(buffer).decode()
        buffers.append(shown)
    return {**view, "state": read.state, "buffers": buffers, "redacted": read.secrets}


def alone(record: CommRecord, *, reveal: bool) -> StateView:
    """Return a comm's state and where its buffers belong."""
    read = _read(record, reveal)
    return {
        "state": read.state,
        "buffer_paths": read.paths,
        "redacted": read.secrets,
        "knowledge": record.knowledge,
        "sequence": record.sequence,
    }


def buffer(record: CommRecord, index: int, *, reveal: bool) -> Buffer:
    """
    Return one buffer of a comm's state.

    Raises:
        BufferNotFoundError: there are not so many.
        HiddenContentError: it is a secret.
    """
    read = _read(record, reveal)
    if index >= len(read.buffers):
        raise BufferNotFoundError(record.comm_id, index, len(read.buffers))
    if index in read.hidden:
        raise HiddenContentError(f"the content of {read.paths[index]!r}")
    told = media_type(record.model.name, read.state or {}, read.paths[index])
    return Buffer(read.buffers[index], told)


def document(records: Iterable[CommRecord], *, reveal: bool) -> WidgetDocument:
    """Return the states of all widgets that are known, as a notebook keeps them."""
    return {
        "version_major": 2,
        "version_minor": 0,
        "state": {
            record.comm_id: _embedded(record, reveal)
            for record in records
            if record.is_widget and record.state is not None
        },
    }


def state_tag(broker: KernelBroker, record: CommRecord, variant: str) -> str:
    """
    Return what changes whenever a comm's state does; no other comm ever had the same.

    Args:
        broker: of the comm's kernel.
        record: the comm.
        variant: which of the pictures of the state is shown.
    """
    # The author's session is new whenever the numbers begin anew.
    context = broker.context
    return _tag(
        context.author.session,
        context.epoch,
        record.number,
        record.sequence,
        record.knowledge.value,
        variant,
    )


def whole_tag(broker: KernelBroker, record: CommRecord, view: CommView, variant: str) -> str:
    """Return what changes whenever anything about a comm does but its age."""
    lasting = [value for key, value in view.items() if key not in AGES]
    return _tag(state_tag(broker, record, variant), lasting)


def view(kernel_id: str, broker: KernelBroker, record: CommRecord, now: float) -> CommView:
    """Return one comm as lists show it."""
    return snapshots.comms(kernel_id, broker, now, [record])[0]


def _tag(*facts: object) -> str:
    return blake2b(dumps_strictly(facts), digest_size=16).hexdigest()


def _read(record: CommRecord, reveal: bool) -> _Read:
    if record.state is None:
        return _Read(None, [], [], [], frozenset())
    text, paths, buffers = record.state.written()
    try:
        state = loads_shallow(text)
    except MalformedMessageError:
        # Nested so deep that it could not be written.
        return _Read(None, [], [], [], frozenset())
    # The state's own word counts too: a page may have opened the widget without a name.
    models = redaction.models_of(record) | (redaction.ANY_MODEL & {str(state.get("_model_name"))})
    if reveal or not models:
        return _Read(state, paths, buffers, [], frozenset())
    shown = redaction.redacted(models, state, paths)
    return _Read(shown.state, paths, buffers, shown.paths, shown.hidden)


def _embedded(record: CommRecord, reveal: bool) -> EmbeddedWidget:
    read, model = _read(record, reveal), record.model
    found: EmbeddedWidget = {
        "model_name": model.name,
        "model_module": model.module,
        "model_module_version": model.version,
        "state": read.state or {},
    }
    shown = [
        (path, buffer)
        for index, (path, buffer) in enumerate(zip(read.paths, read.buffers, strict=True))
        if index not in read.hidden
    ]
    if shown:
        found["buffers"] = [
            {"encoding": "base64", "path": path, "data": b64encode(buffer).decode()}
            for path, buffer in shown
        ]
    return found
