"""So many may read and no more, all together and each user; who leaves makes room."""

from __future__ import annotations

import pytest

from jupyter_comm_broker.errors import TooManyOwnReadersError, TooManyReadersError
from jupyter_comm_broker.events.event_readers import EventReaders


def test_one_user_may_have_so_many() -> None:
    readers = EventReaders(10, 2)
    readers.enter("ann")
    readers.enter("ann")
    with pytest.raises(TooManyOwnReadersError, match="event_readers_per_user = 2"):
        readers.enter("ann")
    readers.enter("ben")
    readers.leave("ann")
    readers.enter("ann")
    assert (len(readers), readers.refused) == (3, 1)


def test_all_together_may_be_so_many() -> None:
    readers = EventReaders(2, 2)
    readers.enter("ann")
    readers.enter("ben")
    with pytest.raises(TooManyReadersError, match=r"CommBroker\.event_readers = 2") as refused:
        readers.enter("cem")
    assert not isinstance(refused.value, TooManyOwnReadersError)
    readers.leave("ben")
    readers.enter("cem")
    for user in ("ann", "cem"):
        readers.leave(user)
    assert (len(readers), readers._by_user) == (0, {})
