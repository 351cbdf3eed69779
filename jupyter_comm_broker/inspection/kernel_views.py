"""A kernel as readers are shown it: how its link does, what it runs, what waits for its pages."""

from __future__ import annotations

from datetime import datetime, timezone

import msgspec

from jupyter_comm_broker.core.broker import KernelBroker
from jupyter_comm_broker.core.context import Context
from jupyter_comm_broker.core.pages.frontend import Frontend
from jupyter_comm_broker.core.state.comm_record import Knowledge
from jupyter_comm_broker.inspection.message_views import queued_behind
from jupyter_comm_broker.inspection.views import (
    FrontendView,
    KernelView,
    MessagesView,
    PassedView,
    StatesView,
)
from jupyter_comm_broker.protocol.synthesis import Author


class _Dated(msgspec.Struct):
    """A header's date alone."""

    date: datetime | None = None


class _Language(msgspec.Struct):
    name: str = ""


class _KernelInfo(msgspec.Struct):
    """Of a ``kernel_info_reply`` what is shown."""

    language_info: _Language | None = None


def kernel(kernel_id: str, broker: KernelBroker, now: float) -> KernelView:
    """Return the health of one kernel's link and what the broker keeps for it."""
    context = broker.context
    restores = context.restore_seconds
    messages, passed = _passed(context)
    return {
        "kernel_id": kernel_id,
        "link": broker.proof.link,
        "answers_control": broker.proof.answers_control,
        "execution_state": context.execution.state,
        "running": queued_behind(broker, now),
        "language": _language(context.kernel_info),
        "frontends": [_frontend(frontend, context.author, now) for frontend in context.delivery],
        "comms": len(context.registry),
        "targets": _targets(context),
        "states": _states(context),
        "messages": messages,
        "bytes": passed,
        "restores": {"answered": sum(restores.counts), "seconds": restores.total},
        "state_bytes": context.mirror.budget.bytes,
        "states_given_up": context.mirror.budget.given_up,
        "registry_complete": context.registry.complete,
        "verification": broker.verification.step.value,
        "pending_updates": len(context.mirror.pending),
        "requests_under_way": len(context.requests),
        "epoch": context.epoch,
        "counters": dict(context.counters),
    }


def _frontend(frontend: Frontend, author: Author, now: float) -> FrontendView:
    outbox = frontend.outbox
    return {
        "session_id": frontend.session_id,
        "attached": frontend.attached,
        "since": author.date(frontend.attached_at),
        "lag_seconds": _lag(frontend, author, now),
        "waiting_messages": len(outbox),
        "waiting_bytes": outbox.bytes,
        "peak_bytes": outbox.peak,
        "conflated": outbox.conflated,
        "dropped": outbox.dropped,
        "received": frontend.received,
        "restoring": bool(frontend.catch_ups),
    }


def _lag(frontend: Frontend, author: Author, now: float) -> float | None:
    """Return the age of the oldest message that waits, by the date that its sender wrote."""
    # Nothing is noted when a message begins to wait: that would cost on every delivery.
    oldest = frontend.outbox.oldest
    if oldest is None:
        return None
    try:
        date = msgspec.json.decode(oldest.parts[0], type=_Dated).date
    except msgspec.DecodeError:
        # A kernel may date its messages as it likes, and then its lag is not known.
        return None
    if date is None:
        return None
    aware = date if date.tzinfo else date.replace(tzinfo=timezone.utc)
    return max(0.0, author.epoch(now) - aware.timestamp())


def _language(kernel_info: bytes | None) -> str | None:
    if kernel_info is None:
        return None
    try:
        said = msgspec.json.decode(kernel_info, type=_KernelInfo).language_info
    except msgspec.DecodeError:
        return None
    return said.name or None if said is not None else None


def _targets(context: Context) -> dict[str, int]:
    counts: dict[str, int] = {}
    for record in context.registry:
        counts[record.target_name] = counts.get(record.target_name, 0) + 1
    return counts


def _states(context: Context) -> StatesView:
    # Other comms have no state that could be trusted or not.
    found = dict.fromkeys(Knowledge, 0)
    for record in context.registry:
        if record.is_widget:
            found[record.knowledge] += 1
    return {
        "clean": found[Knowledge.CLEAN],
        "dirty": found[Knowledge.DIRTY],
        "unknown": found[Knowledge.UNKNOWN],
        "too_large": found[Knowledge.TOO_LARGE],
    }


def _passed(context: Context) -> tuple[MessagesView, PassedView]:
    """Return how many messages and bytes passed on all comms, those that are gone included."""
    past, records = context.registry.past, list(context.registry)
    return (
        {
            "from_kernel": past["messages_from_kernel"] + sum(r.from_kernel for r in records),
            "from_frontends": past["messages_from_frontends"]
            + sum(r.from_frontends for r in records),
        },
        {
            "from_kernel": past["bytes_from_kernel"] + sum(r.bytes_from_kernel for r in records),
            "from_frontends": past["bytes_from_frontends"]
            + sum(r.bytes_from_frontends for r in records),
        },
    )
