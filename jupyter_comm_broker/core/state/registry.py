"""Which comms one kernel has open, in the order of opening. The mirror holds their states."""

from __future__ import annotations

import sys
from collections import Counter, OrderedDict
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from jupyter_comm_broker.core.state.changes import Changes, CommClosed, CommOpened
from jupyter_comm_broker.core.state.comm_record import CommRecord, Knowledge, Side
from jupyter_comm_broker.core.state.retained import Retained
from jupyter_comm_broker.protocol.message import Message


@dataclass(frozen=True, slots=True)
class Closing:
    """How a comm ended."""

    at: float
    by: Side
    reason: str


class Registry:
    """
    The live comms of one kernel, and those that were closed last.

    Args:
        remembered_closed: how many closed comms are remembered.
        changes: notes comms that come and go, and messages on them.
        retained: what strategies keep of comms.
    """

    def __init__(self, remembered_closed: int, changes: Changes, retained: Retained) -> None:
        self._changes = changes
        self._retained = retained
        self._comms: dict[str, CommRecord] = {}
        self._closed: OrderedDict[str, Closing] = OrderedDict()
        self._remembered_closed = remembered_closed
        self._openings: dict[str, CommRecord] = {}
        """By msg_id, the comms that pages open and whose opening the kernel has not handled."""
        self._opened = 0
        self.past: Counter[str] = Counter()
        """How much passed on the comms that are gone."""
        self._complete = self._followed = False
        self.doubtful: set[str] = set()
        """The widgets whose states are unknown or dirty, and are to be asked for."""

    @property
    def complete(self) -> bool:
        """Whether all comms of the kernel are known: seen from its start, or asked for."""
        return self._complete

    @property
    def followed(self) -> bool:
        """Whether the list was complete once. A comm that is found later was opened unseen."""
        return self._followed

    def begin(self, *, complete: bool) -> None:
        """Begin to follow a kernel, which has no comms yet (``complete``) or is to be asked."""
        self._complete = self._followed = complete

    def found_all(self) -> None:
        """Note that the kernel was asked, and that all its comms are known."""
        self._complete = self._followed = True

    def met_unknown(self) -> None:
        """Note that the kernel used a comm whose opening nobody saw. There may be others."""
        self._complete = False

    def rest(self, comm_ids: set[str]) -> None:
        """Ask no more about comms that do not answer. They stay in doubt."""
        self.doubtful -= comm_ids

    @property
    def has_unknown(self) -> bool:
        """Whether there is a widget whose state is unknown."""
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
        """
        Note that a comm was opened, and return it. One that opens again under its id is a new comm.

        Args:
            comm_id: the comm.
            target_name: its target.
            by: who opened it.
            now: the time.
        """
        if (before := self._comms.pop(comm_id, None)) is not None:
            self._left(before)
            self._changes.note(CommClosed(before, by, "opened again under the same id"))
        self._closed.pop(comm_id, None)
        # Thousands of comms have the same few targets, so each name is kept once.
        target_name = sys.intern(target_name)
        record = self._comms[comm_id] = CommRecord(comm_id, target_name, by, now)
        self._opened += 1
        record.number = self._opened
        self.judge(record, Knowledge.UNKNOWN)
        self._changes.note(CommOpened(record))
        return record

    def named(self, record: CommRecord, target_name: str) -> None:
        """Note a comm's target, which nobody told when it was found."""
        record.target_name = target_name
        self.judge(record, record.knowledge)

    def awaits(self, record: CommRecord, msg_id: str) -> None:
        """Note that a page opens a comm. The kernel knows it once it has handled that message."""
        self._openings[msg_id] = record
        if len(self._openings) > self._remembered_closed:
            del self._openings[next(iter(self._openings))]

    def came_to(self, msg_id: str) -> CommRecord | None:
        """Note that the kernel handled a message. Returns the comm that it opened, if any."""
        record = self._openings.pop(msg_id, None)
        # It may be closed by now, and its id be that of another comm.
        if record is None or self._comms.get(record.comm_id) is not record:
            return None
        record.mark_taken()
        return record

    def judge(self, record: CommRecord, knowledge: Knowledge, *, ask: bool = True) -> None:
        """
        Set how far a comm's state can be trusted.

        Args:
            record: the comm.
            knowledge: how far its state can be trusted.
            ask: whether to ask the kernel at once, if it is to be asked.
        """
        record.knowledge = knowledge
        if record.is_widget and knowledge in (Knowledge.UNKNOWN, Knowledge.DIRTY):
            if ask:
                self.doubtful.add(record.comm_id)
            return
        self.doubtful.discard(record.comm_id)
        if knowledge is Knowledge.CLEAN:
            record.dirty_because = ""
            record.suspects = None

    def doubt(
        self,
        record: CommRecord,
        because: str,
        suspects: set[str] | None = None,
        *,
        ask: bool = True,
    ) -> None:
        """
        Stop trusting a comm's state until the kernel was asked.

        Args:
            record: the comm.
            because: the reason, for people.
            suspects: the attributes that pages may show wrongly.
            ask: whether to ask at once. ``False`` where a later check will ask.
        """
        if record.knowledge is not Knowledge.TOO_LARGE:
            # This also asks again about a comm on which the broker had given up.
            clean = record.knowledge is Knowledge.CLEAN
            self.judge(record, Knowledge.DIRTY if clean else record.knowledge, ask=ask)
        record.dirty_because = record.dirty_because or because
        if suspects:
            record.suspects = (record.suspects or set()) | suspects

    def found(self, comm_id: str, now: float) -> CommRecord:
        """Return the comm. A comm that is not known was open before the broker looked."""
        return self._comms.get(comm_id) or self.opened(comm_id, "", Side.UNKNOWN, now)

    def closed(self, comm_id: str, by: Side, reason: str, now: float) -> CommRecord | None:
        """
        Note that a comm was closed, and return it; ``None`` if it was not open.

        Args:
            comm_id: the comm.
            by: who closed it.
            reason: why, for people.
            now: the time.
        """
        record = self._comms.pop(comm_id, None)
        self.doubtful.discard(comm_id)
        if record is not None:
            self._left(record)
            self._closed[comm_id] = Closing(now, by, reason)
            self._changes.note(CommClosed(record, by, reason))
            if len(self._closed) > self._remembered_closed:
                self._closed.popitem(last=False)
        return record

    def forget(self, comm_id: str) -> None:
        """Forget a comm that the kernel turned out not to have, as if it had never been seen."""
        if (record := self._comms.pop(comm_id, None)) is not None:
            self.doubtful.discard(comm_id)
            self._left(record)
            self._changes.note(CommClosed(record, Side.UNKNOWN, "the kernel does not have it"))

    def _left(self, record: CommRecord) -> None:
        self.past.update(record.passed)
        self._retained.closed(record)

    def kernel_sent(self, record: CommRecord, message: Message, now: float) -> None:
        """
        Count a message that the kernel sent on a comm.

        Args:
            record: the comm.
            message: the message.
            now: the time.
        """
        record.from_kernel += 1
        lane = message.parent.subshell_id
        if lane is not None or record.lane:
            record.mark_published(lane)
        record.mark_taken()
        record.bytes_from_kernel += message.size
        record.last_activity = now
        self._changes.passed(record, Side.KERNEL, "", message)

    def frontend_sent(
        self, record: CommRecord, message: Message, session_id: str, now: float
    ) -> None:
        """
        Count a message that a page or program sent on a comm.

        Args:
            record: the comm.
            message: the message.
            session_id: who sent it.
            now: the time.
        """
        record.from_frontends += 1
        record.bytes_from_frontends += message.size
        record.last_activity = now
        record.mark_used(session_id)
        self._changes.passed(record, Side.FRONTEND, session_id, message)

    def closing(self, comm_id: str) -> Closing | None:
        """Return how a comm ended; ``None`` if that is no longer known."""
        return self._closed.get(comm_id)

    def is_closed(self, comm_id: str) -> bool:
        """Return whether a comm is known to be closed."""
        return self.complete and comm_id not in self and self.closing(comm_id) is not None

    def closed_since(self, when: float) -> list[str]:
        """Return the ids of the comms that were closed at ``when`` or later, oldest first."""
        recent = []
        for comm_id, closing in reversed(self._closed.items()):
            if closing.at < when:
                break
            recent.append(comm_id)
        return recent[::-1]

    def doubt_all(self, because: str) -> None:
        """Stop trusting every state and the list of comms. Openings may have been lost too."""
        self._complete = False
        for record in self:
            self.doubt(record, because)

    def clear(self, reason: str, now: float) -> list[str]:
        """Close every comm, because the kernel has a new process. Returns their ids."""
        ids = list(self._comms)
        self._openings.clear()
        for comm_id in ids:
            self.closed(comm_id, Side.KERNEL, reason, now)
        self._complete = False
        return ids

    def parents(self, of: Collection[str] | None = None) -> dict[str, list[str]]:
        """Return for each widget, or for those in ``of``, the widgets whose states refer to it."""
        parents: dict[str, list[str]] = {}
        for record in self:
            for child in record.references:
                if of is not None and child not in of:
                    continue
                parents.setdefault(child, []).append(record.comm_id)
        return parents
