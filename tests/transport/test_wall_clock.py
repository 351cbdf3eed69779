"""Dates stay right if the computer sleeps, or if somebody sets its clock."""

from __future__ import annotations

import pytest

from jupyter_comm_broker.transport.wall_clock import MOST, WallClock


class Clocks:
    """A loop's clock, and one on the wall that can be set."""

    def __init__(self) -> None:
        self.loop, self.wall = 100.0, 1_000_000.0
        self.clock = WallClock(lambda: self.loop, lambda: self.wall)

    def pass_by(self, seconds: float) -> None:
        self.loop += seconds
        self.wall += seconds

    def epoch(self) -> float:
        """The date of now."""
        return self.clock.epoch(self.loop)


def test_dates_follow_the_clock_on_the_wall() -> None:
    clocks = Clocks()
    clocks.pass_by(5)
    assert clocks.epoch() == 1_000_005.0
    assert clocks.clock.epoch(101.0) == 1_000_001.0


@pytest.mark.parametrize("jump", [3600.0, -3600.0, 0.6])
def test_after_a_jump_what_was_before_keeps_its_date(jump: float) -> None:
    clocks = Clocks()
    clocks.pass_by(5)
    before, date = clocks.loop, clocks.epoch()
    clocks.wall += jump
    clocks.pass_by(5)
    assert clocks.epoch() == date + jump + 5
    assert clocks.clock.epoch(before - 1) == date - 1


def test_a_small_difference_is_no_jump() -> None:
    clocks = Clocks()
    clocks.wall += 0.4
    assert clocks.epoch() == 1_000_000.0
    clocks.wall += 0.4
    assert clocks.epoch() == 1_000_000.8


def test_a_clock_that_is_set_for_ever_costs_bounded_memory() -> None:
    clocks = Clocks()
    for _ in range(3 * MOST):
        clocks.pass_by(1)
        clocks.wall += 60
        assert clocks.epoch() == clocks.wall
    assert len(clocks.clock._since) == len(clocks.clock._differences) == MOST
    clocks.clock.epoch(0.0)
