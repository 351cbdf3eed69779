"""Each failure makes the next wait longer, until it is enough; something new begins anew."""

from __future__ import annotations

from jupyter_comm_broker.core.kernel.patience import Patience
from jupyter_comm_broker.core.limits import Limits


def test_each_failure_doubles_the_wait_until_it_is_enough() -> None:
    patience = Patience(Limits(verify_retry_seconds=2.0, verify_attempts=3))
    seen = []
    while not patience.is_exhausted:
        patience.failed(10.0, occupied=False)
        seen.append((patience.pause, patience.not_before))
    assert seen == [(4.0, 14.0), (8.0, 18.0), (16.0, 26.0)]


def test_something_new_is_asked_at_once_and_patiently_again() -> None:
    patience = Patience(Limits(verify_retry_seconds=2.0))
    patience.failed(10.0, occupied=True)
    assert patience.failed_occupied
    patience.renew(11.0)
    assert (patience.pause, patience.not_before, patience.failed_occupied) == (2.0, 11.0, False)
