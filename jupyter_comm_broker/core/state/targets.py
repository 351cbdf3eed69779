"""
Which target names are known on which side, by what evidence.

Nobody can be asked for its targets (jupyter/enhancement-proposals#86), but traffic tells: a
``comm_open`` that is not answered with ``comm_close`` proves one.
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
    """Evidence by side and name. The latest counts, but a refusal by one page proves little."""

    MOST = 1_000
    """Target names that are random (bokeh's, panel's) must not fill memory."""

    def __init__(self) -> None:
        self._evidence: dict[tuple[Side, str], Evidence] = {}

    def proved(self, side: Side, name: str, text: str, now: float) -> None:
        """The side has the target."""
        self._note((side, name), Evidence(True, text, now))

    def rejected(self, side: Side, name: str, text: str, now: float) -> None:
        """The side turned a ``comm_open`` down; pages differ, so proof of another page stands."""
        before = self._evidence.get((side, name))
        if side is Side.KERNEL or before is None or not before.known:
            self._note((side, name), Evidence(False, text, now))

    def known(self, side: Side, name: str) -> bool:
        """Whether the side was seen to have the target."""
        evidence = self._evidence.get((side, name))
        return evidence is not None and evidence.known

    def listed(self) -> list[tuple[Side, str, Evidence]]:
        """Return all evidence, oldest names first."""
        return [(side, name, evidence) for (side, name), evidence in self._evidence.items()]

    def clear(self) -> None:
        """Forget the kernel's side, as when its process is another one."""
        for key in [key for key in self._evidence if key[0] is Side.KERNEL]:
            del self._evidence[key]

    def _note(self, key: tuple[Side, str], evidence: Evidence) -> None:
        if key not in self._evidence and len(self._evidence) >= self.MOST:
            del self._evidence[next(iter(self._evidence))]
        self._evidence[key] = evidence
