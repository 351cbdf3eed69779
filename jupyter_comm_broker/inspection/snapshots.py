"""Views of a kernel's comms and targets, taken from the core."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from jupyter_comm_broker.core.broker import KernelBroker
from jupyter_comm_broker.core.known import Known
from jupyter_comm_broker.core.state.known_comm import KnownComm
from jupyter_comm_broker.errors import CommClosedError
from jupyter_comm_broker.inspection.captions import caption
from jupyter_comm_broker.inspection.redaction import models_of
from jupyter_comm_broker.inspection.views import BytesView, CommView, ModelView, TargetView
from jupyter_comm_broker.protocol.alias import alias


def comms(
    kernel_id: str,
    broker: KernelBroker,
    now: float,
    records: Iterable[KnownComm] | None = None,
    *,
    captions: bool = True,
) -> list[CommView]:
    """
    Return the views of a kernel's open comms.

    Args:
        kernel_id: the kernel.
        broker: the kernel's broker.
        now: the time in seconds, by the core's clock.
        records: the comms; by default all, in the order of their opening.
        captions: whether to look into states for what their users see. That takes half of the time.
    """
    known = broker.known
    wanted = known.comms() if records is None else list(records)
    parents = known.parents({record.comm_id for record in wanted})
    pending = known.pending()
    attached = [(session_id, alias(session_id)) for session_id in known.attached()]
    return [
        _comm(
            kernel_id,
            record,
            caption(record) if captions else None,
            known,
            parents.get(record.comm_id, []),
            record.comm_id in pending,
            attached,
            now,
        )
        for record in wanted
    ]


def targets(kernel_id: str, broker: KernelBroker) -> list[TargetView]:
    """Return the target names that are known, with the side that knows them and the evidence."""
    known = broker.known
    counts = by_target(known)
    return [
        {
            "kernel_id": kernel_id,
            "target_name": name,
            "side": side,
            "status": "known" if evidence.known else "rejected",
            "evidence": evidence.text,
            "since": known.date(evidence.at),
            "comms": counts.get(name, 0),
        }
        for side, name, evidence in known.targets()
    ]


def by_target(known: Known) -> dict[str, int]:
    """Return how many comms are open, by target."""
    return dict(Counter(record.target_name for record in known.comms()))


def closed_error(kernel_id: str, known: Known, comm_id: str) -> CommClosedError | None:
    """
    Return the error that says how a comm was closed.

    Args:
        kernel_id: the kernel.
        known: what is known of the kernel.
        comm_id: the comm.

    Returns:
        The error; ``None`` if the comm was not closed, or its end is forgotten.
    """
    closing = known.closing(comm_id)
    if closing is None:
        return None
    at = known.date(closing.at)
    return CommClosedError(kernel_id, comm_id, at, closing.by.value, closing.reason)


def model_of(record: KnownComm) -> ModelView | None:
    """Return the model of a comm's widget, if it is known."""
    model = record.model
    if not model.name:
        return None
    return {"name": model.name, "module": model.module, "version": model.version}


def _comm(
    kernel_id: str,
    record: KnownComm,
    seen_as: str | None,
    known: Known,
    parents: list[str],
    pending: bool,
    attached: list[tuple[str, str]],
    now: float,
) -> CommView:
    refused = record.refused_by or ()
    return {
        "kernel_id": kernel_id,
        "comm_id": record.comm_id,
        "target_name": record.target_name,
        "opened_by": record.opened_by,
        "opened_at": known.date(record.opened_at),
        "last_activity": known.date(record.last_activity),
        "age_seconds": now - record.opened_at,
        "idle_seconds": now - record.last_activity,
        "model": model_of(record),
        "caption": seen_as,
        "parents": parents,
        "references": list(record.references),
        "frontends": [name for session_id, name in attached if session_id not in refused],
        "messages": {"from_kernel": record.from_kernel, "from_frontends": record.from_frontends},
        "bytes": _bytes(record),
        "knowledge": record.knowledge,
        "checked_at": checked_at(known, record),
        "dirty_because": record.dirty_because or None,
        "pending": pending,
        "sequence": record.sequence,
        "callback_errors": record.callback_errors,
    }


def checked_at(known: Known, record: KnownComm) -> str | None:
    """Return when the kernel itself last said a comm's whole state, as an ISO date."""
    return None if record.checked_at is None else known.date(record.checked_at)


def _bytes(record: KnownComm) -> BytesView:
    if models_of(record):
        return {"from_kernel": None, "from_frontends": None, "state": None}
    return {
        "from_kernel": record.bytes_from_kernel,
        "from_frontends": record.bytes_from_frontends,
        "state": record.state.size if record.state is not None else 0,
    }
