"""Pages and programs that come and go, and what a page that comes back is told."""

from __future__ import annotations

from jupyter_comm_broker.core.comms import Comms
from jupyter_comm_broker.core.outboxes.kind import Item
from jupyter_comm_broker.core.pages.delivery import Delivery
from jupyter_comm_broker.core.pages.frontend import Frontend
from jupyter_comm_broker.core.pages.page_user import PageUser
from jupyter_comm_broker.core.restore.catch_up import CatchUps
from jupyter_comm_broker.core.restore.page_replies import PageReplies
from jupyter_comm_broker.core.restore.reopening import Reopening
from jupyter_comm_broker.core.state.changes import FrontendAttached, FrontendDetached
from jupyter_comm_broker.core.state.comm_record import CommRecord, Side


class Presence:
    """
    The pages and programs that are there.

    Args:
        comms: the kernel's comms.
        delivery: the pages.
        page_replies: writes to pages.
        catch_ups: the pages that are building models.
        reopening: offers comms to pages.
    """

    def __init__(
        self,
        comms: Comms,
        delivery: Delivery,
        page_replies: PageReplies,
        catch_ups: CatchUps,
        reopening: Reopening,
    ) -> None:
        self._comms = comms
        self._delivery = delivery
        self._page_replies = page_replies
        self._catch_ups = catch_ups
        self._reopening = reopening

    # -- pages -----------------------------------------------------------------------------------

    def attached(self, session_id: str, now: float, user: PageUser) -> None:
        """
        Note that a page opened a socket. If its session id is known, it gets what it missed.

        Args:
            session_id: the page.
            now: the time.
            user: who connects as the page.
        """
        delivery = self._delivery
        if (before := delivery.get(session_id)) is not None and before.attached:
            # The end of its older socket was not noticed yet. Something may have been lost in it.
            self._left(before, now)
        frontend, known = delivery.attach(session_id, now)
        self._comms.changes.note(FrontendAttached(session_id))
        if known:
            frontend.used_by(user)
            frontend.kept_models = True
            self._answer_gap(frontend, now)
        else:
            frontend.user = user
            self._reopening.came(frontend, float("-inf"), now)
        self._page_replies.status(frontend, now)

    def _answer_gap(self, frontend: Frontend, now: float) -> None:
        """Tell a page that came back what was not kept for it, and which comms were closed."""
        if (gap := frontend.take_gap()) is not None:
            self._reopening.came(frontend, gap, now)
            for comm_id in self._comms.registry.closed_since(gap):
                reason = "closed while the page was away"
                self._page_replies.comm_gone(frontend, comm_id, reason, b"{}", now)
            self._refresh(frontend, gap, now)
        if cut_off := frontend.take_cut_off():
            self._page_replies.output_cut(frontend, cut_off, now)
        # After the states: a widget that waits for its idle would not take them.
        for end in self._delivery.waiting.ends.take(frontend.session_id):
            self._delivery.give(frontend, end)

    def detached(self, session_id: str, now: float) -> None:
        """Note that a page's socket is gone."""
        if (frontend := self._delivery.get(session_id)) is not None:
            self._left(frontend, now)
            self._comms.changes.note(FrontendDetached(session_id))

    def _left(self, frontend: Frontend, now: float) -> None:
        self._catch_ups.ended(frontend)
        registry, session_id = self._comms.registry, frontend.session_id

        def has(item: Item) -> bool:
            """Return whether this is the opening of a comm that the page has used."""
            message, _, comm_id = item
            record = registry.get(comm_id)
            used_by = record.used_by if record is not None else None
            return session_id in (used_by or ()) and message.header.msg_type == "comm_open"

        self._delivery.detach(session_id, now, has)

    def _refresh(self, frontend: Frontend, gap: float, now: float) -> None:
        """Tell a page the states that may have changed while it missed updates."""
        for record in list(self._comms.registry):
            if record.state is not None and record.last_activity >= gap:
                self._page_replies.update(frontend, record.comm_id, record.state.attributes(), now)

    # -- programs --------------------------------------------------------------------------------

    def took(self, session_id: str, record: CommRecord, now: float) -> None:
        """
        Note that a program serves a comm that the kernel opened.

        Args:
            session_id: the program.
            record: the comm.
            now: the time.
        """
        record.mark_used(session_id)
        because = "a program in the server serves it"
        self._comms.targets.proved(Side.FRONTEND, record.target_name, because, now)
