"""
The absent pages: what is kept for them, for how long, and which are given up.

What all absent pages miss is noted once (``absences``). What only one page missed waits in its own
outbox, such as what was in flight when its socket dropped. Both are bounded in bytes. Above a
bound, output is dropped first, and then the pages that have been away longest are given up. A page
that is given up or forgotten is remembered by its id, and is told when it returns.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from jupyter_comm_broker.core.limits import Limits
from jupyter_comm_broker.core.outboxes.kind import Item, Kind
from jupyter_comm_broker.core.pages.absences import Absences
from jupyter_comm_broker.core.pages.effects import Effects
from jupyter_comm_broker.core.pages.frontend import Frontend
from jupyter_comm_broker.core.pages.missed_ends import MissedEnds
from jupyter_comm_broker.protocol.alias import alias
from jupyter_comm_broker.protocol.message import Message


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What is remembered of a page that was away too long."""

    came_at: float
    reason: str
    heard_until: int
    """
    How many messages the kernel had sent when the page left. If it sent none since, the page missed
    nothing. -1 if the page lacked something already.
    """


class WaitingRoom:
    """
    The absent pages of one kernel.

    Args:
        limits: what may be kept.
        effects: collects log lines.
        counters: the kernel's counters.
        forget: called with a page that is no longer waited for.
    """

    def __init__(
        self,
        limits: Limits,
        effects: Effects,
        counters: Counter[str],
        forget: Callable[[Frontend], None],
    ) -> None:
        self._limits = limits
        self._effects = effects
        self._counters = counters
        self._forget = forget
        # Updates are merged only when a good part of the bytes is used.
        self._high = min(limits.outbox_high_bytes, limits.absent_bytes // 4)
        self.pages: dict[str, Frontend] = {}
        """The absent pages, the longest away first."""
        self._absences = Absences(self._high, counters)
        self._own: dict[str, int] = {}
        """The bytes in each page's own outbox."""
        self._own_bytes = 0
        self._forgotten: OrderedDict[str, Forgotten] = OrderedDict()
        self.ends = MissedEnds(counters)
        """What is kept for pages that are given up or forgotten."""

    @property
    def in_common(self) -> tuple[int, int]:
        """How many messages are kept once for all of them, and their bytes."""
        return self._absences.messages, self._absences.bytes

    @property
    def bytes(self) -> int:
        """The bytes that are kept for all of them."""
        return self._absences.bytes + self._own_bytes

    # -- coming and going --------------------------------------------------------------------------

    def left(self, frontend: Frontend, now: float, has: Callable[[Item], bool]) -> None:
        """
        Note that a page's socket is gone.

        Args:
            frontend: the page.
            now: the time.
            has: whether the page is known to have a message that was written to the socket.
        """
        outbox = frontend.outbox
        frontend.absent_since = now
        if outbox.in_flight.lacks_output or outbox.in_flight.lacks_more:
            self._counters["cut_in_flight"] += 1
        frontend.heard_until = self._counters["from_kernel"]
        if outbox.in_flight.lacks_more and not frontend.given_up:
            reason = (
                "when this page's connection broke, more was in flight to it than is kept; "
                f"the limit is CommBroker.in_flight_bytes = {self._limits.in_flight_bytes}"
            )
            self.ends.keep(frontend.session_id, frontend.give_up(reason))
            self._note_given_up(frontend)
        elif outbox.in_flight.lacks_output:
            frontend.cut_off = frontend.cut_off or (
                "when this page's connection broke, more output was in flight to it than is "
                f"kept; the limit is CommBroker.in_flight_bytes = {self._limits.in_flight_bytes}"
            )
        outbox.high = self._high
        outbox.take_back(has)
        self.pages[frontend.session_id] = frontend
        if not frontend.given_up:
            self._absences.left(frontend.session_id)
            self._look_at(frontend)

    def returned(self, frontend: Frontend, now: float) -> None:
        """Note that a page has a socket again. Its outbox then holds what it missed."""
        if self.pages.pop(frontend.session_id, None) is not None:
            self._put(frontend, self._absences.returned(frontend.session_id))
            self._account(frontend, 0)
        frontend.given_up = False
        frontend.absent_since = None
        frontend.attached_at = now
        frontend.outbox.high = self._limits.outbox_high_bytes

    def recognised(self, frontend: Frontend) -> bool:
        """Return whether a page was known and forgotten. It has a gap if it missed anything."""
        known = self._forgotten.pop(frontend.session_id, None)
        if known is None:
            return False
        if known.heard_until != self._counters["from_kernel"]:
            frontend.came_at = frontend.gap_since = known.came_at
            frontend.cut_off = known.reason
        return True

    # -- what they miss ----------------------------------------------------------------------------

    def missed(self, message: Message, kind: Kind, comm_id: str, besides: str | None) -> None:
        """
        Note that the absent pages miss a message.

        Args:
            message: the message.
            kind: how it may be treated while it waits.
            comm_id: its comm; empty if it has none.
            besides: the page that does not miss it; ``None`` for no such page.
        """
        if not self._absences:
            return
        if besides is not None and (one := self.pages.get(besides)) is not None:
            self._gather(one)
            self._absences.add(message, kind, comm_id)
            self._absences.so_far(besides)
        else:
            self._absences.add(message, kind, comm_id)
        if self._absences.bytes > self._limits.absent_bytes:
            self._shorten()

    def missed_alone(self, frontend: Frontend, message: Message, kind: Kind, comm_id: str) -> None:
        """
        Note that one absent page misses a message that is for no other page.

        Args:
            frontend: the page.
            message: the message, which comes after all that the page missed so far.
            kind: how it may be treated while it waits.
            comm_id: its comm; empty if it has none.
        """
        if not frontend.given_up:
            self._gather(frontend)
            frontend.outbox.add(message, kind, comm_id)
            self._look_at(frontend)

    def _gather(self, frontend: Frontend) -> None:
        self._put(frontend, self._absences.so_far(frontend.session_id))

    @staticmethod
    def _put(frontend: Frontend, missed: list[Item]) -> None:
        for item in missed:
            frontend.outbox.add(*item)

    def kept(self, frontend: Frontend) -> tuple[int, int, Message | None]:
        """Return how many messages wait for a page, their bytes, and the oldest of them."""
        own = frontend.outbox
        count, size, oldest = self._absences.kept(frontend.session_id)
        return len(own) + count, own.bytes + size, own.oldest or oldest

    # -- bounds ------------------------------------------------------------------------------------

    def _shorten(self) -> None:
        """Keep what all of them miss within the limit of one page."""
        most = self._limits.absent_bytes
        for session_id, dropped in self._absences.drop_output().items():
            frontend = self.pages[session_id]
            frontend.outbox.dropped += dropped
            self._lost_output(frontend)
        # Well below the limit. Otherwise each later output would go through all that is left.
        while self._absences.bytes > most - most // 8:
            self._give_up(self.pages[self._absences.longest])

    def _look_at(self, frontend: Frontend) -> None:
        """Keep within bounds what one page missed alone, and what is kept for all pages."""
        if frontend.outbox.bytes > self._limits.absent_bytes:
            if frontend.outbox.drop_output():
                self._lost_output(frontend)
            if frontend.outbox.bytes > self._limits.absent_bytes:
                self._give_up(frontend)
        self._account(frontend, frontend.outbox.bytes)
        while self.bytes > self._limits.absent_pages_bytes:
            self._give_up(next(each for each in self.pages.values() if not each.given_up))

    def _account(self, frontend: Frontend, waiting: int) -> None:
        self._own_bytes += waiting - self._own.pop(frontend.session_id, 0)
        if waiting:
            self._own[frontend.session_id] = waiting

    def _lost_output(self, frontend: Frontend) -> None:
        if not frontend.cut_off:
            frontend.cut_off = (
                "output was dropped while the page was away; "
                f"the limit is CommBroker.absent_bytes = {self._limits.absent_bytes}"
            )
            self._log("info", frontend, "output that it missed was dropped")

    def _give_up(self, frontend: Frontend) -> None:
        missed = self._absences.returned(frontend.session_id)
        self._account(frontend, 0)
        own = frontend.give_up(
            "while the page was away, it missed more than is kept; "
            f"the limit is CommBroker.absent_bytes = {self._limits.absent_bytes}"
            ", and for all pages of a kernel together "
            f"CommBroker.absent_pages_bytes = {self._limits.absent_pages_bytes}"
        )
        self.ends.keep(frontend.session_id, [*own, *missed])
        self._note_given_up(frontend)

    def _note_given_up(self, frontend: Frontend) -> None:
        self._counters["given_up_absences"] += 1
        self._log("info", frontend, frontend.cut_off)

    def _log(self, level: str, frontend: Frontend, text: str) -> None:
        self._effects.note(level, f"session {alias(frontend.session_id)}: {text}")

    # -- time --------------------------------------------------------------------------------------

    def next_due(self) -> float | None:
        """Return when the next page is forgotten; ``None`` for never."""
        longest = next(iter(self.pages.values()), None)
        if longest is None or longest.absent_since is None:
            return None
        return longest.absent_since + self._limits.absent_seconds

    def tick(self, now: float) -> None:
        """Forget the pages that have been away too long. Only their ids are remembered."""
        while (due := self.next_due()) is not None and due <= now:
            frontend = next(iter(self.pages.values()))
            self._remember(frontend)
            missed = self._absences.returned(frontend.session_id)
            self.ends.keep(frontend.session_id, [*frontend.outbox.items(), *missed])
            self._account(frontend, 0)
            del self.pages[frontend.session_id]
            self._forget(frontend)

    def _remember(self, frontend: Frontend) -> None:
        reason = frontend.cut_off or (
            "this page was away for too long; "
            f"the limit is CommBroker.absent_seconds = {self._limits.absent_seconds:g}"
        )
        lacking = frontend.outbox or frontend.gap_since is not None or frontend.cut_off
        self._forgotten[frontend.session_id] = Forgotten(
            frontend.came_at, reason, -1 if lacking else frontend.heard_until
        )
        self._counters["forgotten_absences"] += 1
        # Debug only: every tab that is closed ends like this.
        self._log("debug", frontend, "no longer waited for")
        while len(self._forgotten) > self._limits.remembered_absences:
            oldest, _ = self._forgotten.popitem(last=False)
            self.ends.take(oldest)
