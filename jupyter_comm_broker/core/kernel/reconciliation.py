"""
Compares the kernel's answers with registry and mirror, and corrects these (fact 2.4).

Live messages are trusted more than answers, and answers more than the mirror. A comm counts if
``comm_info`` lists it and no page closed it. If it is listed but not among the states, the mirror
keeps its state.

What changed while the kernel was asked is newer than the answer, because a thread may have set it
after the kernel read it. If both differ, it is not known which one holds, and the comm is asked
again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import msgspec

from jupyter_comm_broker.core.comms import Comms
from jupyter_comm_broker.core.kernel.checks import Checks
from jupyter_comm_broker.core.ledger import Ledger
from jupyter_comm_broker.core.pages.delivery import Delivery
from jupyter_comm_broker.core.state.comm_record import CommRecord, Side
from jupyter_comm_broker.core.state.watched_changes import Changes
from jupyter_comm_broker.core.state.widget_state import WidgetState
from jupyter_comm_broker.protocol.json_text import lenient
from jupyter_comm_broker.protocol.message import Message, Part
from jupyter_comm_broker.protocol.widget import CONTROL_TARGET, Step, read_payload

NOT_LISTED = "the kernel no longer lists it"
"""The reason for the end of a comm whose closing by the kernel was never seen."""


@dataclass(frozen=True, slots=True)
class Learned:
    """Something in the kernel's answer that pages must be told."""

    record: CommRecord
    state: WidgetState | None = None
    """The comm's state, if it was not known before."""
    wrong: frozenset[str] = frozenset()
    """Attributes that pages may show wrongly."""
    closed: bool = False
    """The kernel no longer has the comm."""


class Whole(NamedTuple):
    """A widget's whole state, as the kernel gave it."""

    state: msgspec.Raw
    paths: list[list[Step]]
    """Where in it the buffers belong."""
    buffers: list[Part]


class _StateEntry(msgspec.Struct):
    state: msgspec.Raw = msgspec.Raw(b"{}")


class _UpdateStates(msgspec.Struct):
    states: dict[str, _StateEntry] = {}
    buffer_paths: list[list[Step]] = []


_read_states = lenient(msgspec.json.Decoder(_UpdateStates).decode)


class Reconciliation:
    """
    Corrects registry and mirror by the kernel's answers.

    Args:
        ledger: counts what was verified.
        comms: the kernel's comms.
        delivery: the pages.
        checks: is told which answers count, and which comms must be asked again.
        owns_outputs: says whether our list of a widget's outputs is better than the kernel's.
    """

    def __init__(
        self,
        ledger: Ledger,
        comms: Comms,
        delivery: Delivery,
        checks: Checks,
        owns_outputs: Callable[[str], bool],
    ) -> None:
        self._ledger = ledger
        self._comms = comms
        self._delivery = delivery
        self._checks = checks
        self._owns_outputs = owns_outputs
        self._lists_work = False
        """Whether a list of this kernel named a comm that was known from messages."""
        self._lists_lack = False
        """Whether a list of this kernel lacked a comm that is open."""
        self._unlisted: set[str] = set()
        """The widgets that the latest list did not name and that have not been asked since."""

        self._newer: Changes = {}
        """What changed since the kernel began with the answers that are read now."""

    def forget(self) -> None:
        """Forget what is known of its lists, because the kernel has a new process."""
        self.ended()
        self._lists_work = self._lists_lack = False
        self._unlisted.clear()

    # -- lists -----------------------------------------------------------------------------------

    def listed(self, message: Message, asked_at: float, now: float) -> list[Learned]:
        """
        Take a ``comm_info_reply``. Note new comms, and drop those that are gone.

        Args:
            message: the reply.
            asked_at: when the kernel was asked.
            now: the time.

        Returns:
            The comms that are gone.
        """
        registry = self._comms.registry
        comms = message.content.get("comms")
        if not isinstance(comms, dict):
            # The kernel has no lists, and would answer the same at once for ever.
            registry.found_all()
            return []
        listed = {
            str(comm_id): str(info.get("target_name", "")) if isinstance(info, dict) else ""
            for comm_id, info in comms.items()
        }
        self._lists_work |= any(comm_id in registry for comm_id in listed)
        for comm_id, target_name in listed.items():
            if target_name == CONTROL_TARGET:
                # This comm belongs to another client. Only the kernel's answer on it was seen here.
                registry.forget(comm_id)
            elif not registry.closing(comm_id):
                self._note(comm_id, target_name, now)
        absent = [each for each in registry if each.comm_id not in listed]
        gone = [each for each in absent if self._is_gone(each, asked_at)]
        for record in gone:
            self._close(record, now)
        registry.found_all()
        return [Learned(record, closed=True) for record in gone]

    def _note(self, comm_id: str, target_name: str, now: float) -> None:
        registry = self._comms.registry
        record = registry.get(comm_id)
        if record is None:
            record = registry.opened(comm_id, target_name, Side.UNKNOWN, now)
            if registry.followed:
                record.mark_missed(self._delivery.sessions())
        elif not record.target_name:
            registry.named(record, target_name)
        record.mark_listed()
        self._unlisted.discard(comm_id)

    def _is_gone(self, record: CommRecord, asked_at: float) -> bool:
        """
        Return whether a comm that the kernel's list does not name is closed.

        Some kernels list nothing, others less than they use. So a list proves the end of a comm
        that an earlier list named, and of one whose target is not known. For other comms it counts
        only if lists were seen to work, and a widget is asked first.
        """
        if record.last_activity > asked_at or (
            # Its first message made us ask at the same moment, and it was closed meanwhile.
            record.last_activity == asked_at and record.target_name
        ):
            return False
        if not record.taken:
            # A page opened it. The opening waits at a busy kernel, so it is not listed yet.
            return False
        if record.listed or not record.target_name:
            return True
        if not self._lists_work or self._lists_lack:
            return False
        if not record.is_widget:
            return True
        self._unlisted.add(record.comm_id)
        self._comms.registry.doubt(record, "the kernel does not list it")
        return False

    def _close(self, record: CommRecord, now: float) -> None:
        self._comms.mirror.closed(record)
        self._comms.registry.closed(record.comm_id, Side.KERNEL, NOT_LISTED, now)

    # -- states ----------------------------------------------------------------------------------

    def began(self) -> None:
        """Note from now on what changes while the kernel is asked for states."""
        self._newer.clear()
        self._comms.mirror.watched.watch(self._newer)

    def read_by_kernel(self, comm_id: str | None = None) -> None:
        """Note that the kernel begins with an answer about a comm; ``None`` for all comms."""
        # What changed before this is in the answer.
        if comm_id is None:
            self._newer.clear()
        else:
            self._newer.pop(comm_id, None)

    def ended(self) -> None:
        """Note no longer what changes. May be called twice."""
        self._comms.mirror.watched.unwatch(self._newer)

    @staticmethod
    def taken_apart(message: Message) -> dict[str, Whole]:
        """Return the states of an ``update_states`` message, by comm."""
        answer = _read_states(message.comm.data)
        paths: dict[str, list[list[Step]]] = {}
        buffers: dict[str, list[Part]] = {}
        for path, buffer in zip(answer.buffer_paths, message.buffers, strict=False):
            comm_id = str(path[0]) if path else ""
            paths.setdefault(comm_id, []).append(path[2:])
            buffers.setdefault(comm_id, []).append(buffer)
        return {
            comm_id: Whole(entry.state, paths.get(comm_id, []), buffers.get(comm_id, []))
            for comm_id, entry in answer.states.items()
        }

    def stated(self, comm_id: str, whole: Whole, now: float) -> list[Learned]:
        """
        Take a state that the kernel gave.

        Args:
            comm_id: the comm. Nothing is learned of a comm that is closed by now.
            whole: its whole state.
            now: the time.

        Returns:
            What pages must be told.
        """
        record = self._comms.registry.get(comm_id)
        return [] if record is None else self._stated(record, whole, now)

    def one_stated(self, message: Message, now: float) -> list[Learned]:
        """Take the answer to a ``request_state``. Returns what was learned."""
        comm_id = message.comm.comm_id
        if (record := self._comms.registry.get(comm_id)) is not None:
            record.mark_published(message.parent.subshell_id)
        if comm_id in self._unlisted and comm_id in self._comms.registry:
            self._unlisted.discard(comm_id)
            self._lists_lack = True
        payload = read_payload(message.comm.data)
        whole = Whole(payload.state, payload.buffer_paths, list(message.buffers))
        return self.stated(comm_id, whole, now)

    def said_nothing(self, comm_id: str, now: float) -> list[Learned]:
        """Note that the kernel handled a ``request_state`` silently. Returns what was learned."""
        record = self._comms.registry.get(comm_id)
        if record is None or comm_id not in self._unlisted:
            return []
        self._unlisted.discard(comm_id)
        self._close(record, now)
        return [Learned(record, closed=True)]

    def _stated(self, record: CommRecord, whole: Whole, now: float) -> list[Learned]:
        was_known = record.state is not None
        ours = {"outputs"} if self._owns_outputs(record.comm_id) else set()
        keep = self._newer.get(record.comm_id, set()) | ours
        answered = self._comms.mirror.kernel_answered(record, *whole, keep)
        self._ledger.counters["verified"] += 1
        if answered.contradicted - ours:
            because = "it changed while the kernel was asked"
            self._comms.registry.doubt(record, because, ask=False)
            self._checks.again(record, now)
        else:
            record.mark_checked(now)
            self._checks.answered(record)
        if not was_known:
            return [Learned(record, state=WidgetState(*whole))]
        if answered.wrong:
            self._ledger.counters["corrected"] += 1
            return [Learned(record, wrong=answered.wrong)]
        return []
