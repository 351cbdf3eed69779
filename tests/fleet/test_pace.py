"""Servers report every 15 to 25 s, and the less often the longer nobody takes their reports."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from jupyter_comm_broker.fleet.pace import GAP, INTERVAL, LONGEST_ASKED, PROMISED, Pace


@given(st.floats(0, 1))
def test_a_report_follows_within_the_time_that_is_promised(chance: float) -> None:
    assert 10.0 <= Pace().wait(chance) < PROMISED
    assert Pace().wait(chance) > GAP


def test_while_reports_fail_they_become_rare_and_events_do_not_hurry_them() -> None:
    pace = Pace()
    waits = []
    for _ in range(6):
        pace.refused()
        waits.append(pace.wait(0.5))
    assert waits == [40.0, 60.0, 60.0, 60.0, 60.0, 60.0]
    assert not pace.hears_events
    pace.taken()
    assert (pace.hears_events, pace.wait(0.5)) == (True, INTERVAL)


def test_a_service_may_ask_to_wait_but_not_for_ever() -> None:
    pace = Pace()
    pace.refused(retry_after=100.0)
    assert pace.wait(0.5) == 100.0
    pace.refused(retry_after=99_999.0)
    assert pace.wait(0.5) == LONGEST_ASKED
    pace.taken()
    assert pace.wait(0.5) == INTERVAL
