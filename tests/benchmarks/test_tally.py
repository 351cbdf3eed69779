"""A run is right only if each page has the last value and the close of every comm."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks.framing import encode
from benchmarks.tally import Tally


def message(kind: str, comm_id: str, **data: Any) -> bytes:
    return encode("s", "iopub", kind, {"comm_id": comm_id, "data": data})[1]


def heard(*, updates: tuple[int, ...] = (3, 4), closed: str = "ab") -> Tally:
    tally = Tally()
    for comm_id in "ab":
        tally.hears(message("comm_open", comm_id))
    for number in updates:
        tally.hears(message("comm_msg", "ba"[number % 2], state={"bench_seq": number}))
    for comm_id in closed:
        tally.hears(message("comm_close", comm_id))
    return tally


def test_last_values_and_closes_are_enough() -> None:
    assert heard().has_all(2, 4)


@pytest.mark.parametrize(
    "tally", [heard(updates=(2, 3)), heard(closed="a"), heard(updates=(3, 4, 1))]
)
def test_an_old_value_or_a_missing_close_is_a_loss(tally: Tally) -> None:
    assert not tally.has_all(2, 4)


def test_the_reply_of_the_cell_is_noticed() -> None:
    tally = heard()
    before = tally.replied
    tally.hears(encode("s", "shell", "execute_reply", {"status": "ok"})[1])
    assert (before, tally.replied, tally.heard) == (False, True, 7)
