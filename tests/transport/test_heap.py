"""What lives when the server has started is put out of the garbage collector's way, once."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from jupyter_comm_broker.transport.heap import freeze_more, freeze_once


@pytest.fixture(autouse=True)
def thawed() -> Iterator[None]:
    gc.unfreeze()
    yield
    gc.unfreeze()


def test_what_lives_is_frozen_once_and_what_was_garbage_is_not() -> None:
    ring: list[object] = []
    ring.append(ring)
    alive: list[object] = [[]]
    seen = id(ring)
    del ring
    assert freeze_once()
    frozen = gc.get_freeze_count()
    assert frozen > 10_000
    assert all(each is not alive for each in gc.get_objects())
    assert seen not in {id(each) for each in gc.get_objects()}
    alive.append([])
    assert not freeze_once()
    assert gc.get_freeze_count() == frozen


def test_what_comes_later_is_frozen_later() -> None:
    assert freeze_once()
    later: list[object] = [[]]
    assert any(each is later for each in gc.get_objects())
    freeze_more()
    assert all(each is not later for each in gc.get_objects())
