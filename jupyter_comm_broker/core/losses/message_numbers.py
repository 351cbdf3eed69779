"""
Which numbers of a session's messages are missing.

jupyter_client numbers a session's messages in their ids, ``<session>_<pid>_<n>``, over all
channels. Replies go over other sockets, and overtake what waits on iopub. So a number counts as
missing when iopub has passed it, and as lost if it did not come a moment later.
"""

from __future__ import annotations

from dataclasses import dataclass

from jupyter_comm_broker.core.timed import SOON

FEW = 10
"""
The most numbers in a row that may still come.

They may be under way on another socket, or were sent in another order than they were numbered in.
More in a row are lost as soon as iopub has passed them.
"""

MOST_GAPS = 1_000
"""The most gaps of one session. Above this, the oldest count as lost at once."""


@dataclass(slots=True)
class Gap:
    """Numbers in a row that did not come."""

    first: int
    last: int
    passed_at: float | None = None
    """When a later number came over iopub, where the order is kept."""

    def __len__(self) -> int:
        return self.last - self.first + 1


class MessageNumbers:
    """The numbers of one session, from the first that was seen."""

    __slots__ = ("_gaps", "_grace", "_highest", "_lost", "_lost_since")

    def __init__(self, first: int, grace: float) -> None:
        self._highest = first
        self._grace = grace
        self._gaps: list[Gap] = []
        self._lost = 0
        self._lost_since = float("-inf")
        """When iopub passed the latest numbers that were lost."""

    @property
    def missing(self) -> bool:
        """Whether a number has not come, or was lost and :meth:`take_lost` has not counted it."""
        return bool(self._gaps or self._lost)

    @property
    def passed_at(self) -> float:
        """When iopub passed the latest number that did not come, lost or not yet."""
        # Gaps are passed in their order, so the last one that was is the latest.
        passed = (gap.passed_at for gap in reversed(self._gaps) if gap.passed_at is not None)
        return max(self._lost_since, next(passed, float("-inf")))

    def came(self, number: int, over_iopub: bool, now: float) -> None:
        """
        Take the number of a message that came.

        Args:
            number: the number.
            over_iopub: whether it came over iopub.
            now: the time.

        >>> numbers = MessageNumbers(1, grace=1.0)
        >>> numbers.came(3, True, 0.0)
        >>> numbers.take_lost(0.5), numbers.take_lost(1.0)
        (0, 1)
        """
        if number == self._highest + 1:
            self._highest = number
            if not self._gaps:
                return
        elif number > self._highest:
            self._gaps.append(Gap(self._highest + 1, number - 1))
            self._highest = number
        else:
            self._fill(number)
        if over_iopub and self._gaps:
            self._pass(number, now)

    def excuse(self, before: int) -> None:
        """Excuse one number below ``before``, because a reply with it went to another client."""
        for gap in reversed(self._gaps):
            if gap.last < before:
                gap.last -= 1
                if not len(gap):
                    self._gaps.remove(gap)
                return

    def take_lost(self, now: float) -> int:
        """Return how many numbers were lost since the last call."""
        lost, self._lost = self._lost, 0
        kept = []
        for gap in self._gaps:
            lost_at = self._lost_at(gap)
            if lost_at is not None and now >= lost_at:
                lost += self._give_up(gap)
            else:
                kept.append(gap)
        self._gaps = kept
        return lost

    def next_due(self) -> float | None:
        """Return when :meth:`take_lost` has more, if nothing comes before; ``None`` for never."""
        if self._lost:
            return SOON
        lost_at = [each for each in map(self._lost_at, self._gaps) if each is not None]
        return min(lost_at, default=None)

    def _lost_at(self, gap: Gap) -> float | None:
        if gap.passed_at is None:
            return None
        return gap.passed_at + (0.0 if len(gap) > FEW else self._grace)

    def _fill(self, number: int) -> None:
        for index in range(len(self._gaps) - 1, -1, -1):
            gap = self._gaps[index]
            if gap.last < number:
                return
            if gap.first <= number:
                parts = (
                    Gap(gap.first, number - 1, gap.passed_at),
                    Gap(number + 1, gap.last, gap.passed_at),
                )
                self._gaps[index : index + 1] = [part for part in parts if len(part)]
                return

    def _pass(self, number: int, now: float) -> None:
        for gap in reversed(self._gaps):
            if gap.last < number:
                if gap.passed_at is not None:
                    break
                gap.passed_at = now
        while len(self._gaps) > MOST_GAPS:
            self._lost += self._give_up(self._gaps.pop(0))

    def _give_up(self, gap: Gap) -> int:
        """Count the numbers of a gap as lost. Returns how many they are."""
        if gap.passed_at is not None:
            self._lost_since = max(self._lost_since, gap.passed_at)
        return len(gap)
