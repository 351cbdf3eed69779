"""
Ending the wait of a page that the kernel forgot to end.

While an awaiting async cell runs, ipykernel 7.4 handles comm messages at once and says neither
busy nor idle about them. A page sends a widget's next update only when the one before is
idle (rule 7), so that widget would never send again.
"""

from __future__ import annotations

from jupyter_comm_broker.core.answers import Answers
from jupyter_comm_broker.core.context import Context
from jupyter_comm_broker.core.pending import PendingUpdate


class MissingIdles:
    """Watches the updates that were echoed without a status."""

    def __init__(self, context: Context, answers: Answers) -> None:
        self._context = context
        self._answers = answers
        self._wait = context.limits.missing_idle_seconds

    def next_due(self) -> float | None:
        """Return when the next wait is to be ended."""
        first = next(iter(self._context.mirror.pending.statusless.values()), None)
        return None if first is None else first.echoed_at + self._wait

    def tick(self, now: float) -> None:
        """Say idle for updates that the kernel has handled and said nothing about."""
        for update in list(self._context.mirror.pending.statusless.values()):
            if now >= update.echoed_at + self._wait:
                self._end(update, now)

    def _end(self, update: PendingUpdate, now: float) -> None:
        frontend = self._context.delivery.get(update.session_id)
        if frontend is not None:
            self._answers.idle(frontend, update.header, now)
        self._context.requests.finished(update.msg_id)
        self._context.counters["missing_idles"] += 1
        change = self._context.mirror.idle(update.msg_id)
        if change is not None:
            self._answers.repair(change.record, change.keys, now, besides=change.known_to)
