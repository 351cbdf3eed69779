"""
The answer to ``request_states``: every widget's state in one message.

The shape is what the kernel's own control comm sends and pages read (ipywidgets,
base-manager, ``_loadFromKernel``): paths begin ``[id, "state", ...]``, which the written
specification leaves out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from jupyter_comm_broker.core.state.comm_record import CommRecord
from jupyter_comm_broker.protocol.json_text import dumps
from jupyter_comm_broker.protocol.message import Part
from jupyter_comm_broker.protocol.widget import WIDGET_TARGET, ModelName, State, Step


@dataclass(frozen=True, slots=True)
class States:
    """The data of an ``update_states`` message and its buffers."""

    data: bytes
    buffers: list[Part]
    comm_ids: set[str]
    """The widgets in it."""


def collect(records: Iterable[CommRecord], overlays: Mapping[str, State]) -> States:
    """
    Write the states of all widgets that are known.

    Args:
        records: the comms, in the order in which models should be built.
        overlays: by comm, what pages sent and the kernel has not processed yet (rule 27).
    """
    heads: dict[ModelName, bytes] = {}
    pieces: list[bytes] = []
    paths: list[list[Step]] = []
    buffers: list[Part] = []
    comm_ids: set[str] = set()
    for record in records:
        state = record.state
        if state is None or record.target_name != WIDGET_TARGET:
            continue
        head = heads.get(record.model)
        if head is None:
            head = heads[record.model] = _head(record.model)
        comm_id = record.comm_id
        overlay = overlays.get(comm_id) if overlays else None
        text = state.unchanged
        if text is None or overlay:
            text, its_paths, its_buffers = state.written(overlay, (comm_id, "state"))
            paths += its_paths
            buffers += its_buffers
        # Only pieces: each copy made here would be made 10,000 times while all others wait.
        pieces += (b",", dumps(comm_id), head, text, b"}")
        comm_ids.add(comm_id)
    # The first comma is left out.
    data = b"".join(
        (
            b'{"method":"update_states","states":{',
            *pieces[1:],
            b'},"buffer_paths":',
            dumps(paths),
            b"}",
        )
    )
    return States(data, buffers, comm_ids)


def _head(model: ModelName) -> bytes:
    """Return what stands between a widget's id and its state."""
    return b':{"model_name":%b,"model_module":%b,"model_module_version":%b,"state":' % (
        dumps(model.name),
        dumps(model.module),
        dumps(model.version),
    )
