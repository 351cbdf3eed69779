"""
The answer to ``request_states``: the states of all widgets in one message.

It has the shape that the kernel's own control comm sends and pages read (ipywidgets, base-manager,
``_loadFromKernel``). Buffer paths begin with ``[id, "state", ...]``, which the written
specification leaves out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from jupyter_comm_broker.core.state.comm_record import CommRecord
from jupyter_comm_broker.protocol.json_text import dumps, dumps_each
from jupyter_comm_broker.protocol.message import Part
from jupyter_comm_broker.protocol.widget import WIDGET_TARGET, ModelName, State, Step


@dataclass(frozen=True, slots=True)
class Snapshot:
    """An ``update_states`` message: its content and its buffers."""

    content: bytes
    buffers: list[Part]
    records: list[CommRecord]
    """The widgets in it."""
    stateless: list[CommRecord]
    """The widgets that it lacks, because their states are not known or not kept."""


def collect(
    control_comm: str, records: Iterable[CommRecord], overlays: Mapping[str, State]
) -> Snapshot:
    """
    Write the known states of all widgets.

    Args:
        control_comm: the comm on which a page asked for them.
        records: the comms, in the order in which models should be built.
        overlays: by comm, values that pages sent and the kernel has not handled yet (rule 27).
    """
    heads: dict[ModelName, bytes] = {}
    begins: list[bytes] = []
    texts: list[bytes] = []
    paths: list[list[Step]] = []
    buffers: list[Part] = []
    known: list[CommRecord] = []
    stateless: list[CommRecord] = []
    # Each record is looked at once: there may be 10,000, and a page waits.
    for record in records:
        if record.target_name != WIDGET_TARGET:
            continue
        state = record.state
        if state is None:
            stateless.append(record)
            continue
        head = heads.get(record.model)
        if head is None:
            head = heads[record.model] = _head(record.model)
        text = state.unchanged
        if text is None or overlays:
            comm_id = record.comm_id
            overlay = overlays.get(comm_id)
            if text is None or overlay:
                text, its_paths, its_buffers = state.written(overlay, (comm_id, "state"))
                paths += its_paths
                buffers += its_buffers
        begins.append(head)
        texts.append(text)
        known.append(record)
    ids = dumps_each([record.comm_id for record in known])
    # Only pieces are collected. A copy here would be made 10,000 times while all others wait.
    pieces = [piece for each in zip(ids, begins, texts, strict=True) for piece in (b"},", *each)]
    # What ends a widget is written before the next one.
    content = b"".join(
        (
            b'{"comm_id":',
            dumps(control_comm),
            b',"data":{"method":"update_states","states":{',
            *pieces[1:],
            b'}},"buffer_paths":' if known else b'},"buffer_paths":',
            dumps(paths),
            b"}}",
        )
    )
    return Snapshot(content, buffers, known, stateless)


def _head(model: ModelName) -> bytes:
    """Return the JSON between a widget's id and its state."""
    return b':{"model_name":%b,"model_module":%b,"model_module_version":%b,"state":' % (
        dumps(model.name),
        dumps(model.module),
        dumps(model.version),
    )
