"""
Telling a restored page what changed while it was building its models (rules 6 and 24).

Between the snapshot and the moment a model exists the page drops what is sent on its comm,
and nothing it sends marks that moment. So changed attributes are sent again a few times,
and custom messages wait until the model has shown that it lives, or for a while.
"""

from __future__ import annotations

from jupyter_comm_broker.core.context import Context
from jupyter_comm_broker.core.pages.frontend import CatchUp, Frontend
from jupyter_comm_broker.core.restore.output_capture import OutputCapture
from jupyter_comm_broker.core.restore.page_replies import Answers
from jupyter_comm_broker.core.state.comm_record import CommRecord


class CatchUps:
    """The pages that are building models, and what each has to be told again."""

    def __init__(self, context: Context, answers: Answers, capture: OutputCapture) -> None:
        self._context = context
        self._answers = answers
        self._capture = capture

    def began(self, frontend: Frontend, comm_ids: set[str], now: float) -> None:
        """A page was sent a snapshot."""
        catch_up = CatchUp(comm_ids, now, self._context.limits.catch_up_after)
        frontend.catch_ups.append(catch_up)
        self._context.mirror.watchers.append(catch_up.changed)

    def used(self, frontend: Frontend, record: CommRecord) -> None:
        """A page sent something on a comm, so its model exists."""
        for catch_up in frontend.catch_ups:
            if record.comm_id in catch_up.restored:
                self._context.delivery.release(frontend, catch_up, (record.comm_id,))

    def ended(self, frontend: Frontend) -> None:
        """The page's socket or its kernel is gone: nothing is held back for it any more."""
        for catch_up in frontend.catch_ups:
            self._context.delivery.release(frontend, catch_up, list(catch_up.held))
        frontend.catch_ups.clear()
        self._forget_watchers()

    def forget(self, now: float) -> None:
        """The kernel's process is another one: what was held back for the last one goes out."""
        for frontend in self._context.delivery:
            self.ended(frontend)

    def next_due(self) -> float | None:
        """Return when something is to be sent next."""
        hold = self._context.limits.hold_custom_seconds
        moments = []
        for frontend in self._context.delivery:
            for catch_up in frontend.catch_ups:
                moments += catch_up.due[:1]
                if catch_up.held:
                    moments.append(catch_up.started_at + hold)
        return min(moments, default=None)

    def tick(self, now: float) -> None:
        """Send what is due."""
        for frontend in self._context.delivery:
            for catch_up in list(frontend.catch_ups):
                self._tick_one(frontend, catch_up, now)
        self._forget_watchers()

    def _tick_one(self, frontend: Frontend, catch_up: CatchUp, now: float) -> None:
        if now >= catch_up.started_at + self._context.limits.hold_custom_seconds:
            catch_up.restored.clear()
            self._context.delivery.release(frontend, catch_up, list(catch_up.held))
        if not catch_up.due or now < catch_up.due[0]:
            return
        while catch_up.due and now >= catch_up.due[0]:
            catch_up.due.pop(0)
        for comm_id, keys in catch_up.changed.items():
            record = self._context.registry.get(comm_id)
            if record is not None and record.state is not None and comm_id not in catch_up.held:
                if self._capture.collected_by(comm_id, frontend.session_id):
                    # Its own list is ahead of ours, and it would give the kernel ours in its place.
                    keys = keys - {"outputs"}
                if not keys:
                    continue
                self._answers.update(frontend, comm_id, record.state.picked(keys), now)
                self._context.counters["catch_up_updates"] += 1
        if not catch_up.due:
            frontend.catch_ups.remove(catch_up)

    def _forget_watchers(self) -> None:
        """Drop the change records of pages that are done or gone."""
        watchers = self._context.mirror.watchers
        # The first watcher is for silent changes and stays. Mostly it is the only one, and
        # looking at every page with every message is what a send over REST would pay most for.
        if len(watchers) == 1:
            return
        live = {id(c.changed) for frontend in self._context.delivery for c in frontend.catch_ups}
        watchers[1:] = [each for each in watchers[1:] if id(each) in live]
