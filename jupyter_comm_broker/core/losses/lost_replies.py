"""
Ends requests whose reply or idle was lost while the link was broken, or while no server was there.

What a kernel sends meanwhile reaches nobody. A cell would then run for ever in its page, and the
kernel would seem busy for ever, also if the cell is another client's. So a question is asked on the
shell once the kernel can be reached. A kernel that handles it is past all earlier requests of that
lane. A gateway may still hand on what it kept, so their replies are waited for a moment longer.
Then the page is told that the outcome is not known.
"""

from __future__ import annotations

from jupyter_comm_broker.core.ledger import Ledger
from jupyter_comm_broker.core.losses.endings import Endings
from jupyter_comm_broker.core.losses.later_question import LaterQuestion
from jupyter_comm_broker.core.requests.request import CONTROL, MAIN, Request
from jupyter_comm_broker.core.requests.work import Work
from jupyter_comm_broker.core.restore.page_replies import PageReplies
from jupyter_comm_broker.protocol.message import Message

GRACE = 1.0
"""Seconds that a reply may come later than the kernel's answer to our question."""

REASON = (
    "the connection to the kernel was broken when this ended, so its outcome is not known; "
    "the kernel goes on"
)


class LostReplies:
    """
    Watches the requests that were under way when the link broke.

    Args:
        ledger: counts and logs.
        work: the requests under way.
        page_replies: writes to pages.
        endings: ends runs, and requests that run.
        question: the question that shows that earlier requests are over.
    """

    def __init__(
        self,
        ledger: Ledger,
        work: Work,
        page_replies: PageReplies,
        endings: Endings,
        question: LaterQuestion,
    ) -> None:
        self._ledger = ledger
        self._work = work
        self._page_replies = page_replies
        self._endings = endings
        self._question = question
        self._before: float | None = None
        """When the link broke last, while requests from before may lack their replies."""
        self._end_at: float | None = None
        """When to end those whose replies have not come."""

    @property
    def waits(self) -> bool:
        """Whether requests from before the link broke may lack their replies."""
        return self._before is not None

    def broke(self, now: float) -> None:
        """Note that the link is broken, and that replies may be lost."""
        self._before, self._end_at = now, None
        self._question.forget()
        self._question.begin(now)

    def main_answered(self, now: float) -> None:
        """Watch the cells that an earlier server left: the kernel is past them."""
        if not self.waits and any(each.is_inherited for each in self._work.requests.all()):
            self.broke(now)

    def heard(self, status: Message, now: float) -> None:
        """Follow a status: the kernel may be at our question."""
        if self.waits and self._question.is_heard(status.parent.msg_id):
            self._question.drop()
            self._end_at = now + GRACE

    def forget(self, now: float) -> None:
        """Forget all, because the process that was asked is gone."""
        self._before = self._end_at = None
        self._question.forget()
        self._question.drop()

    def next_due(self) -> float | None:
        """Return when to ask the kernel or to end requests; ``None`` for never."""
        if self._before is None:
            return None
        if self._end_at is not None:
            return self._end_at
        return self._question.due if self._question.can_be_asked else None

    def tick(self, now: float) -> None:
        """Ask the kernel, or end the requests that it is past."""
        if self._before is None:
            return
        before, due = self._before, self._question.due
        lacking = [e for e in self._work.requests.all() if e.sent_at <= before and _is_watched(e)]
        running = self._work.execution.begun_before(MAIN, before)
        if not lacking and not running:
            self.forget(now)
        elif self._end_at is not None:
            if now >= self._end_at:
                for request in lacking:
                    self._end(request, now)
                for each in reversed(running):
                    self._endings.idle(each.header, each.text, now)
                self.forget(now)
        elif self._question.can_be_asked and due is not None and now >= due:
            self._question.ask(now)

    def _end(self, request: Request, now: float) -> None:
        header = request.header
        self._ledger.counters["lost_replies"] += 1
        self._ledger.log("warning", f"the reply to {header.msg_type} {header.msg_id} was lost")
        frontend = self._page_replies.get(request.session_id)
        if frontend is not None:
            asked = Message(request.channel, [self._page_replies.header(header, now), *[b"{}"] * 3])
            self._page_replies.error(frontend, asked, "ReplyLost", REASON, now)
            self._page_replies.refuse(frontend, asked, "ReplyLost", REASON, now)
        self._endings.run_lost(header.msg_id, "ReplyLost", REASON, now)
        self._work.requests.given_up(header.msg_id)


def _is_watched(request: Request) -> bool:
    """Return whether a reply is to come that our question would overtake only if it was lost."""
    return request.lacks_reply and request.lane in (MAIN, CONTROL)
