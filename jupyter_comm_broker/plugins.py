"""Loads the restore strategies of other packages by entry point, and notes which failed."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from importlib.metadata import EntryPoint, entry_points

from jupyter_comm_broker.core.state.strategy import GROUP, Strategy
from jupyter_comm_broker.inspection.health_views import StrategyView
from jupyter_comm_broker.protocol.widget import CONTROL_TARGET, WIDGET_TARGET

OURS = (WIDGET_TARGET, CONTROL_TARGET)
"""Targets that the broker mirrors and answers itself."""


class Plugins:
    """
    The strategies of one server. They are loaded once, at its start.

    Args:
        log: the log for strategies that cannot be loaded.
        found: the entry points; by default those of all installed packages.
    """

    def __init__(self, log: logging.Logger, found: Iterable[EntryPoint] | None = None) -> None:
        self._log = log
        self.strategies: dict[str, Strategy] = {}
        """The strategies in force, by target name."""
        self.listed: list[StrategyView] = []
        """All strategies that were found, also those that could not be loaded."""
        points = entry_points(group=GROUP) if found is None else found
        # Sorted, so that the choice between two does not depend on the order on the disk.
        for point in sorted(points, key=lambda each: (each.name, each.value)):
            self._load(point)

    def _load(self, point: EntryPoint) -> None:
        reason = None
        try:
            self.strategies[point.name] = self._made(point)
        except Exception as error:  # noqa: BLE001 - somebody else's code, and the server starts
            reason = f"{type(error).__name__}: {error}"
            self._log.error(
                "comm broker: no strategy %s for comms to %r, which are only tracked: %s",
                point.value,
                point.name,
                reason,
                exc_info=not isinstance(error, ValueError),
            )
        package = point.dist.name if point.dist is not None else None
        self.listed.append(
            {
                "target_name": point.name,
                "strategy": point.value,
                "package": package,
                "loaded": reason is None,
                "reason": reason,
            }
        )

    def _made(self, point: EntryPoint) -> Strategy:
        if point.name in OURS:
            raise ValueError("the broker restores these itself")
        if point.name in self.strategies:
            raise ValueError("another strategy for this target is in force")
        strategy: Strategy = point.load()()
        for method in ("opened", "passed"):
            if not callable(getattr(strategy, method, None)):
                raise ValueError(f"a strategy needs a method {method!r}")
        return strategy
