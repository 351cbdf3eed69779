"""Each server has its latest report, is silent in time, and takes nobody else's place."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_comm_broker.fleet.refusals import FleetFullError, TooManyReportsError
from jupyter_comm_broker.fleet.service.roster import FORGOTTEN, GONE_KEPT, News, Roster
from tests.fleet.reports import report


def said(roster: Roster) -> dict[tuple[str, str], int]:
    return {row.key: row.report.number for row in roster.rows()}


def users(news: News) -> list[str]:
    return [row.report.user for row in news.rows]


def test_the_latest_report_of_each_server_is_kept() -> None:
    roster = Roster()
    assert roster.take(report("ann"), 0.0)
    assert roster.take(report("ann", server_name="two", number=7), 0.0)
    assert roster.take(report("bob"), 0.0)
    assert roster.take(report("ann", number=1), 20.0)
    # Overtaken on its way, and repeated.
    assert not roster.take(report("ann", number=0), 25.0)
    assert not roster.take(report("ann", number=1), 26.0)
    assert said(roster) == {("ann", ""): 1, ("ann", "two"): 7, ("bob", ""): 0}
    # Another process begins anew.
    assert roster.take(report("ann", life="another"), 40.0)
    assert said(roster)["ann", ""] == 0


def test_a_server_that_ends_is_gone_but_not_because_its_predecessor_ends() -> None:
    roster = Roster()
    roster.take(report("ann", life="old"), 0.0)
    roster.take(report("ann", life="new"), 5.0)
    assert not roster.take(report("ann", life="old", ended=True), 5.1)
    assert len(roster) == 1
    assert roster.take(report("ann", life="new", number=1, ended=True), 5.2)
    assert len(roster) == 0
    assert not roster.take(report("ann", life="new", number=1, ended=True), 5.3)


def test_who_reports_too_often_is_refused() -> None:
    roster = Roster()
    roster.take(report("ann"), 0.0)
    with pytest.raises(TooManyReportsError, match="once in 1 s"):
        roster.take(report("ann", number=1), 0.5)
    assert roster.take(report("bob"), 0.5)
    assert roster.take(report("ann", number=1), 1.0)


@pytest.mark.parametrize(("promised", "silent_after"), [(30.0, 45.0), (0.0, 15.0), (1e9, 180.0)])
def test_who_is_late_is_silent_until_they_report_and_then_forgotten(
    promised: float, silent_after: float
) -> None:
    roster = Roster()
    roster.take(report("ann", interval=promised), 100.0)
    before = roster.revision
    roster.sweep(100.0 + silent_after)
    assert (roster.rows()[0].silent, roster.revision) == (False, before)
    roster.sweep(100.1 + silent_after)
    assert roster.rows()[0].silent
    assert users(roster.since(before)) == ["ann"]
    # It becomes silent once.
    after = roster.revision
    roster.sweep(100.2 + silent_after)
    assert roster.revision == after
    roster.take(report("ann", number=1), 400.0)
    assert not roster.rows()[0].silent
    roster.sweep(400.1 + FORGOTTEN)
    assert len(roster) == 0
    assert roster.since(after).gone == [("ann", "")]


def test_the_page_has_room_for_so_many_and_a_silent_server_makes_room() -> None:
    roster = Roster(most=3)
    for number, user in enumerate("abc"):
        roster.take(report(user), float(number))
    with pytest.raises(FleetFullError, match="3 servers of all users"):
        roster.take(report("d"), 10.0)
    assert len(roster) == 3
    roster.take(report("a", number=1), 40.0)
    assert roster.take(report("d"), 46.5)
    assert sorted(user for user, _ in said(roster)) == ["a", "c", "d"]


def test_one_user_cannot_fill_the_page() -> None:
    roster = Roster(most=100, most_of_one=2)
    roster.take(report("mallory", server_name="1"), 0.0)
    roster.take(report("mallory", server_name="2"), 1.0)
    with pytest.raises(FleetFullError, match="2 servers of user 'mallory'"):
        roster.take(report("mallory", server_name="3"), 2.0)
    roster.take(report("ann"), 2.0)
    # Silent ones of their own make room, and nobody else's.
    assert roster.take(report("mallory", server_name="3"), 46.0)
    assert said(roster).keys() == {("mallory", "2"), ("mallory", "3"), ("ann", "")}
    roster.take(report("mallory", server_name="3", number=1, ended=True), 47.0)
    assert roster.take(report("mallory", server_name="4"), 47.0)


def test_readers_get_what_changed_and_all_if_they_missed_too_much() -> None:
    roster = Roster()
    for user in "abc":
        roster.take(report(user), 0.0)
    first = roster.since(0)
    assert (first.whole, users(first), first.gone) == (True, ["a", "b", "c"], [])
    roster.take(report("b", number=1), 20.0)
    roster.take(report("c", number=1, ended=True), 20.0)
    second = roster.since(first.revision)
    assert (second.whole, users(second), second.gone) == (False, ["b"], [("c", "")])
    third = roster.since(second.revision)
    assert (third.whole, third.rows, third.gone) == (False, [], [])
    # It came back, so it is not gone.
    roster.take(report("c"), 21.0)
    assert (users(roster.since(first.revision)), roster.since(first.revision).gone) == (
        ["b", "c"],
        [],
    )
    # A number of another process of the service.
    assert roster.since(10_000).whole
    for number in range(GONE_KEPT + 1):
        roster.take(report("d", life=str(number)), 100.0 + number)
        roster.take(report("d", life=str(number), ended=True), 100.0 + number)
    assert roster.since(third.revision).whole
    assert not roster.since(roster.revision - 10).whole


STEPS = st.lists(
    st.tuples(
        st.sampled_from("abcd"),
        st.sampled_from(["", "x", "y"]),
        st.sampled_from(["one", "two"]),
        st.integers(0, 5),
        st.booleans(),
        st.floats(0, 60),
    ),
    max_size=40,
)


@given(STEPS)
def test_a_reader_that_follows_the_news_has_the_same_rows(steps: list[Any]) -> None:
    roster, now, revision = Roster(most=5, most_of_one=2), 0.0, 0
    followed: dict[tuple[str, str], int] = {}
    for user, name, life, number, ended, later in steps:
        now += later
        with suppress(TooManyReportsError, FleetFullError):
            roster.take(report(user, server_name=name, life=life, number=number, ended=ended), now)
        if number % 2:
            roster.sweep(now)
        news = roster.since(revision)
        if news.whole:
            followed.clear()
        for key in news.gone:
            followed.pop(key, None)
        followed |= {row.key: row.report.number for row in news.rows}
        revision = news.revision
        assert followed == said(roster)
        assert len(roster) <= 5
