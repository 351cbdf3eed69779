"""Turns the figures of several rounds into rows, and rows into a table for people."""

from __future__ import annotations

import statistics
from dataclasses import dataclass

from benchmarks.figures import Figure

HEAD = ("", "unit", "ratio", "to reach", "reached")


@dataclass(frozen=True)
class Row:
    """One figure in both columns: its medians over the rounds; ``None`` if a side lacks it."""

    figure: Figure
    medians: tuple[float | None, ...]
    notes: tuple[str, ...]

    @property
    def ratio(self) -> float | None:
        """The last column as a share of the first; ``None`` if one is missing or the first is 0."""
        first, last = self.medians[0], self.medians[-1]
        if len(self.medians) < 2 or first is None or last is None or first <= 0 or last < 0:
            return None
        return last / first

    @property
    def reached(self) -> bool | None:
        """Whether every goal is reached; ``None`` if there is no goal or no value."""
        figure, last, ratio = self.figure, self.medians[-1], self.ratio
        verdicts = []
        if figure.limit_goal is not None and last is not None:
            verdicts.append(last <= figure.limit_goal)
        if figure.least_goal is not None and last is not None:
            verdicts.append(last >= figure.least_goal)
        if figure.ratio_goal is not None and ratio is not None:
            verdicts.append(ratio <= figure.ratio_goal)
        return all(verdicts) if verdicts else None


def rows(columns: list[list[Figure]]) -> list[Row]:
    """Join the columns' figures by key. A column has the figures of all its rounds."""
    # The last column first: it may have figures that the others do not have.
    order = list(dict.fromkeys(figure.key for column in reversed(columns) for figure in column))
    joined = []
    for key in order:
        found = [[figure for figure in column if figure.key == key] for column in columns]
        joined.append(
            Row(
                figure=next(column[0] for column in reversed(found) if column),
                medians=tuple(map(_median, found)),
                notes=tuple(column[0].note if column else "" for column in found),
            )
        )
    return joined


def cells(names: list[str], table: list[Row]) -> list[list[str]]:
    """Return the head and the body of the table as texts."""
    head = [HEAD[0], HEAD[1], *names, *HEAD[2:]]
    return [head, *(_line(row) for row in table)]


def plain(lines: list[list[str]]) -> str:
    """Return columns of even width for a terminal."""
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    return "\n".join(
        "  ".join(
            text.ljust(width) if i < 2 else text.rjust(width)
            for i, (text, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )


def markdown(lines: list[list[str]]) -> str:
    """Return a Markdown table."""
    rule = ["---", "---", *(["--:"] * (len(lines[0]) - 2))]
    return "\n".join("| " + " | ".join(line) + " |" for line in (lines[0], rule, *lines[1:]))


def _line(row: Row) -> list[str]:
    values = [
        _number(median) + (f" ({note})" if note else "") if median is not None else "-"
        for median, note in zip(row.medians, row.notes, strict=True)
    ]
    reached = {True: "yes", False: "NO", None: ""}[row.reached]
    return [
        row.figure.label,
        row.figure.unit,
        *values,
        _share(row.ratio),
        _goal(row.figure),
        reached,
    ]


def _median(figures: list[Figure]) -> float | None:
    values = [value for figure in figures for value in figure.values]
    return statistics.median(values) if values else None


def _share(ratio: float | None) -> str:
    if ratio is None or ratio == 0:
        return ""
    return f"1/{1 / ratio:.1f}" if ratio < 0.95 else f"{ratio:.2f}"


def _goal(figure: Figure) -> str:
    goals = []
    if figure.limit_goal is not None:
        goals.append(f"<= {figure.limit_goal:g} {figure.unit}".rstrip())
    if figure.least_goal is not None:
        goals.append(f">= {figure.least_goal:g} {figure.unit}".rstrip())
    if figure.ratio_goal is not None:
        share = figure.ratio_goal
        goals.append(f"<= 1/{1 / share:g}" if share < 1 else f"<= {share:g} of stock")
    return ", ".join(goals)


def _number(value: float) -> str:
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"
