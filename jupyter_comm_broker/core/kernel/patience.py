"""How long to wait for the kernel's answer, and when to ask again."""

from __future__ import annotations

from jupyter_comm_broker.core.limits import Limits


class Patience:
    """Each failure doubles the wait, until there were too many."""

    __slots__ = ("_failures", "_limits", "failed_occupied", "not_before")

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._failures = 0
        self.failed_occupied = False
        """Whether the kernel was busy when it last gave no answer."""
        self.not_before = 0.0
        """When to ask again."""

    @property
    def is_exhausted(self) -> bool:
        """Whether the kernel gave no answer so often that it is not asked again."""
        return self._failures >= self._limits.verify_attempts

    @property
    def pause(self) -> float:
        """The seconds to wait for the next answer."""
        return float(self._limits.verify_retry_seconds * 2**self._failures)

    def renew(self, now: float) -> None:
        """Ask at once, because the kernel answered or there is something new to ask."""
        self._failures = 0
        self.failed_occupied = False
        self.not_before = now

    def failed(self, now: float, *, occupied: bool) -> None:
        """Note that the kernel did not answer. ``occupied`` says whether it was busy."""
        self._failures += 1
        self.failed_occupied = occupied
        self.not_before = now + self.pause
