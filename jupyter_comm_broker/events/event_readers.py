"""Limits the number of readers of events. Each reader takes a socket and a bounded queue."""

from __future__ import annotations

from collections import Counter

from jupyter_comm_broker.errors import TooManyOwnReadersError, TooManyReadersError


class EventReaders:
    """
    Counts the readers of one server.

    Args:
        most: the most readers of all users together.
        most_per_user: the most readers of one user.
    """

    def __init__(self, most: int, most_per_user: int) -> None:
        self._most = most
        self._most_per_user = most_per_user
        self._by_user: Counter[str] = Counter()
        self.refused = 0
        """How many readers were refused."""

    def __len__(self) -> int:
        return self._by_user.total()

    def enter(self, user: str) -> None:
        """
        Count a new reader. Call :meth:`leave` when it ends.

        Raises:
            TooManyOwnReadersError: the user has as many as one may have.
            TooManyReadersError: the server has as many as it may have.
        """
        own = self._by_user[user] >= self._most_per_user
        if own or len(self) >= self._most:
            self.refused += 1
            raise (
                TooManyOwnReadersError(self._most_per_user)
                if own
                else TooManyReadersError(self._most)
            )
        self._by_user[user] += 1

    def leave(self, user: str) -> None:
        """Count a reader of a user no longer."""
        self._by_user[user] -= 1
        if not self._by_user[user]:
            del self._by_user[user]
