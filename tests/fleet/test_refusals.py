"""Refusals carry the facts and make the sentence."""

from __future__ import annotations

from jupyter_comm_broker.errors import CommBrokerError
from jupyter_comm_broker.fleet import refusals
from jupyter_comm_broker.fleet.refusals import (
    FleetFullError,
    HubNotReachedError,
    NotOwnReportError,
    OldReportError,
    ReportError,
    TooManyReportsError,
)


def test_all_of_them_are_ours_and_are_named_in_the_tree() -> None:
    for error in ReportError.__subclasses__():
        assert issubclass(error, CommBrokerError)
        assert f" {error.__name__} " in (refusals.__doc__ or "")


def test_who_may_not_report_for_whom_is_said() -> None:
    error = NotOwnReportError("ann", "bob", "two", "because")
    assert (error.owner, error.user, error.server_name) == ("ann", "bob", "two")
    assert str(error) == "the token of 'ann' may not report for the server 'two' of 'bob': because"


def test_who_may_come_again_is_told_when() -> None:
    assert TooManyReportsError(1.0).retry_after == 1.0
    assert OldReportError().retry_after < HubNotReachedError("it is down").retry_after
    assert "it is down" in str(HubNotReachedError("it is down"))
    assert FleetFullError(3, "all users").limit == 3
