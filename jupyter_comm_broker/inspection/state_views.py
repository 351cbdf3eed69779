"""The state of a comm as a reader sees it, one buffer of it, or a document of all widgets."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from jupyter_comm_broker.core.broker import KernelBroker
from jupyter_comm_broker.core.state.known_comm import KnownComm
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
    OneCommView,
    StateView,
    WholeCommView,
    WidgetDocument,
)
from jupyter_comm_broker.protocol.json_text import dumps_strictly, loads_shallow
from jupyter_comm_broker.protocol.media_type import media_type
from jupyter_comm_broker.protocol.message import Part
from jupyter_comm_broker.protocol.widget import Step

AGES = ("age_seconds", "idle_seconds")
"""The fields of a comm's view that change with time alone. Two dates beside them say the same."""


@dataclass(frozen=True, slots=True)
class Buffer:
    """One buffer of a comm's state."""

    data: Part
    media_type: str


@dataclass(frozen=True, slots=True)
class _Read:
    """A state and its buffers. The secrets are removed unless they are to be shown."""

    state: dict[str, Any] | None
    paths: list[list[Step]]
    buffers: list[Part]
    secrets: list[list[Step]]
    hidden: frozenset[int]


def whole(
    view: OneCommView, record: KnownComm, *, reveal: bool, with_buffers: bool
) -> WholeCommView:
    """
    Return one comm with its state. It adds only what :func:`state_tag` covers.

    Args:
        view: the comm without its state.
        record: the comm.
        reveal: whether secrets are shown.
        with_buffers: whether the buffers come too, as base64.
    """
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


def alone(broker: KernelBroker, record: KnownComm, *, reveal: bool) -> StateView:
    """
    Return a comm's state, and where its buffers belong.

    Args:
        broker: the broker of the comm's kernel.
        record: the comm.
        reveal: whether secrets are shown.
    """
    read = _read(record, reveal)
    return {
        "state": read.state,
        "buffer_paths": read.paths,
        "redacted": read.secrets,
        "knowledge": record.knowledge,
        "checked_at": snapshots.checked_at(broker.known, record),
        "sequence": record.sequence,
    }


def buffer(record: KnownComm, index: int, *, reveal: bool) -> Buffer:
    """
    Return one buffer of a comm's state.

    Args:
        record: the comm.
        index: the buffer's place among the state's buffers, from 0.
        reveal: whether secrets are shown.

    Raises:
        BufferNotFoundError: the state has no buffer with this index.
        HiddenContentError: the buffer is a secret and is not to be shown.
    """
    read = _read(record, reveal)
    if index >= len(read.buffers):
        raise BufferNotFoundError(record.comm_id, index, len(read.buffers))
    if index in read.hidden:
        raise HiddenContentError(f"the content of {read.paths[index]!r}")
    told = media_type(record.model.name, read.state or {}, read.paths[index])
    return Buffer(read.buffers[index], told)


def document(records: Iterable[KnownComm], *, reveal: bool) -> WidgetDocument:
    """
    Return the states of all known widgets, as a notebook stores them.

    A comm without a known model is left out, as in ipywidgets itself: no reader of the document
    could load it. References to it stay, as in its kernel.
    """
    embedded: dict[str, EmbeddedWidget] = {}
    for record in records:
        if record.is_widget and record.model.name and record.model.module:
            read = _read(record, reveal)
            if read.state is not None:
                embedded[record.comm_id] = _embedded(record, read, read.state)
    return {"version_major": 2, "version_minor": 0, "state": embedded}


def state_tag(broker: KernelBroker, record: KnownComm, variant: str) -> str:
    """
    Return a tag of a comm's state. It changes with the state, and no two comms share one.

    Args:
        broker: the broker of the comm's kernel.
        record: the comm.
        variant: which of the views of the state is shown.
    """
    return _tag(
        *broker.known.life,
        record.number,
        record.sequence,
        record.knowledge.value,
        record.checked_at,
        variant,
    )


def whole_tag(broker: KernelBroker, record: KnownComm, view: OneCommView, variant: str) -> str:
    """
    Return a tag of a whole comm. It changes with its state, and with every field but its ages.

    Args:
        broker: the broker of the comm's kernel.
        record: the comm.
        view: the comm without its state.
        variant: which of the views of the state is shown.
    """
    lasting = [value for key, value in view.items() if key not in AGES]
    return _tag(state_tag(broker, record, variant), lasting)


def view(kernel_id: str, broker: KernelBroker, record: KnownComm, now: float) -> CommView:
    """
    Return one comm as lists show it.

    Args:
        kernel_id: the kernel.
        broker: the kernel's broker.
        record: the comm.
        now: the time in seconds, by the core's clock.
    """
    return snapshots.comms(kernel_id, broker, now, [record])[0]


def one(kernel_id: str, broker: KernelBroker, record: KnownComm, now: float) -> OneCommView:
    """
    Return one comm without its state: what lists show, and what they do not.

    Args:
        kernel_id: the kernel.
        broker: the kernel's broker.
        record: the comm.
        now: the time in seconds, by the core's clock.
    """
    return {**view(kernel_id, broker, record, now)}


def _tag(*facts: object) -> str:
    return blake2b(dumps_strictly(facts), digest_size=16).hexdigest()


def _read(record: KnownComm, reveal: bool) -> _Read:
    if record.state is None:
        return _Read(None, [], [], [], frozenset())
    text, paths, buffers = record.state.written()
    try:
        state = loads_shallow(text)
    except MalformedMessageError:
        # It is nested too deeply to be written.
        return _Read(None, [], [], [], frozenset())
    # The state's own model name counts too: a page may have opened the widget without one.
    models = redaction.models_of(record) | (redaction.ANY_MODEL & {str(state.get("_model_name"))})
    if reveal or not models:
        return _Read(state, paths, buffers, [], frozenset())
    shown = redaction.redacted(models, state, paths)
    return _Read(shown.state, paths, buffers, shown.paths, shown.hidden)


def _embedded(record: KnownComm, read: _Read, state: dict[str, Any]) -> EmbeddedWidget:
    model = record.model
    found: EmbeddedWidget = {
        "model_name": model.name,
        "model_module": model.module,
        "model_module_version": model.version,
        "state": state,
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
