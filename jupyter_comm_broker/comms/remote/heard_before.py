"""
Recognises messages that the server sends again.

When a connection breaks, the server takes back the messages that were on their way. Some of them
had arrived. They come again with the same id, soon and at most once.
"""

from __future__ import annotations

from collections import deque

REMEMBERED = 10_500
"""The most messages that the server takes back: 4 MiB, of at least 400 bytes each."""


class HeardBefore:
    """The ids of the latest messages."""

    def __init__(self, most: int = REMEMBERED) -> None:
        self._latest: deque[str] = deque(maxlen=most)
        self._again: set[str] = set()

    def reconnected(self) -> None:
        """Note a new connection, on which the latest messages may come again."""
        latest: set[str] = set()
        twice: set[str] = set()
        for msg_id in self._latest:
            (twice if msg_id in latest else latest).add(msg_id)
        # Some kernels give many messages the same id. Such an id recognises nothing.
        self._again = latest - twice - {""}

    def heard(self, msg_id: str) -> bool:
        """Return whether a message came before. If it did not, note its id."""
        if msg_id in self._again:
            self._again.discard(msg_id)
            return True
        self._latest.append(msg_id)
        return False
