"""
Offers its kernel's widgets to a page that asks for none.

JupyterLab and VS Code ask when they load. A frontend that only follows comms as they open would
never hear of those that were there before it. Where an operator wants that, each of them is opened
at such a page as the kernel opened it.
"""

from __future__ import annotations

from jupyter_comm_broker.core.comms import Comms
from jupyter_comm_broker.core.ledger import Ledger
from jupyter_comm_broker.core.limits import Limits
from jupyter_comm_broker.core.pages.frontend import Frontend
from jupyter_comm_broker.core.restore.follow_up import FollowUp
from jupyter_comm_broker.core.restore.page_replies import PageReplies
from jupyter_comm_broker.core.restore.restore import Restore, was_there
from jupyter_comm_broker.core.state.widget_state import WidgetState


class SilentPages:
    """
    Waits for a while whether a page asks.

    Args:
        ledger: counts.
        comms: the kernel's comms.
        page_replies: writes to pages.
        restore: knows what pages sent and the kernel has not handled.
        follow_up: follows up on what a page was given.
        limits: how long a page may take to ask.
    """

    def __init__(
        self,
        ledger: Ledger,
        comms: Comms,
        page_replies: PageReplies,
        restore: Restore,
        follow_up: FollowUp,
        limits: Limits,
    ) -> None:
        self._ledger = ledger
        self._comms = comms
        self._page_replies = page_replies
        self._restore = restore
        self._follow_up = follow_up
        self._after = limits.offer_widgets_after

    def next_due(self) -> float | None:
        """Return when the next page has waited long enough; ``None`` for never."""
        if not self._after or not self._comms.registry.complete:
            return None
        waiting = (each.attached_at for each in self._page_replies if each.may_ask)
        first = min(waiting, default=None)
        return None if first is None else first + self._after

    def tick(self, now: float) -> None:
        """Offer their widgets to the pages that did not ask."""
        if not self._after or not self._comms.registry.complete:
            return
        for frontend in self._page_replies:
            if frontend.may_ask and frontend.attached_at + self._after <= now:
                frontend.asked()
                self._offer(frontend, now)

    def _offer(self, frontend: Frontend, now: float) -> None:
        offered = []
        for record in list(self._comms.registry):
            used = record.used_by is not None and frontend.session_id in record.used_by
            if not record.is_widget or used or not was_there(record, frontend):
                continue
            if record.state is None:
                frontend.lacking.add(record.comm_id)
                continue
            state = WidgetState(*record.state.written(self._restore.overlay(record.comm_id)))
            self._page_replies.comm_opened(frontend, record, state, now)
            offered.append(record)
        if frontend.lacking:
            self._follow_up.wanted(frontend.lacking, now)
        if offered:
            self._follow_up.given(frontend, offered, now)
        self._ledger.counters["offered_comms"] += len(offered)
