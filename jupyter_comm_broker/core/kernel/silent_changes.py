"""Which widgets may have changed without a message, and when to look at them (fact 2.3)."""

from __future__ import annotations

from jupyter_comm_broker.core.limits import Limits
from jupyter_comm_broker.core.state.watched_changes import WatchedChanges


class SilentChanges:
    """
    The widgets that changed since the last look, and so may change again.

    Converters, mutations in place and overridden methods change values without a message.

    Args:
        watched: notes what changes.
        limits: how long a look is put off.
    """

    AT_ONCE = 20
    """How many are looked at together: those that changed last."""

    def __init__(self, watched: WatchedChanges, limits: Limits) -> None:
        self._limits = limits
        self._changed: dict[str, set[str]] = {}
        watched.watch(self._changed)
        self._looked_at = 0.0

    def looked(self, now: float) -> None:
        """Note that everything was looked at, or is about to be."""
        self._changed.clear()
        self._looked_at = now

    def forget(self) -> None:
        """Forget all changes, because the kernel has a new process."""
        self._changed.clear()

    def next_due(self) -> float | None:
        """Return when a look is worth it; ``None`` for never."""
        interval = self._limits.verify_interval
        return self._looked_at + interval if interval and self._changed else None

    def take_due(self, now: float) -> list[str]:
        """Return the comms to look at. There are none before it is time."""
        due = self.next_due()
        if due is None or now < due:
            return []
        latest = list(self._changed)[-self.AT_ONCE :]
        self.looked(now)
        return latest
