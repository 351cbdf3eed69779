"""
Ends a page's wait for an idle that the kernel never publishes.

While an awaiting async cell runs, ipykernel 7.4 handles comm messages at once, and publishes
neither busy nor idle for them. A page sends a widget's next update only after the idle of the one
before (rule 7), so that widget would never send again. An echo shows that an update was handled. A
message that causes nothing shows only after the cell. Then a question of ours, which the kernel
handles last, proves that the message was handled. The same question helps if everything that a
kernel published about a message was dropped.
"""

from __future__ import annotations

from jupyter_comm_broker.core.comms import Comms
from jupyter_comm_broker.core.ledger import Ledger
from jupyter_comm_broker.core.limits import Limits
from jupyter_comm_broker.core.losses.later_question import LaterQuestion
from jupyter_comm_broker.core.requests.request import MAIN
from jupyter_comm_broker.core.requests.work import Work
from jupyter_comm_broker.core.restore.page_replies import PageReplies
from jupyter_comm_broker.core.state.pending import PendingUpdate
from jupyter_comm_broker.core.timed import SOON
from jupyter_comm_broker.protocol.message import Message, Part


class MissingIdles:
    """
    Watches the updates that were echoed without a status, and messages sent during a cell.

    Args:
        ledger: counts.
        comms: the kernel's comms.
        work: the requests under way.
        page_replies: writes to pages.
        question: the question that shows that earlier messages were handled.
        limits: how long a status is waited for.
    """

    MOST = 10_000
    """The most messages that are noted during one cell: the first ones."""

    def __init__(
        self,
        ledger: Ledger,
        comms: Comms,
        work: Work,
        page_replies: PageReplies,
        question: LaterQuestion,
        limits: Limits,
    ) -> None:
        self._ledger = ledger
        self._comms = comms
        self._work = work
        self._page_replies = page_replies
        self._question = question
        self._limits = limits
        self._wait = limits.missing_idle_seconds
        self._unheard: dict[str, Part] = {}
        """
        The headers of comm messages without a status that the kernel may have handled.

        They were sent during a cell, or an idle kernel has had them for a while.
        """
        self._look_at: float | None = None
        """When to look for messages that an idle kernel has had for a while."""
        self._shown: dict[str, float] = {}
        """When to end those of them under which the kernel published something."""
        self._before = frozenset[str]()
        """The messages that waited when the question was asked."""

    def sent(self, message: Message, now: float) -> None:
        """Note a comm message that is sent to the kernel, if the kernel may give it no status."""
        if self._look_at is None:
            self._look_at = now + self._wait
        if self._work.occupied and len(self._unheard) < self.MOST:
            request = self._work.requests.get(message.header.msg_id)
            if request is not None and request.lane == MAIN:
                self._unheard[message.header.msg_id] = message.parts[0]

    def heard(self, status: Message, now: float) -> None:
        """Follow a status. Its message has one, and earlier messages may be over."""
        msg_id = status.parent.msg_id
        self._unheard.pop(msg_id, None)
        self._shown.pop(msg_id, None)
        # A subshell that runs may be handling one of the messages. Then nothing is proven yet.
        if self._question.is_heard(msg_id) and self._work.execution.running is None:
            for silent in [each for each in self._unheard if each in self._before]:
                self._end_silent(silent, now)

    @property
    def waits(self) -> bool:
        """Whether there is a message that may or may not have been handled."""
        return bool(self._unheard)

    def shown(self, message: Message, now: float) -> None:
        """Note that the kernel published something under a message, so it handles the message."""
        msg_id = message.parent.msg_id
        if msg_id not in self._unheard:
            return
        for earlier in list(self._unheard):
            if earlier == msg_id:
                break
            self._end_silent(earlier, now)
        # The handler may publish more. The next message's output shows that it is done.
        self._shown.setdefault(msg_id, now + self._limits.handled_idle_seconds)

    # -- time ------------------------------------------------------------------------------------

    def next_due(self) -> float | None:
        """Return when to end the next wait or to ask the kernel; ``None`` for never."""
        first = next(iter(self._comms.mirror.pending.statusless.values()), None)
        echoed = None if first is None else first.echoed_at + self._wait
        shown = next(iter(self._shown.values()), None)
        due = (echoed, shown, self._ask_due(), self._look_at)
        return min((each for each in due if each is not None), default=None)

    def tick(self, now: float) -> None:
        """Publish the idles of messages that the kernel has handled without a status."""
        for update in list(self._comms.mirror.pending.statusless.values()):
            if now >= update.echoed_at + self._wait:
                self._end(update, now)
        for msg_id, due in list(self._shown.items()):
            if now >= due:
                self._end_silent(msg_id, now)
        if self._look_at is not None and now >= self._look_at:
            self._look(now)
        if self._unheard or self._question.due is not None:
            self._ask(now)

    def _ask_due(self) -> float | None:
        due = self._question.due
        if not self._may_ask:
            return None if due is None else SOON
        return SOON if due is None else due

    @property
    def _may_ask(self) -> bool:
        # In this order: hardly ever does a message wait, and every event asks.
        return bool(self._unheard) and not (
            self._work.occupied
            or self._work.execution.running is not None
            or not self._question.can_be_asked
        )

    def _look(self, now: float) -> None:
        """Look for messages that an idle kernel should have handled by now."""
        waiting = self._work.requests.comm_messages()
        self._look_at = now + self._wait if waiting else None
        if not self._work.occupied:
            for request in waiting:
                if request.sent_at <= now - self._wait:
                    msg_id, header = request.header.msg_id, request.header
                    self._unheard.setdefault(msg_id, self._page_replies.header(header, now))

    def _ask(self, now: float) -> None:
        """Ask the kernel, once its cell is over and a while has passed without a status."""
        requests = self._work.requests
        question = self._question
        if not self._may_ask:
            question.drop()
        elif question.due is None:
            question.begin(now)
        elif now >= question.due:
            # Messages to a process that is gone are never answered.
            self._unheard = {k: v for k, v in self._unheard.items() if requests.get(k) is not None}
            self._before = frozenset(self._unheard)
            if self._before:
                question.ask(now)
            else:
                question.put_off(now)

    def _end_silent(self, msg_id: str, now: float) -> None:
        self._shown.pop(msg_id, None)
        header = self._unheard.pop(msg_id, None)
        request = self._work.requests.get(msg_id)
        if header is not None and request is not None:
            self._say_idle(msg_id, request.session_id, header, now)

    def _end(self, update: PendingUpdate, now: float) -> None:
        self._unheard.pop(update.msg_id, None)
        self._shown.pop(update.msg_id, None)
        self._say_idle(update.msg_id, update.session_id, update.header, now)

    def _say_idle(self, msg_id: str, session_id: str, header: Part, now: float) -> None:
        frontend = self._page_replies.get(session_id)
        if frontend is not None:
            self._page_replies.idle(frontend, header, now)
        self._work.requests.finished(msg_id)
        self._ledger.counters["missing_idles"] += 1
        change = self._comms.mirror.idle(msg_id)
        if change is not None:
            self._page_replies.repair(change.record, change.keys, now, besides=change.known_to)
