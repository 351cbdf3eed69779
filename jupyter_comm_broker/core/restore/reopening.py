"""
Offers a page that comes back the comms of which a strategy keeps something.

A page asks for its widgets. It must be told of all other comms, by a ``comm_open`` like the
kernel's. If the page's plug-in has not registered the target yet, the page answers with
``comm_close``, and no message tells when it has. So a refused comm is offered again a few times,
and at once when the page asks for the comms of that target. A page that does not answer has taken
the comm.
"""

from __future__ import annotations

from jupyter_comm_broker.core.comms import Comms
from jupyter_comm_broker.core.ledger import Ledger
from jupyter_comm_broker.core.limits import Limits
from jupyter_comm_broker.core.pages.frontend import Frontend
from jupyter_comm_broker.core.restore.page_replies import PageReplies
from jupyter_comm_broker.core.state.comm_record import CommRecord


class Reopening:
    """
    Which pages are offered which comms, and when.

    Args:
        ledger: counts.
        comms: the kernel's comms.
        page_replies: writes to pages.
        limits: how often a comm is offered.
    """

    def __init__(
        self, ledger: Ledger, comms: Comms, page_replies: PageReplies, limits: Limits
    ) -> None:
        self._ledger = ledger
        self._comms = comms
        self._limits = limits
        self._page_replies = page_replies

    # -- pages -----------------------------------------------------------------------------------

    def came(self, frontend: Frontend, since: float, now: float) -> None:
        """
        Note a page that missed openings.

        Args:
            frontend: the page.
            since: the time from which on it missed openings.
            now: the time.
        """
        if len(self._comms.retained):
            frontend.missed_since = since
            frontend.missed_until = self._comms.registry.latest
            frontend.offered = set()
            frontend.offer_at = [now + seconds for seconds in self._limits.offer_after]

    def turned_down(self, frontend: Frontend, record: CommRecord) -> bool:
        """Note that a page closed a comm. Returns whether it was offered that comm."""
        if record.comm_id not in frontend.offered:
            return False
        frontend.offered.discard(record.comm_id)
        return True

    def asked(self, frontend: Frontend, target_name: str, now: float) -> None:
        """
        Note that a page asked for the comms of a target, so it has registered the target.

        Args:
            frontend: the page.
            target_name: the target.
            now: the time.
        """
        if frontend.offer_at:
            self._offer(frontend, now, target_name)

    # -- time ------------------------------------------------------------------------------------

    def next_due(self) -> float | None:
        """Return when a page is offered something next; ``None`` for never."""
        if not len(self._comms.retained):
            return None
        # A page that is away is offered the rest when it is back.
        due = [e.offer_at[0] for e in self._page_replies if e.offer_at and e.attached]
        return min(due, default=None)

    def tick(self, now: float) -> None:
        """Offer what is due."""
        if not len(self._comms.retained):
            return
        for frontend in self._page_replies:
            if frontend.attached and frontend.offer_at and frontend.offer_at[0] <= now:
                while frontend.offer_at and frontend.offer_at[0] <= now:
                    frontend.offer_at.pop(0)
                self._offer(frontend, now)

    def _offer(self, frontend: Frontend, now: float, target_name: str | None = None) -> None:
        for record in list(self._comms.registry):
            if target_name is not None and record.target_name != target_name:
                continue
            kept = self._comms.retained.of(record)
            if kept is None or not self._lacks(frontend, record):
                continue
            self._page_replies.comm_replayed(frontend, record, kept, now)
            frontend.offered.add(record.comm_id)
            self._ledger.counters["offered_comms"] += 1

    @staticmethod
    def _lacks(frontend: Frontend, record: CommRecord) -> bool:
        if record.opened_at < frontend.missed_since or record.number > frontend.missed_until:
            return False
        used = record.used_by is not None and frontend.session_id in record.used_by
        return not used and record.comm_id not in frontend.offered
