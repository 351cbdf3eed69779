"""
Who gets a message, and in which outbox it waits.

A message from the kernel's iopub goes to every page. A reply goes to the page that asked. What a
page misses while it has no socket is kept in the waiting room.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from jupyter_comm_broker.core.limits import Limits
from jupyter_comm_broker.core.outboxes.kind import Item, Kind
from jupyter_comm_broker.core.outboxes.outbox import Outbox
from jupyter_comm_broker.core.pages.effects import Effects
from jupyter_comm_broker.core.pages.expected_pages import ExpectedPages
from jupyter_comm_broker.core.pages.frontend import CatchUp, Frontend
from jupyter_comm_broker.core.pages.shared_outbox import SharedBatch, SharedOutbox
from jupyter_comm_broker.core.pages.waiting_room import WaitingRoom
from jupyter_comm_broker.protocol.alias import alias
from jupyter_comm_broker.protocol.message import Message


class Delivery:
    """
    The pages of one kernel.

    Args:
        limits: the limits of outboxes and of what is in flight.
        effects: collects what is to be done.
        counters: the kernel's counters.
        our_session: the session id of the broker's own messages.
    """

    def __init__(
        self, limits: Limits, effects: Effects, counters: Counter[str], our_session: str = ""
    ) -> None:
        self._our_session = our_session
        self._limits = limits
        self._effects = effects
        self._counters = counters
        self._frontends: dict[str, Frontend] = {}
        self._apart: dict[str, Frontend] = {}
        """The attached pages that have their own outbox."""
        self.shared = SharedOutbox(limits.in_flight_bytes)
        """The outbox of the attached pages that keep up."""
        self.waiting = WaitingRoom(limits, effects, counters, self._forget)
        """The absent pages."""
        self._programs: dict[str, Frontend] = {}
        self.kernel_session = ""
        """``header.session`` of the kernel's last message, as far as it is known."""
        self._agreed = True
        """Whether every page saw that session last."""
        self.expected = ExpectedPages(self._expect)
        """The pages of an earlier server."""

    def __iter__(self) -> Iterator[Frontend]:
        return iter(self._frontends.values())

    def get(self, session_id: str) -> Frontend | None:
        """Return the page or program with this session id, attached or not."""
        return self._frontends.get(session_id) or self._programs.get(session_id)

    def belongs_to_server(self, session_id: str) -> bool:
        """Return whether a session id belongs to the broker or to a program in the server."""
        return session_id == self._our_session or session_id in self._programs

    @property
    def attached(self) -> list[Frontend]:
        """The pages that have a socket."""
        return [frontend for frontend in self._frontends.values() if frontend.attached]

    def attach(self, session_id: str, now: float) -> tuple[Frontend, bool]:
        """Note that a page has a socket. Returns the page, and whether it was known."""
        frontend = self._frontends.get(session_id)
        if frontend is not None:
            self.waiting.returned(frontend, now)
            self._apart[session_id] = frontend
            self._share_in_flight()
            if frontend.outbox:
                self._effects.touched.add(session_id)
            return frontend, True
        limits = self._limits
        outbox = Outbox(limits.outbox_high_bytes, self._counters, limits.in_flight_bytes)
        frontend = Frontend(session_id, now, outbox)
        frontend.kernel_session = self.kernel_session
        self._frontends[session_id] = self._apart[session_id] = frontend
        self._share_in_flight()
        return frontend, self.waiting.recognised(frontend)

    def _expect(self, session_id: str, now: float) -> None:
        """Wait for a page of an earlier server, unless it is here already."""
        if self.get(session_id) is None and not self.belongs_to_server(session_id):
            frontend, _ = self.attach(session_id, now)
            frontend.expect()
            self.detach(session_id, now)

    def attach_program(self, session_id: str, now: float) -> None:
        """Note a program. The messages for it are never merged."""
        program = Frontend(session_id, now, Outbox(sys.maxsize))
        program.is_program = True
        self._programs[session_id] = program

    def detach_program(self, session_id: str) -> None:
        """Forget a program."""
        self._programs.pop(session_id, None)

    def detach(
        self, session_id: str, now: float, has: Callable[[Item], bool] = lambda _: False
    ) -> None:
        """
        Note that a page's socket is gone. What it misses is kept for a while.

        Args:
            session_id: the page.
            now: the time.
            has: whether the page is known to have a message that was written to the socket.
        """
        frontend = self._frontends.get(session_id)
        if frontend is not None and frontend.attached:
            self._own_outbox(frontend)
            del self._apart[session_id]
            self.waiting.left(frontend, now, has)
            self._share_in_flight()

    def _forget(self, frontend: Frontend) -> None:
        del self._frontends[frontend.session_id]

    def _share_in_flight(self) -> None:
        """Give each page its share of the bytes that may be in flight to all of them."""
        limits, attached = self._limits, self.attached
        most = min(limits.in_flight_bytes, limits.in_flight_pages_bytes // max(1, len(attached)))
        for frontend in attached:
            frontend.outbox.in_flight.most = most

    # -- sending -----------------------------------------------------------------------------

    def fan_out(
        self,
        message: Message,
        kind: Kind = Kind.PLAIN,
        comm_id: str = "",
        besides: str | None = None,
    ) -> None:
        """
        Give a message to every page, and to the program that asked.

        Args:
            message: the message.
            kind: how it may be treated while it waits.
            comm_id: its comm; empty if it has none.
            besides: the page that does not get it; ``None`` for no such page.
        """
        session = message.header.session
        if session != self.kernel_session or not self._agreed:
            self._all_saw(session)
        if self.shared.members:
            if besides is not None and (member := self.shared.members.get(besides)) is not None:
                self._own_outbox(member)
            if not self.shared.add(message, kind, comm_id):
                for member in list(self.shared.members.values()):
                    self._own_outbox(member)
        for frontend in self._apart.values():
            if frontend.session_id != besides:
                self._put(frontend, message, kind, comm_id)
        if self.waiting.pages:
            self.waiting.missed(message, kind, comm_id, besides)
        if self._programs and (asker := self._programs.get(message.parent.session)) is not None:
            self._put(asker, message, kind, comm_id)

    def caught_up(self, frontend: Frontend) -> None:
        """Note that a page has read everything. From now on it uses the shared outbox."""
        if (
            frontend.session_id in self._apart
            and frontend.attached
            and not (frontend.outbox or frontend.catch_ups or frontend.given_up)
        ):
            del self._apart[frontend.session_id]
            self.shared.join(frontend)

    def fell_behind(self, frontend: Frontend, batch: SharedBatch) -> None:
        """Note that a page's socket refused a shared batch. The batch goes into its own outbox."""
        self._own_outbox(frontend, without_last=True)
        for message, kind, comm_id in batch.items:
            self._put(frontend, message, kind, comm_id)

    def _own_outbox(self, frontend: Frontend, *, without_last: bool = False) -> None:
        """Let a page leave the shared outbox, because it gets something that others do not."""
        if frontend.session_id in self.shared.members:
            self._apart[frontend.session_id] = frontend
            for message, kind, comm_id in self.shared.leave(frontend, without_last=without_last):
                self._put(frontend, message, kind, comm_id)

    def sessions(self) -> set[str]:
        """Return the session ids of all pages, also of absent ones that are still waited for."""
        return set(self._frontends)

    def introduce(self, session: str) -> None:
        """Learn the kernel's session when pages have got nothing of it yet, as after its start."""
        # A kernel that copies the session of its requests does not show its own.
        if session not in (self.kernel_session, self._our_session):
            self._all_saw(session)

    def _all_saw(self, session: str) -> None:
        self.kernel_session, self._agreed = session, True
        for frontend in self._frontends.values():
            frontend.kernel_session = session

    def reply(self, frontend: Frontend, message: Message) -> None:
        """Give the kernel's reply to the page or program that asked."""
        session = message.header.session
        if session != frontend.kernel_session and not frontend.is_program:
            frontend.kernel_session = session
            # The pages no longer saw the same session last. The next fan-out sets it for all.
            self.kernel_session, self._agreed = session, False
        self.give(frontend, message)

    def give(
        self, frontend: Frontend, message: Message, kind: Kind = Kind.PLAIN, comm_id: str = ""
    ) -> None:
        """
        Give one page a message that the others do not get.

        Args:
            frontend: the page.
            message: the message.
            kind: how it may be treated while it waits.
            comm_id: its comm; empty if it has none.
        """
        self._own_outbox(frontend)
        if frontend.given_up:
            self.waiting.ends.note(frontend.session_id, message)
        elif frontend.attached:
            self._put(frontend, message, kind, comm_id)
        else:
            self.waiting.missed_alone(frontend, message, kind, comm_id)

    def _put(self, frontend: Frontend, message: Message, kind: Kind, comm_id: str) -> None:
        if frontend.given_up:
            return
        if (
            frontend.catch_ups
            and comm_id
            and kind is not Kind.ANSWER
            and self._held(frontend, message, kind, comm_id)
        ):
            return
        outbox = frontend.outbox
        outbox.add(message, kind, comm_id)
        self._effects.touched.add(frontend.session_id)
        if outbox.bytes > self._limits.outbox_cap_bytes:
            self._cut_off(frontend)

    def _held(self, frontend: Frontend, message: Message, kind: Kind, comm_id: str) -> bool:
        """Hold back a comm's custom message and what follows it, if its model may not exist yet."""
        for catch_up in frontend.catch_ups:
            if comm_id not in catch_up.restored:
                continue
            held = catch_up.held.get(comm_id)
            if held is None and kind is Kind.BARRIER:
                held = catch_up.held[comm_id] = []
            if held is not None:
                held.append(message)
                catch_up.held_bytes += message.size
                if catch_up.held_bytes > self._limits.hold_custom_bytes:
                    self.release(frontend, catch_up, list(catch_up.held))
                return True
        return False

    def release(self, frontend: Frontend, catch_up: CatchUp, comm_ids: Iterable[str]) -> None:
        """
        Give a page the messages that were held back until its models exist.

        Args:
            frontend: the page.
            catch_up: the restore for which they were held back.
            comm_ids: the comms whose messages it gets. They are held back no more.
        """
        waiting, frontend.catch_ups = frontend.catch_ups, []
        for comm_id in comm_ids:
            catch_up.restored.discard(comm_id)
            for message in catch_up.held.pop(comm_id, []):
                catch_up.held_bytes -= message.size
                kind = Kind.BARRIER if message.header.msg_type == "comm_msg" else Kind.LIFE
                self.give(frontend, message, kind, comm_id)
        frontend.catch_ups = waiting

    def _cut_off(self, frontend: Frontend) -> None:
        reason = (
            f"this page was {frontend.outbox.bytes} bytes behind; "
            f"the limit is CommBroker.outbox_cap_bytes = {self._limits.outbox_cap_bytes}"
        )
        self.waiting.ends.keep(frontend.session_id, frontend.give_up(reason))
        self._counters["cut_off_pages"] += 1
        self._effects.cut_off.append((frontend.session_id, reason))
        self._effects.note("warning", f"cut off session {alias(frontend.session_id)}: {reason}")
