"""
Tells a restored page what changed while it was building its models (rules 6 and 24).

Until a model exists, the page drops what is sent on its comm. No message of the page marks the
moment when it exists. So changed attributes are sent again a few times. Custom messages are held
back until the page used the model, or for some seconds.
"""

from __future__ import annotations

from jupyter_comm_broker.core.comms import Comms
from jupyter_comm_broker.core.ledger import Ledger
from jupyter_comm_broker.core.limits import Limits
from jupyter_comm_broker.core.pages.delivery import Delivery
from jupyter_comm_broker.core.pages.frontend import CatchUp, Frontend
from jupyter_comm_broker.core.restore.output_capture import OutputCapture
from jupyter_comm_broker.core.restore.page_replies import PageReplies
from jupyter_comm_broker.core.state.comm_record import CommRecord


class CatchUps:
    """
    The pages that are building models, and what each must be told again.

    Args:
        ledger: counts.
        comms: the kernel's comms.
        delivery: the pages.
        page_replies: writes to pages.
        capture: the output that is collected.
        limits: when a page is told again.
    """

    def __init__(
        self,
        ledger: Ledger,
        comms: Comms,
        delivery: Delivery,
        page_replies: PageReplies,
        capture: OutputCapture,
        limits: Limits,
    ) -> None:
        self._ledger = ledger
        self._comms = comms
        self._delivery = delivery
        self._limits = limits
        self._page_replies = page_replies
        self._capture = capture
        self._under_way: dict[str, Frontend] = {}
        """These pages by session id. Every message asks for them, and there are hardly ever any."""

    def began(self, frontend: Frontend, comm_ids: set[str], now: float) -> None:
        """
        Note that a page was sent a snapshot.

        Args:
            frontend: the page.
            comm_ids: the comms in the snapshot.
            now: the time.
        """
        catch_up = CatchUp(comm_ids, now, self._limits.catch_up_after)
        frontend.catch_ups.append(catch_up)
        self._under_way[frontend.session_id] = frontend
        self._comms.mirror.watched.watch(catch_up.changed)

    def used(self, frontend: Frontend, record: CommRecord) -> None:
        """Note that a page sent something on a comm, so its model exists."""
        for catch_up in frontend.catch_ups:
            if record.comm_id in catch_up.restored:
                self._delivery.release(frontend, catch_up, (record.comm_id,))

    def ended(self, frontend: Frontend) -> None:
        """Hold nothing back any more, because the page's socket or the kernel's process is gone."""
        for catch_up in frontend.catch_ups:
            self._delivery.release(frontend, catch_up, list(catch_up.held))
            self._comms.mirror.watched.unwatch(catch_up.changed)
        frontend.catch_ups.clear()
        self._under_way.pop(frontend.session_id, None)

    def forget(self, now: float) -> None:
        """Send what was held back, because the kernel has a new process."""
        for frontend in list(self._under_way.values()):
            self.ended(frontend)

    def next_due(self) -> float | None:
        """Return when something is to be sent next; ``None`` for never."""
        if not self._under_way:
            return None
        hold = self._limits.hold_custom_seconds
        moments = []
        for frontend in self._under_way.values():
            for catch_up in frontend.catch_ups:
                moments += catch_up.due[:1]
                if catch_up.held:
                    moments.append(catch_up.started_at + hold)
        return min(moments, default=None)

    def tick(self, now: float) -> None:
        """Send what is due."""
        for frontend in list(self._under_way.values()):
            for catch_up in list(frontend.catch_ups):
                self._tick_one(frontend, catch_up, now)
            if not frontend.catch_ups:
                del self._under_way[frontend.session_id]

    def _tick_one(self, frontend: Frontend, catch_up: CatchUp, now: float) -> None:
        if now >= catch_up.started_at + self._limits.hold_custom_seconds:
            catch_up.restored.clear()
            self._delivery.release(frontend, catch_up, list(catch_up.held))
        if not catch_up.due or now < catch_up.due[0]:
            return
        while catch_up.due and now >= catch_up.due[0]:
            catch_up.due.pop(0)
        for comm_id, keys in catch_up.changed.items():
            record = self._comms.registry.get(comm_id)
            if record is not None and record.state is not None and comm_id not in catch_up.held:
                if self._capture.collected_by(comm_id, frontend.session_id):
                    # The page's own list is ahead of ours. With ours, the page would give the
                    # kernel an older list.
                    keys = keys - {"outputs"}
                if record.mailboxes is not None:
                    # A value that was put into a mailbox just now is delivered by itself.
                    keys = keys - record.mailboxes.passing(now)
                if not keys:
                    continue
                self._page_replies.update(frontend, comm_id, record.state.picked(keys), now)
                self._ledger.counters["catch_up_updates"] += 1
        if not catch_up.due:
            frontend.catch_ups.remove(catch_up)
            self._comms.mirror.watched.unwatch(catch_up.changed)
