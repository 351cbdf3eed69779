"""The table says who is better by how much, and whether that is enough."""

from __future__ import annotations

from benchmarks.figures import Figure
from benchmarks.table import cells, markdown, plain, rows


def figure(key: str, *values: float, **goals: float) -> Figure:
    return Figure(key, key, "us", values, **goals)  # type: ignore[arg-type]


def test_rounds_are_joined_by_their_median() -> None:
    (row,) = rows(
        [[figure("a", 90.0), figure("a", 100.0), figure("a", 500.0)], [figure("a", 20.0)]]
    )

    assert row.medians == (100.0, 20.0)
    assert row.ratio == 0.2


def test_a_goal_is_a_share_of_stock_or_a_limit() -> None:
    stock = [figure("a", 100.0), figure("b", 9.0), figure("c", 1.0)]
    broker = [
        figure("a", 20.0, ratio_goal=1 / 5),
        figure("b", 2.0, limit_goal=1),
        figure("c", 1.0),
    ]

    assert [row.reached for row in rows([stock, broker])] == [True, False, None]


def test_goals_are_reached_when_all_of_them_are() -> None:
    stock = [figure("a", 100.0), figure("b", 20.0), figure("c", 0.0)]
    broker = [
        figure("a", 20.0, ratio_goal=1 / 5, limit_goal=20),
        figure("b", 5.0, ratio_goal=1 / 5, limit_goal=20),
        figure("c", 19.0, least_goal=20),
    ]

    assert [row.reached for row in rows([stock, broker])] == [True, False, False]


def test_what_one_side_does_not_have_is_shown_as_nothing_and_judged_all_the_same() -> None:
    lines = cells(["stock", "broker"], rows([[], [figure("a", 1.0, limit_goal=2)]]))

    assert lines[1] == ["a", "us", "-", "1", "", "<= 2 us", "yes"]
    (row,) = rows([[figure("a", 1.0, limit_goal=2)], []])
    assert row.reached is None


def test_nothing_is_divided_by_nothing() -> None:
    (row,) = rows([[figure("left", 0.0)], [figure("left", 0.0)]])

    assert row.ratio is None


def test_both_forms_hold_the_same_cells() -> None:
    lines = cells(
        ["stock", "broker"], rows([[figure("a", 100.0)], [figure("a", 20.0, ratio_goal=0.2)]])
    )

    assert lines[1] == ["a", "us", "100", "20", "1/5.0", "<= 1/5", "yes"]
    assert "1/5.0" in plain(lines)
    assert markdown(lines).splitlines()[2] == "| a | us | 100 | 20 | 1/5.0 | <= 1/5 | yes |"
