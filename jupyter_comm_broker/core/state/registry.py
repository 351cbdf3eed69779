"""
Which comms one kernel has open, in the order in which they were opened.

Nothing but counts and names here; states are the mirror's business. ``complete`` says
whether the list can be told to a page as the whole truth.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from jupyter_comm_broker.core.state.changes import CommClosed, CommOpened, Happenings
from jupyter_comm_broker.core.state.comm_record import CommRecord, Knowledge, Side
from jupyter_comm_broker.core.state.retained import KeptMessages
from jupyter_comm_broker.protocol.message import Message


@dataclass(frozen=True, slots=True)
class Closing:
    """How a comm ended."""

    at: float
    by: Side
    reason: str


class Registry:
    """The live comms of one kernel, and the latest that were closed."""

    def __init__(
        self, remembered_closed: int, happenings: Happenings, kept_messages: KeptMessages
    ) -> None:
        self._happenings = happenings
        self._kept_messages = kept_messages
        self._comms: dict[str, CommRecord] = {}
        self._closed: OrderedDict[str, Closing] = OrderedDict()
        self._remembered_closed = remembered_closed
        self._opened = 0
        self.past: Counter[str] = Counter()
        """What passed on the comms that are gone."""
        self.complete = False
        """Whether every comm of the kernel is in here: seen from its start, or asked for."""
        self.followed = False
        """Whether it was complete once: what is found from then on, the kernel told and lost."""
        self.doubtful: set[str] = set()
        """The widgets whose states are unknown or dirty, so that the kernel is to be asked."""

    @property
    def has_unknown(self) -> bool:
        """Whether there is a widget of whose state we know nothing."""
        found = map(self._comms.get, self.doubtful)
        return any(each is not None and each.knowledge is Knowledge.UNKNOWN for each in found)

    @property
    def latest(self) -> int:
        """The number of the comm that was opened last."""
        return self._opened

    def __contains__(self, comm_id: str) -> bool:
        return comm_id in self._comms

    def __iter__(self) -> Iterator[CommRecord]:
        return iter(self._comms.values())

    def __len__(self) -> int:
        return len(self._comms)

    def get(self, comm_id: str) -> CommRecord | None:
        """Return the live comm, or ``None``."""
        return self._comms.get(comm_id)

    def opened(self, comm_id: str, target_name: str, by: Side, now: float) -> CommRecord:
        """Note a comm. One that is reopened under its old id is a new comm at the end."""
        if (before := self._comms.pop(comm_id, None)) is not None:
            self._left(before)
            self._happenings.note(CommClosed(before, by, "opened again under the same id"))
        self._closed.pop(comm_id, None)
        record = self._comms[comm_id] = CommRecord(comm_id, target_name, by, now)
        self._opened += 1
        record.number = self._opened
        self.judge(record, Knowledge.UNKNOWN)
        self._happenings.note(CommOpened(record))
        return record

    def judge(self, record: CommRecord, knowledge: Knowledge) -> None:
        """Say how far a comm's state can be trusted from now on."""
        record.knowledge = knowledge
        if record.is_widget and knowledge in (Knowledge.UNKNOWN, Knowledge.DIRTY):
            self.doubtful.add(record.comm_id)
            return
        self.doubtful.discard(record.comm_id)
        if knowledge is Knowledge.CLEAN:
            record.dirty_because = ""
            record.suspects = None

    def doubt(self, record: CommRecord, because: str, suspects: set[str] | None = None) -> None:
        """
        Stop trusting a comm's state until the kernel was asked.

        Args:
            record: the comm.
            because: why.
            suspects: the attributes that pages may show wrongly.
        """
        if record.knowledge is not Knowledge.TOO_LARGE:
            # Again doubtful too, if it was given up on.
            clean = record.knowledge is Knowledge.CLEAN
            self.judge(record, Knowledge.DIRTY if clean else record.knowledge)
        record.dirty_because = record.dirty_because or because
        if suspects:
            record.suspects = (record.suspects or set()) | suspects

    def found(self, comm_id: str, now: float) -> CommRecord:
        """Return the comm, noting one that was open before we looked."""
        return self._comms.get(comm_id) or self.opened(comm_id, "", Side.UNKNOWN, now)

    def closed(self, comm_id: str, by: Side, reason: str, now: float) -> CommRecord | None:
        """Forget a comm but for how it ended. ``None`` if it was not open."""
        record = self._comms.pop(comm_id, None)
        self.doubtful.discard(comm_id)
        if record is not None:
            self._left(record)
            self._closed[comm_id] = Closing(now, by, reason)
            self._happenings.note(CommClosed(record, by, reason))
            if len(self._closed) > self._remembered_closed:
                self._closed.popitem(last=False)
        return record

    def forget(self, comm_id: str) -> None:
        """Drop a comm that turned out to be none of ours, as if it had never been seen."""
        if (record := self._comms.pop(comm_id, None)) is not None:
            self._left(record)
            self._happenings.note(CommClosed(record, Side.UNKNOWN, "it was none of the kernel's"))

    def _left(self, record: CommRecord) -> None:
        self.past.update(record.passed)
        self._kept_messages.closed(record)

    # -- messages ------------------------------------------------------------------------------

    def kernel_sent(self, record: CommRecord, message: Message, now: float) -> None:
        """Count one message that the kernel sent on a comm."""
        record.from_kernel += 1
        record.bytes_from_kernel += message.size
        record.last_activity = now
        self._happenings.passed(record, Side.KERNEL, "", message)

    def frontend_sent(
        self, record: CommRecord, message: Message, session_id: str, now: float
    ) -> None:
        """Count one message that a page or program sent on a comm."""
        record.from_frontends += 1
        record.bytes_from_frontends += message.size
        record.last_activity = now
        record.mark_used(session_id)
        self._happenings.passed(record, Side.FRONTEND, session_id, message)

    # -- what was closed -----------------------------------------------------------------------

    def closing(self, comm_id: str) -> Closing | None:
        """Return how a comm ended, if that is still known."""
        return self._closed.get(comm_id)

    def closed_since(self, when: float) -> list[str]:
        """Return the ids of the comms that were closed at ``when`` or later, oldest first."""
        recent = []
        for comm_id, closing in reversed(self._closed.items()):
            if closing.at < when:
                break
            recent.append(comm_id)
        return recent[::-1]

    def doubt_all(self, because: str) -> None:
        """Stop trusting every state, and the list too: an opening may be among what was lost."""
        self.complete = False
        for record in self:
            self.doubt(record, because)

    def clear(self, reason: str, now: float) -> list[str]:
        """Forget every comm, as when the kernel's process is another one. Returns their ids."""
        ids = list(self._comms)
        for comm_id in ids:
            self.closed(comm_id, Side.KERNEL, reason, now)
        self.complete = False
        return ids

    def parents(self, of: Collection[str] | None = None) -> dict[str, list[str]]:
        """Return for each widget, or those named, the widgets whose states refer to it."""
        parents: dict[str, list[str]] = {}
        for record in self:
            for child in record.references:
                if of is not None and child not in of:
                    continue
                parents.setdefault(child, []).append(record.comm_id)
        return parents
