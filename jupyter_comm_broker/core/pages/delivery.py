"""
Who gets a message, and in which outbox it waits how.

A message from the kernel's iopub goes to every page; a reply to the one that asked. Pages
without a socket keep getting their share until the grace period or their budget is over.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator

from jupyter_comm_broker.core.limits import Limits
from jupyter_comm_broker.core.pages.effects import Effects, LogLine
from jupyter_comm_broker.core.pages.frontend import CatchUp, Frontend
from jupyter_comm_broker.core.pages.outbox import Kind, Outbox
from jupyter_comm_broker.core.pages.shared_outbox import SharedBatch, SharedOutbox
from jupyter_comm_broker.protocol.message import Message


class Delivery:
    """The pages of one kernel."""

    def __init__(self, limits: Limits, effects: Effects, counters: Counter[str]) -> None:
        self._limits = limits
        self._effects = effects
        self._counters = counters
        self._frontends: dict[str, Frontend] = {}
        self._apart: dict[str, Frontend] = {}
        """Those whose messages wait in their own outbox."""
        self.shared = SharedOutbox()
        """For the others, which have read all there was."""
        self._programs: dict[str, Frontend] = {}
        self.kernel_session = ""
        """``header.session`` of the kernel's last message, as far as we know."""
        self._agreed = True
        """Whether every page saw that one last."""

    def __iter__(self) -> Iterator[Frontend]:
        return iter(self._frontends.values())

    def __len__(self) -> int:
        return len(self._frontends)

    def get(self, session_id: str) -> Frontend | None:
        """Return the page or program with this session id, attached or not."""
        return self._frontends.get(session_id) or self._programs.get(session_id)

    @property
    def attached(self) -> list[Frontend]:
        """The pages that have a socket."""
        return [frontend for frontend in self._frontends.values() if frontend.attached]

    def attach(self, session_id: str, now: float) -> tuple[Frontend, bool]:
        """Note a socket. Returns its page, and whether that is one we knew."""
        frontend = self._frontends.get(session_id)
        if frontend is None:
            frontend = Frontend(
                session_id, now, Outbox(self._limits.outbox_high_bytes, self._counters)
            )
            frontend.kernel_session = self.kernel_session
            self._frontends[session_id] = self._apart[session_id] = frontend
            return frontend, False
        frontend.absent_since = None
        frontend.attached_at = now
        frontend.outbox.high = self._limits.outbox_high_bytes
        if frontend.outbox:
            self._effects.touched.add(session_id)
        return frontend, True

    def attach_program(self, session_id: str, now: float) -> None:
        """Note a program. What answers it is never merged."""
        program = Frontend(session_id, now, Outbox(sys.maxsize))
        program.is_program = True
        self._programs[session_id] = program

    def detach_program(self, session_id: str) -> None:
        """Forget a program."""
        self._programs.pop(session_id, None)

    def detach(self, session_id: str, now: float) -> None:
        """Note that a page's socket is gone; what it misses is kept for a while."""
        frontend = self._frontends.get(session_id)
        if frontend is None:
            return
        self._own_outbox(frontend)
        frontend.absent_since = now
        frontend.outbox.high = 0
        if frontend.outbox.bytes > self._limits.absent_bytes:
            self._shorten(frontend)
        absent = [each for each in self._frontends.values() if not each.attached]
        absent.sort(key=lambda each: each.absent_since or 0.0)
        for longest in absent[: max(0, len(absent) - self._limits.absent_sessions)]:
            self._forget(longest)

    def expire(self, now: float) -> None:
        """Forget the pages that have been away too long."""
        limit = now - self._limits.absent_seconds
        for frontend in list(self._frontends.values()):
            if frontend.absent_since is not None and frontend.absent_since <= limit:
                self._forget(frontend)

    def _forget(self, frontend: Frontend) -> None:
        del self._frontends[frontend.session_id]
        self._apart.pop(frontend.session_id, None)

    def next_expiry(self) -> float | None:
        """Return when the next absent page is given up."""
        since = [f.absent_since for f in self._frontends.values() if f.absent_since is not None]
        return min(since) + self._limits.absent_seconds if since else None

    # -- sending -----------------------------------------------------------------------------

    def fan_out(
        self,
        message: Message,
        kind: Kind = Kind.PLAIN,
        comm_id: str = "",
        besides: str | None = None,
    ) -> None:
        """Give a message to every page but ``besides``."""
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
        if self._programs and (asker := self._programs.get(message.parent.session)) is not None:
            self._put(asker, message, kind, comm_id)

    def caught_up(self, frontend: Frontend) -> None:
        """A page has read all there was: from now on it shares what is common to all."""
        if (
            frontend.session_id in self._apart
            and frontend.attached
            and not (frontend.outbox or frontend.catch_ups or frontend.gap_since is not None)
        ):
            del self._apart[frontend.session_id]
            self.shared.join(frontend)

    def fell_behind(self, frontend: Frontend, batch: SharedBatch) -> None:
        """A page's socket did not take a shared batch: that waits in its own outbox."""
        self._own_outbox(frontend)
        for message, kind, comm_id in batch.items:
            self._put(frontend, message, kind, comm_id)

    def _own_outbox(self, frontend: Frontend) -> None:
        """Let what a page gets wait apart: it gets something that others do not."""
        if frontend.session_id in self.shared.members:
            self._apart[frontend.session_id] = frontend
            for message, kind, comm_id in self.shared.leave(frontend):
                self._put(frontend, message, kind, comm_id)

    def sessions(self) -> set[str]:
        """Return the session ids of all pages, those that are away for a while included."""
        return {each.session_id for each in self._frontends.values() if not each.is_program}

    def introduce(self, session: str) -> None:
        """Learn the session of a kernel that has said nothing to pages yet, as after its start."""
        if session != self.kernel_session:
            self._all_saw(session)

    def _all_saw(self, session: str) -> None:
        self.kernel_session, self._agreed = session, True
        for frontend in self._frontends.values():
            frontend.kernel_session = session

    def reply(self, frontend: Frontend, message: Message) -> None:
        """Give the kernel's reply to the page that asked."""
        session = message.header.session
        if session != frontend.kernel_session and not frontend.is_program:
            frontend.kernel_session = session
            # Pages no longer agree on the session they saw last: the next fan-out says it anew.
            self.kernel_session, self._agreed = session, False
        self.give(frontend, message)

    def give(
        self, frontend: Frontend, message: Message, kind: Kind = Kind.PLAIN, comm_id: str = ""
    ) -> None:
        """Give one page a message that the others do not get."""
        self._own_outbox(frontend)
        self._put(frontend, message, kind, comm_id)

    def _put(self, frontend: Frontend, message: Message, kind: Kind, comm_id: str) -> None:
        if frontend.gap_since is not None:
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
        if frontend.absent_since is None:
            self._effects.touched.add(frontend.session_id)
            if outbox.bytes > self._limits.outbox_cap_bytes:
                self._cut_off(frontend)
        elif outbox.bytes > self._limits.absent_bytes:
            self._shorten(frontend)

    def _held(self, frontend: Frontend, message: Message, kind: Kind, comm_id: str) -> bool:
        """Hold back a custom message, and what follows it, while the model may not exist yet."""
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
        """Give a page what was held back for it until its models exist."""
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
        self._give_up(frontend, reason)
        self._counters["cut_off_pages"] += 1
        self._effects.cut_off.append((frontend.session_id, reason))
        self._effects.log.append(
            LogLine("warning", f"cut off session {frontend.session_id}: {reason}")
        )

    def _shorten(self, frontend: Frontend) -> None:
        dropped = frontend.outbox.drop_output()
        if frontend.outbox.bytes <= self._limits.absent_bytes:
            frontend.cut_off = frontend.cut_off or (
                f"output was dropped while the page was away; "
                f"the limit is CommBroker.absent_bytes = {self._limits.absent_bytes}"
            )
            if dropped:
                self._effects.log.append(
                    LogLine(
                        "info",
                        f"dropped {dropped} outputs kept for absent session {frontend.session_id}",
                    )
                )
            return
        reason = (
            f"more was missed while the page was away than is kept; "
            f"the limit is CommBroker.absent_bytes = {self._limits.absent_bytes}"
        )
        self._give_up(frontend, reason)
        self._counters["given_up_absences"] += 1
        self._effects.log.append(LogLine("info", f"session {frontend.session_id}: {reason}"))

    @staticmethod
    def _give_up(frontend: Frontend, reason: str) -> None:
        frontend.outbox.clear()
        frontend.cut_off = reason
        # What it had not read yet is gone as well, and nobody knows since when that waited.
        frontend.gap_since = frontend.came_at
