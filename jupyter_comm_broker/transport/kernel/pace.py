"""
When a channel is read, and how much at once.

At once after a quiet time; with pauses in a stream; more often in a flood. Waking up and writing to
each page cost as much as several messages (measured). What comes in a pause is handled, framed and
written together.
"""

from __future__ import annotations

BATCH = 100
"""The most multiparts that are read in one batch."""

LEAST = 25
TURN = 0.005
"""
Seconds of work that one batch may take.

So a flood from one kernel does not hold up an echo from another. A batch takes longer where
messages are large or many pages are behind. Then the next batches are smaller, and other work
comes between them. A batch never has fewer than ``LEAST`` messages: with a write to each of 200
pages, single messages cost ten times as much.
"""

BURST = 8
"""Reads without a pause after a quiet time. The messages of one request must not wait."""

FLOOD_PAUSE = 0.001
"""Seconds between two reads in a flood."""

STREAM_PAUSE = 0.016
"""
Seconds between two reads in a stream: a bar that moves, a plot that is drawn again and again.

A screen draws as often, so nobody sees the pause.
"""

AT_ONCE = 1e-6
"""Seconds of a rest that is none. A timer may ring so much too early, and must not be set again."""

STREAM_RATE = 2_000
"""Messages per second up to which it is a stream. Above, it is a flood."""


class Pace:
    """
    The pace of one channel.

    Args:
        now: the time in seconds.
        longest: the seconds between two reads in a stream.
    """

    def __init__(self, now: float, longest: float = FLOOD_PAUSE) -> None:
        self.most = BATCH
        """The most messages of the next batch."""
        self._longest = self._pause = longest
        self._credit, self._credited_at = float(BURST), now
        self._read_at = now

    @property
    def is_stream(self) -> bool:
        """Whether there are long pauses."""
        return self._pause > FLOOD_PAUSE

    def rest(self, now: float) -> float:
        """Return the seconds until the next read."""
        self._gain(now)
        rest = (1.0 - self._credit) * self._pause
        return rest if rest > AT_ONCE else 0.0

    def read(self, count: int, now: float, *, more: bool) -> None:
        """
        Note a read, and choose the next pauses by the rate at which messages come.

        Args:
            count: how many messages were read.
            now: the time.
            more: whether others may wait behind them.
        """
        self._gain(now)
        is_stream = not more and count <= STREAM_RATE * (now - self._read_at)
        self._pause = self._longest if is_stream else FLOOD_PAUSE
        self._credit = max(0.0, self._credit - 1.0)
        self._read_at = now

    def handled(self, count: int, seconds: float) -> None:
        """Choose the size of the next batches by the time that ``count`` messages took."""
        if seconds > TURN:
            self.most = max(LEAST, int(count * TURN / seconds))
        elif self.most < BATCH and count == self.most:
            self.most = min(BATCH, self.most * 2)

    def hurry(self) -> bool:
        """Read the answers to come without a pause. Returns whether that is sooner than without."""
        if not self.is_stream:
            return False
        self._credit = float(BURST)
        return True

    def _gain(self, now: float) -> None:
        self._credit = min(BURST, self._credit + (now - self._credited_at) / self._pause)
        self._credited_at = now
