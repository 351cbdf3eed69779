"""
Laying the kernel's answers beside the mirror (protocol facts 2.3, "Rule for merging").

Live messages are trusted before answers, answers before the mirror. A comm counts if
``comm_info`` lists it and no page closed it; one that is listed but not among the states
keeps what the mirror has.
"""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from jupyter_comm_broker.core.context import Context
from jupyter_comm_broker.core.state.comm_record import CommRecord, Side
from jupyter_comm_broker.core.state.widget_state import WidgetState
from jupyter_comm_broker.protocol.json_text import lenient
from jupyter_comm_broker.protocol.message import Message, Part
from jupyter_comm_broker.protocol.widget import CONTROL_TARGET, Step, read_payload


@dataclass(frozen=True, slots=True)
class Learned:
    """Something the kernel told us that pages have to be told."""

    record: CommRecord
    state: WidgetState | None = None
    """The comm's state, where it was not known before."""
    wrong: frozenset[str] = frozenset()
    """Attributes that pages may show wrongly."""
    closed: bool = False
    """The kernel no longer has the comm."""


class _StateEntry(msgspec.Struct):
    state: msgspec.Raw = msgspec.Raw(b"{}")


class _UpdateStates(msgspec.Struct):
    states: dict[str, _StateEntry] = {}
    buffer_paths: list[list[Step]] = []


_read_states = lenient(msgspec.json.Decoder(_UpdateStates).decode)


class Reconciliation:
    """Corrects registry and mirror by what the kernel answered."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def listed(self, message: Message, asked_at: float, now: float) -> list[Learned]:
        """Take a ``comm_info_reply``: note what we did not know, drop what is gone."""
        registry = self._context.registry
        comms = message.content.get("comms")
        if not isinstance(comms, dict):
            return []
        listed = {
            str(comm_id): str(info.get("target_name", "")) if isinstance(info, dict) else ""
            for comm_id, info in comms.items()
        }
        for comm_id, target_name in listed.items():
            if target_name == CONTROL_TARGET:
                # Another client's, past us: we saw only the kernel's answer on it.
                registry.forget(comm_id)
                continue
            if registry.closing(comm_id):
                continue
            record = registry.get(comm_id)
            if record is None:
                found = registry.opened(comm_id, target_name, Side.UNKNOWN, now)
                if registry.followed:
                    found.missed_by = self._context.delivery.sessions()
            elif not record.target_name:
                record.target_name = target_name
                registry.judge(record, record.knowledge)
        gone = [
            record
            for record in registry
            if record.comm_id not in listed
            and (
                record.last_activity < asked_at
                # Its first message made us ask, in the same moment; it was closed meanwhile.
                or (not record.target_name and record.last_activity == asked_at)
            )
            # A comm that a page opened waits in line on a busy kernel: not listed yet.
            and not (record.opened_by is Side.FRONTEND and record.from_kernel == 0)
        ]
        for record in gone:
            self._context.mirror.closed(record)
            registry.closed(record.comm_id, Side.KERNEL, "the kernel no longer lists it", now)
        registry.complete = registry.followed = True
        return [Learned(record, closed=True) for record in gone]

    def all_stated(self, message: Message) -> tuple[list[Learned], set[str]]:
        """Take an ``update_states``. Returns what was learned, and the comms it had."""
        answer = _read_states(message.comm.data)
        paths: dict[str, list[list[Step]]] = {}
        buffers: dict[str, list[Part]] = {}
        for path, buffer in zip(answer.buffer_paths, message.buffers, strict=False):
            comm_id = str(path[0])
            paths.setdefault(comm_id, []).append(path[2:])
            buffers.setdefault(comm_id, []).append(buffer)
        learned = []
        for comm_id, entry in answer.states.items():
            record = self._context.registry.get(comm_id)
            if record is not None:
                state, its_paths = entry.state, paths.get(comm_id, [])
                learned += self._stated(record, state, its_paths, buffers.get(comm_id, []))
        return learned, set(answer.states)

    def one_stated(self, message: Message) -> list[Learned]:
        """Take the answer to a ``request_state``."""
        record = self._context.registry.get(message.comm.comm_id)
        if record is None:
            return []
        payload = read_payload(message.comm.data)
        return self._stated(record, payload.state, payload.buffer_paths, list(message.buffers))

    def _stated(
        self, record: CommRecord, state: msgspec.Raw, paths: list[list[Step]], buffers: list[Part]
    ) -> list[Learned]:
        was_known = record.state is not None
        wrong = self._context.mirror.kernel_answered(record, state, paths, buffers)
        self._context.counters["verified"] += 1
        if not was_known:
            return [Learned(record, state=WidgetState(state, paths, buffers))]
        if wrong:
            self._context.counters["corrected"] += 1
            return [Learned(record, wrong=wrong)]
        return []
