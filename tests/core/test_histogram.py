"""Durations are counted under the least bound that holds them."""

from __future__ import annotations

from jupyter_comm_broker.core.histogram import BOUNDS, Histogram


def test_each_is_under_its_bound_and_all_that_are_larger() -> None:
    durations = Histogram()
    for seconds in (0.0, 0.001, 0.002, 99.0):
        durations.add(seconds)
    found = durations.cumulative()
    assert found[:2] == [("0.001", 2), ("0.0025", 3)]
    assert found[-2:] == [(str(BOUNDS[-1]), 3), ("+Inf", 4)]
    assert durations.total == 99.003


def test_those_of_another_are_added_and_stay_its_own() -> None:
    one, other = Histogram(), Histogram()
    one.add(1.0)
    other.add(2.0)
    one.include(other)
    assert (sum(one.counts), one.total) == (2, 3.0)
    assert (sum(other.counts), other.total) == (1, 2.0)
