"""A kernel as readers see it: its link, what it runs, and what waits for its pages."""

from __future__ import annotations

from datetime import datetime, timezone

import msgspec

from jupyter_comm_broker.core.broker import KernelBroker
from jupyter_comm_broker.core.known import Known, KnownFrontend
from jupyter_comm_broker.core.state.comm_record import Knowledge
from jupyter_comm_broker.inspection.health_views import (
    FrontendView,
    KernelView,
    PassedView,
    StatesView,
)
from jupyter_comm_broker.inspection.message_views import queued_behind
from jupyter_comm_broker.inspection.snapshots import by_target
from jupyter_comm_broker.inspection.views import MessagesView
from jupyter_comm_broker.protocol.alias import alias
from jupyter_comm_broker.protocol.message import Message


class _Dated(msgspec.Struct):
    """Only the date of a header."""

    date: datetime | None = None


class _Language(msgspec.Struct):
    name: str = ""


class _KernelInfo(msgspec.Struct):
    """The part of a ``kernel_info_reply`` that is shown."""

    language_info: _Language | None = None


def kernel(kernel_id: str, broker: KernelBroker, now: float) -> KernelView:
    """
    Return the health of one kernel's link, and what the broker keeps for the kernel.

    Args:
        kernel_id: the kernel.
        broker: the kernel's broker.
        now: the time in seconds, by the core's clock.
    """
    known = broker.known
    restores, state = known.restores(), known.state()
    messages, passed = _passed(known)
    return {
        "kernel_id": kernel_id,
        "link": known.link,
        "answers_control": known.answers_control,
        "execution_state": known.execution_state,
        "running": queued_behind(broker, now),
        "language": _language(known.kernel_info),
        "frontends": [_frontend(frontend, known, now) for frontend in known.frontends()],
        "comms": known.comm_count(),
        "targets": by_target(known),
        "states": _states(known),
        "messages": messages,
        "bytes": passed,
        "restores": {"answered": sum(restores.counts), "seconds": restores.total},
        "state_bytes": state.bytes,
        "run_bytes": known.run_bytes(),
        "states_given_up": state.given_up,
        "registry_complete": state.registry_complete,
        "verification": state.step,
        "pending_updates": state.pending_updates,
        "requests_under_way": known.requests_under_way(),
        "epoch": known.life[1],
        "counters": dict(known.counters()),
    }


def _frontend(frontend: KnownFrontend, known: Known, now: float) -> FrontendView:
    return {
        "session_id": alias(frontend.session_id),
        "attached": frontend.attached,
        "since": known.date(frontend.attached_at),
        "lag_seconds": _lag(frontend.oldest, known, now),
        "waiting_messages": frontend.waiting_messages,
        "waiting_bytes": frontend.waiting_bytes,
        "peak_bytes": frontend.peak_bytes,
        "conflated": frontend.conflated,
        "dropped": frontend.dropped,
        "received": frontend.received,
        "restoring": frontend.restoring,
    }


def _lag(oldest: Message | None, known: Known, now: float) -> float | None:
    """Return the age in seconds of the oldest message that waits, by the date in its header."""
    # The time is not noted when a message begins to wait, because every delivery would pay.
    if oldest is None:
        return None
    try:
        date = msgspec.json.decode(oldest.parts[0], type=_Dated).date
    except msgspec.DecodeError:
        # Kernels may write any date. Then the lag is not known.
        return None
    if date is None:
        return None
    aware = date if date.tzinfo else date.replace(tzinfo=timezone.utc)
    return max(0.0, known.epoch_seconds(now) - aware.timestamp())


def _language(kernel_info: bytes | None) -> str | None:
    if kernel_info is None:
        return None
    try:
        said = msgspec.json.decode(kernel_info, type=_KernelInfo).language_info
    except msgspec.DecodeError:
        return None
    return said.name or None if said is not None else None


def _states(known: Known) -> StatesView:
    # Only widgets have a mirrored state.
    found = dict.fromkeys(Knowledge, 0)
    for record in known.comms():
        if record.is_widget:
            found[record.knowledge] += 1
    return {
        "clean": found[Knowledge.CLEAN],
        "dirty": found[Knowledge.DIRTY],
        "unknown": found[Knowledge.UNKNOWN],
        "too_large": found[Knowledge.TOO_LARGE],
    }


def _passed(known: Known) -> tuple[MessagesView, PassedView]:
    """Return how many messages and bytes passed on all comms, also on closed ones."""
    past, records = known.passed_before(), known.comms()
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
