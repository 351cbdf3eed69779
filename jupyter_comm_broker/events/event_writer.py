"""Writes what happened on a kernel into the journal, one batch of changes at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from jupyter_comm_broker.core.broker import KernelBroker
from jupyter_comm_broker.core.state.changes import (
    CommClosed,
    CommOpened,
    FrontendAttached,
    FrontendDetached,
    KernelChange,
    MessagePassed,
    ProcessEnded,
    StateChanged,
)
from jupyter_comm_broker.core.state.comm_record import Side
from jupyter_comm_broker.core.state.known_comm import KnownComm
from jupyter_comm_broker.events.event_contents import change_of, data_of, method_of
from jupyter_comm_broker.events.event_views import (
    ClosedEvent,
    FrontendEvent,
    KernelEvent,
    MessageEvent,
    OnComm,
    OpenedEvent,
)
from jupyter_comm_broker.events.journal import Journal
from jupyter_comm_broker.inspection.snapshots import model_of
from jupyter_comm_broker.protocol.alias import alias, shown_msg_id


class EventWriter:
    """
    Turns changes into events.

    Args:
        journal: the journal that they go to.
        most_data: the most bytes of data or attributes in one event.
    """

    def __init__(self, journal: Journal, most_data: int) -> None:
        self._journal = journal
        self._most_data = most_data
        self._at = ""
        self._kernel_id = ""
        self._writers: dict[type[Any], Callable[[Any], None]] = {
            CommOpened: self._opened,
            CommClosed: self._closed,
            MessagePassed: self._passed,
            FrontendAttached: self._attached,
            FrontendDetached: self._detached,
            ProcessEnded: self._ended,
        }

    def write(
        self, kernel_id: str, broker: KernelBroker, changes: Sequence[KernelChange], now: float
    ) -> None:
        """
        Write a batch of changes.

        Args:
            kernel_id: the kernel.
            broker: the kernel's broker.
            changes: what happened, in order.
            now: the time in seconds, by the core's clock.
        """
        self._kernel_id = kernel_id
        self._at = broker.known.date(now)
        merged = _merged(changes) if self._journal.traffic else {}
        for index, change in enumerate(changes):
            if isinstance(change, StateChanged):
                if index in merged:
                    self._changed(change.record, *merged[index])
            elif (write := self._writers.get(type(change))) is not None and (
                # A message also comes here if only others than the journal's readers want it.
                self._journal.traffic or not isinstance(change, MessagePassed)
            ):
                write(change)

    # -- comms -------------------------------------------------------------------------------------

    def _opened(self, change: CommOpened) -> None:
        record = change.record
        facts: OpenedEvent = {
            **self._on_comm(record),
            "opened_by": record.opened_by,
            "model": model_of(record),
        }
        self._about(record, "opened", facts)

    def _closed(self, change: CommClosed) -> None:
        facts: ClosedEvent = {
            **self._on_comm(change.record),
            "by": change.by,
            "reason": change.reason,
        }
        self._about(change.record, "closed", facts)

    def _passed(self, change: MessagePassed) -> None:
        record, message = change.record, change.message
        shown = data_of(record, message, self._most_data)
        from_kernel = change.side is Side.KERNEL
        facts: MessageEvent = {
            **self._on_comm(record),
            "direction": "from_kernel" if from_kernel else "from_frontend",
            "session_id": alias(change.session_id) or None,
            "msg_id": shown_msg_id(message.header),
            "msg_type": message.header.msg_type,
            "method": method_of(record, message),
            "size": shown.size,
            "buffers": shown.buffers,
            "data": shown.data,
            "cut": shown.cut,
            "redacted": shown.redacted,
        }
        self._about(record, "message", facts)

    def _changed(self, record: KnownComm, keys: frozenset[str] | None, before: int) -> None:
        shown = change_of(record, keys, self._most_data)
        facts = {
            **self._on_comm(record),
            "sequence": record.sequence,
            "whole": keys is None,
            "attributes": shown.attributes,
            "buffers": shown.buffers,
            "omitted": shown.omitted,
            "redacted": shown.redacted,
            "merged": before,
        }
        self._about(record, "state", facts)

    def _on_comm(self, record: KnownComm) -> OnComm:
        return {
            "at": self._at,
            "kernel_id": self._kernel_id,
            "comm_id": record.comm_id,
            "target_name": record.target_name,
        }

    def _about(self, record: KnownComm, kind: str, facts: Any) -> None:
        self._journal.add(
            kind,
            facts,
            kernel_id=self._kernel_id,
            comm_id=record.comm_id,
            target_name=record.target_name,
        )

    # -- pages and processes -----------------------------------------------------------------------

    def _attached(self, change: FrontendAttached) -> None:
        self._page("attached", change.session_id)

    def _detached(self, change: FrontendDetached) -> None:
        self._page("detached", change.session_id)

    def _page(self, kind: str, session_id: str) -> None:
        facts: FrontendEvent = {
            "at": self._at,
            "kernel_id": self._kernel_id,
            "session_id": alias(session_id),
        }
        self._journal.add(kind, facts, kernel_id=self._kernel_id)

    def _ended(self, change: ProcessEnded) -> None:
        facts: KernelEvent = {
            "at": self._at,
            "kernel_id": self._kernel_id,
            "state": change.state,
            "reason": change.reason,
        }
        self._journal.add("kernel", facts, kernel_id=self._kernel_id)
        if change.state == "gone":
            self._journal.kernel_gone(self._kernel_id)


def _merged(changes: Sequence[KernelChange]) -> dict[int, tuple[frozenset[str] | None, int]]:
    """
    Merge the state changes of each comm in a batch.

    Only the state after the batch can be read, so each comm's state is told once.

    Returns:
        By the index of each comm's last change, the attributes that changed (``None`` for all)
        and the number of changes before the last.
    """
    found: dict[int, tuple[int, frozenset[str] | None, int]] = {}
    for index, each in enumerate(changes):
        if isinstance(each, StateChanged):
            _, keys, count = found.get(id(each.record), (0, frozenset[str](), 0))
            keys = None if keys is None or each.keys is None else keys | each.keys
            found[id(each.record)] = (index, keys, count + 1)
    return {index: (keys, count - 1) for index, keys, count in found.values()}
