"""
The servers of a Hub, each with its latest report.

Only what the Hub says decides who a report is from. What a report says is shown and nothing else:
it moves no other server's row. The number of servers has a bound, of all users and of each.
"""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass

from jupyter_comm_broker.fleet.refusals import FleetFullError, TooManyReportsError
from jupyter_comm_broker.fleet.report import Report

MOST = 5_000
"""Servers that are kept. Their rows take some 20 MB."""

MOST_OF_ONE = 20
"""Servers of one user that are kept, so that one user cannot fill the page."""

LEAST_GAP = 1.0
"""Seconds between two reports of a server. A server that is not made for harm waits five."""

SLACK = 1.5
"""After so many promised intervals without a report, a server counts as silent."""

SHORTEST, LONGEST = 10.0, 120.0
"""Bounds of the interval that a report may promise. Nobody is fresh for a day."""

FORGOTTEN = 900.0
"""Seconds after which a silent server is dropped. A stopped server says so; this one was killed."""

GONE_KEPT = 2_000
"""Ends of servers that are kept for readers. A reader that missed more gets all rows again."""

Key = tuple[str, str]
"""A user's name and the name of one of their servers."""


@dataclass(slots=True)
class Row:
    """One server."""

    report: Report
    heard_at: float
    """When the latest report came, by a clock that is never set."""
    revision: int
    """The number of the latest change of this row."""
    silent: bool = False

    @property
    def key(self) -> Key:
        """Whose server it is, and its name."""
        return self.report.user, self.report.server_name

    @property
    def late_at(self) -> float:
        """When it counts as silent, if no report comes."""
        return self.heard_at + SLACK * min(max(self.report.interval, SHORTEST), LONGEST)


@dataclass(frozen=True, slots=True)
class News:
    """What changed since a reader asked last."""

    revision: int
    """The reader asks with this number next time."""
    rows: list[Row]
    gone: list[Key]
    whole: bool
    """Whether these are all rows, so that the reader forgets those that it has."""


class Roster:
    """
    Keeps the latest report of each server.

    Args:
        most: servers of all users that are kept.
        most_of_one: servers of one user that are kept.
    """

    def __init__(self, most: int = MOST, most_of_one: int = MOST_OF_ONE) -> None:
        self._most, self._most_of_one = most, most_of_one
        self._rows: dict[Key, Row] = {}
        self._of_user: Counter[str] = Counter()
        self._gone: deque[tuple[int, Key]] = deque(maxlen=GONE_KEPT)
        self._forgot_gone = 0
        """The number of the latest end that is no longer kept."""
        self.revision = 0

    def __len__(self) -> int:
        return len(self._rows)

    def rows(self) -> list[Row]:
        """Return all servers, in the order of their first reports."""
        return list(self._rows.values())

    def take(self, report: Report, now: float) -> bool:
        """
        Take a report of the server that it names. The caller has checked who sent it.

        Args:
            report: the report.
            now: the time by a clock that is never set.

        Returns:
            Whether it was news. A report that was overtaken by a later one is not.

        Raises:
            TooManyReportsError: the server's latest report came just now.
            FleetFullError: there is no room for another server.
        """
        key = report.user, report.server_name
        row = self._rows.get(key)
        if report.ended:
            # A server that was replaced says farewell late.
            if row is None or row.report.life != report.life:
                return False
            self._drop(key)
            return True
        if row is None:
            self._make_room(report.user, now)
            self._rows[key] = Row(report, now, self._next())
            self._of_user[report.user] += 1
            return True
        if now - row.heard_at < LEAST_GAP:
            raise TooManyReportsError(LEAST_GAP)
        if row.report.life == report.life and report.number <= row.report.number:
            return False
        row.report, row.heard_at, row.silent, row.revision = report, now, False, self._next()
        return True

    def sweep(self, now: float) -> None:
        """Note who is silent, and drop who has been silent for long."""
        for key, row in list(self._rows.items()):
            if now - row.heard_at > FORGOTTEN:
                self._drop(key)
            elif not row.silent and now > row.late_at:
                row.silent, row.revision = True, self._next()

    def since(self, revision: int) -> News:
        """
        Return what changed after a revision.

        Args:
            revision: the number of the reader's latest news; 0 for a reader that has none.
        """
        whole = not self._forgot_gone <= revision <= self.revision or revision == 0
        rows = [each for each in self._rows.values() if whole or each.revision > revision]
        gone = [] if whole else [key for at, key in self._gone if at > revision]
        return News(self.revision, rows, [key for key in gone if key not in self._rows], whole)

    # -- inside --------------------------------------------------------------------------------

    def _next(self) -> int:
        self.revision += 1
        return self.revision

    def _drop(self, key: Key) -> None:
        del self._rows[key]
        self._of_user[key[0]] -= 1
        if not self._of_user[key[0]]:
            del self._of_user[key[0]]
        if len(self._gone) == GONE_KEPT:
            self._forgot_gone = self._gone[0][0]
        self._gone.append((self._next(), key))

    def _make_room(self, user: str, now: float) -> None:
        """Drop the server that has been silent longest, if there are too many."""
        if self._of_user[user] >= self._most_of_one:
            own = [row for row in self._rows.values() if row.key[0] == user]
            if not self._drop_silent(own, now):
                raise FleetFullError(self._most_of_one, f"user {user!r}")
        if len(self._rows) >= self._most and not self._drop_silent(self.rows(), now):
            raise FleetFullError(self._most, "all users")

    def _drop_silent(self, rows: list[Row], now: float) -> bool:
        oldest = min(rows, key=lambda row: row.heard_at)
        if now <= oldest.late_at:
            return False
        self._drop(oldest.key)
        return True
