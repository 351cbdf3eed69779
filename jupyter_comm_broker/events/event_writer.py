"""Writes what happened on a kernel into the journal, each batch as it came."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from jupyter_comm_broker.core.broker import KernelBroker
from jupyter_comm_broker.core.state.changes import (
    CommClosed,
    CommOpened,
    FrontendAttached,
    FrontendDetached,
    Happening,
    MessagePassed,
    ProcessEnded,
    StateChanged,
)
from jupyter_comm_broker.core.state.comm_record import CommRecord, Side
from jupyter_comm_broker.events.event_contents import change_of, data_of, method_of
from jupyter_comm_broker.events.event_views import (
    ClosedEvent,
    FrontendEvent,
    KernelEvent,
    MessageEvent,
    OpenedEvent,
)
from jupyter_comm_broker.events.journal import Journal


class EventWriter:
    """
    Turns happenings into events.

    Args:
        journal: where they go.
        most_data: bytes of data or attributes told in one event.
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
        self, kernel_id: str, broker: KernelBroker, happenings: Sequence[Happening], now: float
    ) -> None:
        """Note a batch of what happened on a kernel."""
        self._kernel_id = kernel_id
        self._at = broker.context.author.date(now)
        changes = _changes(happenings) if self._journal.traffic else {}
        for index, happening in enumerate(happenings):
            if isinstance(happening, StateChanged):
                if index in changes:
                    self._changed(happening.record, *changes[index])
            elif self._journal.traffic or not isinstance(happening, MessagePassed):
                # Others than our readers may want traffic, too.
                self._writers[type(happening)](happening)

    # -- comms -------------------------------------------------------------------------------------

    def _opened(self, happening: CommOpened) -> None:
        record = happening.record
        model = record.model
        facts: OpenedEvent = {
            "at": self._at,
            "kernel_id": self._kernel_id,
            "comm_id": record.comm_id,
            "target_name": record.target_name,
            "opened_by": record.opened_by,
            "model": {"name": model.name, "module": model.module, "version": model.version}
            if model.name
            else None,
        }
        self._about(record, "opened", facts)

    def _closed(self, happening: CommClosed) -> None:
        record = happening.record
        facts: ClosedEvent = {
            "at": self._at,
            "kernel_id": self._kernel_id,
            "comm_id": record.comm_id,
            "target_name": record.target_name,
            "by": happening.by,
            "reason": happening.reason,
        }
        self._about(record, "closed", facts)

    def _passed(self, happening: MessagePassed) -> None:
        record, message = happening.record, happening.message
        shown = data_of(record, message, self._most_data)
        from_kernel = happening.side is Side.KERNEL
        facts: MessageEvent = {
            "at": self._at,
            "kernel_id": self._kernel_id,
            "comm_id": record.comm_id,
            "target_name": record.target_name,
            "direction": "from_kernel" if from_kernel else "from_frontend",
            "session_id": happening.session_id or None,
            "msg_id": message.header.msg_id,
            "msg_type": message.header.msg_type,
            "method": method_of(record, message),
            "size": shown.size,
            "buffers": shown.buffers,
            "data": shown.data,
            "cut": shown.cut,
            "redacted": shown.redacted,
        }
        self._about(record, "message", facts)

    def _changed(self, record: CommRecord, keys: frozenset[str] | None, before: int) -> None:
        shown = change_of(record, keys, self._most_data)
        facts = {
            "at": self._at,
            "kernel_id": self._kernel_id,
            "comm_id": record.comm_id,
            "target_name": record.target_name,
            "sequence": record.sequence,
            "whole": keys is None,
            "attributes": shown.attributes,
            "buffers": shown.buffers,
            "omitted": shown.omitted,
            "redacted": shown.redacted,
            "merged": before,
        }
        self._about(record, "state", facts)

    def _about(self, record: CommRecord, kind: str, facts: Any) -> None:
        self._journal.add(
            kind,
            facts,
            kernel_id=self._kernel_id,
            comm_id=record.comm_id,
            target_name=record.target_name,
        )

    # -- pages and processes -----------------------------------------------------------------------

    def _attached(self, happening: FrontendAttached) -> None:
        self._page("attached", happening.session_id)

    def _detached(self, happening: FrontendDetached) -> None:
        self._page("detached", happening.session_id)

    def _page(self, kind: str, session_id: str) -> None:
        facts: FrontendEvent = {
            "at": self._at,
            "kernel_id": self._kernel_id,
            "session_id": session_id,
        }
        self._journal.add(kind, facts, kernel_id=self._kernel_id)

    def _ended(self, happening: ProcessEnded) -> None:
        facts: KernelEvent = {
            "at": self._at,
            "kernel_id": self._kernel_id,
            "state": happening.state,
            "reason": happening.reason,
        }
        self._journal.add("kernel", facts, kernel_id=self._kernel_id)
        if happening.state == "gone":
            self._journal.kernel_gone(self._kernel_id)


def _changes(happenings: Sequence[Happening]) -> dict[int, tuple[frozenset[str] | None, int]]:
    """
    Return what of each comm's state changed in a batch, by the place of its last change there.

    The state that can be read is the one after the batch, so that is told once; beside the
    attributes stands how many changes came before the last one.
    """
    found: dict[int, tuple[int, frozenset[str] | None, int]] = {}
    for index, each in enumerate(happenings):
        if isinstance(each, StateChanged):
            _, keys, count = found.get(id(each.record), (0, frozenset[str](), 0))
            keys = None if keys is None or each.keys is None else keys | each.keys
            found[id(each.record)] = (index, keys, count + 1)
    return {index: (keys, count - 1) for index, keys, count in found.values()}
