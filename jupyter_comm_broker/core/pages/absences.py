"""Pages and programs that come and go, and what a page that comes back is told it missed."""

from __future__ import annotations

from jupyter_comm_broker.core.context import Context
from jupyter_comm_broker.core.pages.frontend import Frontend
from jupyter_comm_broker.core.restore.catch_up import CatchUps
from jupyter_comm_broker.core.restore.page_replies import Answers
from jupyter_comm_broker.core.restore.reopening import Offers
from jupyter_comm_broker.core.state.changes import FrontendAttached, FrontendDetached
from jupyter_comm_broker.core.state.comm_record import CommRecord, Side


class Attendance:
    """Who is there."""

    def __init__(
        self, context: Context, answers: Answers, catch_ups: CatchUps, offers: Offers
    ) -> None:
        self._context = context
        self._answers = answers
        self._catch_ups = catch_ups
        self._offers = offers

    # -- pages -----------------------------------------------------------------------------------

    def attached(self, session_id: str, now: float) -> None:
        """A page opened a socket; one with a session id we know gets what it missed."""
        frontend, known = self._context.delivery.attach(session_id, now)
        self._context.happenings.note(FrontendAttached(session_id))
        if known:
            frontend.kept_models = True
            self._answer_gap(frontend, now)
        else:
            self._offers.came(frontend, float("-inf"), now)
        self._answers.status(frontend, now)

    def _answer_gap(self, frontend: Frontend, now: float) -> None:
        """Tell a page that came back what of what it missed was not kept, and which comms died."""
        gap, frontend.gap_since = frontend.gap_since, None
        if gap is not None:
            self._offers.came(frontend, gap, now)
            for comm_id in self._context.registry.closed_since(gap):
                reason = "closed while the page was away"
                self._answers.comm_gone(frontend, comm_id, reason, b"{}", now)
        if frontend.cut_off:
            self._answers.output_cut(frontend, frontend.cut_off, now)
            frontend.cut_off = ""

    def detached(self, session_id: str, now: float) -> None:
        """A page's socket is gone."""
        if (frontend := self._context.delivery.get(session_id)) is not None:
            self._catch_ups.ended(frontend)
            self._offers.left(frontend)
            self._context.happenings.note(FrontendDetached(session_id))
        self._context.delivery.detach(session_id, now)

    # -- programs --------------------------------------------------------------------------------

    def took(self, session_id: str, record: CommRecord, now: float) -> None:
        """A program serves a comm that the kernel opened."""
        record.mark_used(session_id)
        because = "a program in the server serves it"
        self._context.targets.proved(Side.FRONTEND, record.target_name, because, now)
