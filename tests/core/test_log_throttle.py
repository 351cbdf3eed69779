"""A flood of malformed messages is one line a minute, which says how many there were."""

from __future__ import annotations

from jupyter_comm_broker.core.log_throttle import QUIET_SECONDS, LogThrottle


def test_the_first_is_told_and_then_one_a_minute_with_the_count() -> None:
    log_throttle = LogThrottle()
    assert log_throttle.line("first", 0.0) == "first"
    assert [log_throttle.line("more", at) for at in (0.0, 1.0, QUIET_SECONDS - 0.1)] == [None] * 3
    told = log_throttle.line("later", QUIET_SECONDS)
    assert told is not None
    assert told.startswith("later")
    assert "3 other" in told
    assert log_throttle.line("more", QUIET_SECONDS + 1) is None


def test_after_a_calm_minute_one_is_told_as_the_first_is() -> None:
    log_throttle = LogThrottle()
    log_throttle.line("first", 0.0)
    assert log_throttle.line("another", 1000.0) == "another"
