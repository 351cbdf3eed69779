"""Frozen pictures of the core for readers: comms and targets; the rest is elsewhere."""

from __future__ import annotations

from collections.abc import Iterable

from jupyter_comm_broker.core.broker import KernelBroker
from jupyter_comm_broker.core.context import Context
from jupyter_comm_broker.core.state.comm_record import CommRecord
from jupyter_comm_broker.inspection.redaction import models_of
from jupyter_comm_broker.inspection.views import BytesView, CommView, TargetView


def comms(
    kernel_id: str, broker: KernelBroker, now: float, records: Iterable[CommRecord] | None = None
) -> list[CommView]:
    """Return live comms of a kernel: those given, or all in the order of their opening."""
    context = broker.context
    wanted = list(context.registry if records is None else records)
    parents = context.registry.parents({record.comm_id for record in wanted})
    pending = context.mirror.pending.comm_ids()
    attached = [frontend.session_id for frontend in context.delivery.attached]
    return [
        _comm(
            kernel_id,
            record,
            context,
            parents.get(record.comm_id, []),
            record.comm_id in pending,
            attached,
            now,
        )
        for record in wanted
    ]


def targets(kernel_id: str, broker: KernelBroker) -> list[TargetView]:
    """Return which target names are known, on which side, by what evidence."""
    context = broker.context
    counts: dict[str, int] = {}
    for record in context.registry:
        counts[record.target_name] = counts.get(record.target_name, 0) + 1
    return [
        {
            "kernel_id": kernel_id,
            "target_name": name,
            "side": side,
            "status": "known" if evidence.known else "rejected",
            "evidence": evidence.text,
            "since": context.author.date(evidence.at),
            "comms": counts.get(name, 0),
        }
        for side, name, evidence in context.targets.listed()
    ]


def _comm(
    kernel_id: str,
    record: CommRecord,
    context: Context,
    parents: list[str],
    pending: bool,
    attached: list[str],
    now: float,
) -> CommView:
    model, refused = record.model, record.refused_by or ()
    return {
        "kernel_id": kernel_id,
        "comm_id": record.comm_id,
        "target_name": record.target_name,
        "opened_by": record.opened_by,
        "opened_at": context.author.date(record.opened_at),
        "last_activity": context.author.date(record.last_activity),
        "age_seconds": now - record.opened_at,
        "idle_seconds": now - record.last_activity,
        "model": {"name": model.name, "module": model.module, "version": model.version}
        if model.name
        else None,
        "parents": parents,
        "references": list(record.references),
        "frontends": [session_id for session_id in attached if session_id not in refused],
        "messages": {"from_kernel": record.from_kernel, "from_frontends": record.from_frontends},
        "bytes": _bytes(record),
        "knowledge": record.knowledge,
        "dirty_because": record.dirty_because or None,
        "pending": pending,
        "sequence": record.sequence,
        "callback_errors": record.callback_errors,
    }


def _bytes(record: CommRecord) -> BytesView:
    if models_of(record):
        return {"from_kernel": None, "from_frontends": None, "state": None}
    return {
        "from_kernel": record.bytes_from_kernel,
        "from_frontends": record.bytes_from_frontends,
        "state": record.state.size if record.state is not None else 0,
    }
