"""
Offering a page that comes back the comms of which a strategy keeps something.

Widgets are pulled by the page; everything else it has to be told of, by a ``comm_open`` like
the kernel's. A page whose plug-in has not registered the target yet answers with ``comm_close``,
and nothing tells when it has; so what was turned down is offered again a few times, and at once
when the page asks for the comms of that target. A page that says nothing has taken it.
"""

from __future__ import annotations

from jupyter_comm_broker.core.context import Context
from jupyter_comm_broker.core.pages.frontend import Frontend
from jupyter_comm_broker.core.restore.page_replies import Answers
from jupyter_comm_broker.core.state.comm_record import CommRecord


class Offers:
    """Who is offered what, and when."""

    def __init__(self, context: Context, answers: Answers) -> None:
        self._context = context
        self._answers = answers

    # -- pages -----------------------------------------------------------------------------------

    def came(self, frontend: Frontend, since: float, now: float) -> None:
        """A page is there that missed the opening of what was opened from ``since`` on."""
        if len(self._context.kept_messages):
            frontend.missed_since = since
            frontend.missed_until = self._context.registry.latest
            frontend.offered = set()
            frontend.offer_at = [now + seconds for seconds in self._context.limits.offer_after]

    def left(self, frontend: Frontend) -> None:
        """A page's socket is gone."""
        frontend.offer_at.clear()

    def turned_down(self, frontend: Frontend, record: CommRecord) -> bool:
        """Note that a page closed what it was offered. Returns whether it was offered."""
        if record.comm_id not in frontend.offered:
            return False
        frontend.offered.discard(record.comm_id)
        return True

    def asked(self, frontend: Frontend, target_name: str, now: float) -> None:
        """A page asked for the comms of a target, so it is there."""
        if frontend.offer_at:
            self._offer(frontend, now, target_name)

    # -- time ------------------------------------------------------------------------------------

    def next_due(self) -> float | None:
        """Return when somebody is offered something next."""
        if not len(self._context.kept_messages):
            return None
        due = [each.offer_at[0] for each in self._context.delivery if each.offer_at]
        return min(due, default=None)

    def tick(self, now: float) -> None:
        """Offer what is due."""
        if not len(self._context.kept_messages):
            return
        for frontend in list(self._context.delivery):
            if frontend.offer_at and frontend.offer_at[0] <= now:
                while frontend.offer_at and frontend.offer_at[0] <= now:
                    frontend.offer_at.pop(0)
                self._offer(frontend, now)

    def _offer(self, frontend: Frontend, now: float, target_name: str | None = None) -> None:
        for record in list(self._context.registry):
            if target_name is not None and record.target_name != target_name:
                continue
            kept = self._context.kept_messages.of(record)
            if kept is None or not self._lacks(frontend, record):
                continue
            self._answers.comm_replayed(frontend, record, kept, now)
            frontend.offered.add(record.comm_id)
            self._context.counters["offered_comms"] += 1

    @staticmethod
    def _lacks(frontend: Frontend, record: CommRecord) -> bool:
        if record.opened_at < frontend.missed_since or record.number > frontend.missed_until:
            return False
        used = record.used_by is not None and frontend.session_id in record.used_by
        return not used and record.comm_id not in frontend.offered
