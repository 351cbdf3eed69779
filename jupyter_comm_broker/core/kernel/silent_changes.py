"""Which widgets may have changed without a message, and when they are worth a look (PF 2.3)."""

from __future__ import annotations

from jupyter_comm_broker.core.context import Context
from jupyter_comm_broker.core.state.comm_record import CommRecord


class SilentChanges:
    """
    The widgets that changed since the last look: what changed before changes again.

    Converters, mutations in place and overridden methods change what no message tells of.
    """

    AT_ONCE = 20
    """So many are looked at in one go, those that changed last."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._changed: dict[str, set[str]] = {}
        # The first watcher, which stays when those of pages go (CatchUps).
        context.mirror.watchers.insert(0, self._changed)
        self._looked_at = 0.0

    def looked(self, now: float) -> None:
        """Everything was looked at, or is about to be."""
        self._changed.clear()
        self._looked_at = now

    def forget(self) -> None:
        """The kernel's process is another one: its changes are."""
        self._changed.clear()

    def next_due(self) -> float | None:
        """Return when a look is worth it."""
        interval = self._context.limits.verify_interval
        return self._looked_at + interval if interval and self._changed else None

    def take_due(self, now: float) -> list[CommRecord]:
        """Return what to look at, if it is time."""
        due = self.next_due()
        if due is None or now < due:
            return []
        latest = list(self._changed)[-self.AT_ONCE :]
        self.looked(now)
        found = map(self._context.registry.get, latest)
        return [record for record in found if record is not None and record.state is not None]
