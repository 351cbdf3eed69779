"""Notes which attributes changed in a span of time, for example since a snapshot."""

from __future__ import annotations

from collections.abc import Iterable

Changes = dict[str, set[str]]
"""The attributes that changed, by comm. The set is empty where they are not known."""


class WatchedChanges:
    """The spans of time in which changes are noted now."""

    def __init__(self) -> None:
        self._watchers: list[Changes] = []

    def __len__(self) -> int:
        return len(self._watchers)

    def watch(self, changes: Changes) -> None:
        """Note in ``changes`` from now on which comms changed, or may have changed silently."""
        self._watchers.append(changes)

    def unwatch(self, changes: Changes) -> None:
        """Note nothing more in ``changes``. May be called twice."""
        self._watchers = [each for each in self._watchers if each is not changes]

    def note(self, comm_id: str, keys: Iterable[str] = ()) -> None:
        """Note that attributes of a comm changed. Without names, something may have changed."""
        for watcher in self._watchers:
            watcher.setdefault(comm_id, set()).update(keys)
