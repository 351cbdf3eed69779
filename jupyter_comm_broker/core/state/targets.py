"""
Which target names are known on which side, and by what evidence.

Neither side can be asked for its targets (jupyter/enhancement-proposals#86), but traffic shows
them. A ``comm_open`` that is not answered with ``comm_close`` proves a target.
"""

from __future__ import annotations

from dataclasses import dataclass

from jupyter_comm_broker.core.state.comm_record import Side


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of one target name on one side."""

    known: bool
    text: str
    at: float


class Targets:
    """Evidence by side and name. The latest counts, but one page's refusal undoes no proof."""

    MOST = 1_000
    """The most names that are kept. Random names (bokeh's, panel's) must not fill the memory."""

    def __init__(self) -> None:
        self._evidence: dict[tuple[Side, str], Evidence] = {}

    def proved(self, side: Side, name: str, text: str, now: float) -> None:
        """
        Note that a side has a target.

        Args:
            side: the side.
            name: the target name.
            text: what showed it, for people.
            now: the time.
        """
        if name:
            # A comm whose opening was not seen has no name yet.
            self._note((side, name), Evidence(True, text, now))

    def rejected(self, side: Side, name: str, text: str, now: float) -> None:
        """
        Note that a side refused a ``comm_open``. Pages differ, so a proof by another page stands.

        Args:
            side: the side.
            name: the target name.
            text: what showed it, for people.
            now: the time.
        """
        before = self._evidence.get((side, name))
        if side is Side.KERNEL or before is None or not before.known:
            self._note((side, name), Evidence(False, text, now))

    def known(self, side: Side, name: str) -> bool:
        """Return whether a side is known to have a target."""
        evidence = self._evidence.get((side, name))
        return evidence is not None and evidence.known

    def listed(self) -> list[tuple[Side, str, Evidence]]:
        """Return all evidence. The names that were met first come first."""
        return [(side, name, evidence) for (side, name), evidence in self._evidence.items()]

    def clear(self) -> None:
        """Forget the kernel's side, because the kernel has a new process."""
        for key in [key for key in self._evidence if key[0] is Side.KERNEL]:
            del self._evidence[key]

    def _note(self, key: tuple[Side, str], evidence: Evidence) -> None:
        if key not in self._evidence and len(self._evidence) >= self.MOST:
            del self._evidence[next(iter(self._evidence))]
        self._evidence[key] = evidence
