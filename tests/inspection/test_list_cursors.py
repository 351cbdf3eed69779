"""Orders are kept while somebody walks through them, and no longer."""

from __future__ import annotations

import pytest

from jupyter_comm_broker.errors import CursorExpiredError
from jupyter_comm_broker.inspection.list_cursors import ListCursors, Place


def places(count: int) -> list[Place]:
    return [("k", number) for number in range(count)]


def test_an_order_is_found_by_its_number() -> None:
    walks = ListCursors("life")
    first, second = walks.begin(places(2), 0.0), walks.begin(places(3), 0.0)
    assert (walks.places(first, 0.0), walks.places(second, 0.0)) == (places(2), places(3))


def test_an_order_that_nobody_asks_for_is_forgotten_after_a_while() -> None:
    walks = ListCursors("life")
    used, unused = walks.begin(places(1), 0.0), walks.begin(places(1), 0.0)
    walks.places(used, ListCursors.KEPT_SECONDS)
    walks.places(used, ListCursors.KEPT_SECONDS + 1)
    with pytest.raises(CursorExpiredError):
        walks.places(unused, ListCursors.KEPT_SECONDS + 1)
    assert len(walks) == 1


def test_all_orders_together_are_bounded_and_the_latest_is_always_kept() -> None:
    walks = ListCursors("life")
    half = ListCursors.MOST_PLACES // 2
    first, second = walks.begin(places(half), 0.0), walks.begin(places(half), 1.0)
    walks.places(first, 2.0)
    walks.begin(places(1), 3.0)
    assert walks.places(first, 4.0)
    with pytest.raises(CursorExpiredError):
        walks.places(second, 4.0)
    last = walks.begin(places(ListCursors.MOST_PLACES + 1), 5.0)
    assert (len(walks), len(walks.places(last, 5.0))) == (1, ListCursors.MOST_PLACES + 1)


def test_a_number_that_was_never_given_is_not_found() -> None:
    with pytest.raises(CursorExpiredError):
        ListCursors("life").places(1, 0.0)
