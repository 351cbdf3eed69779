"""From the figures of several rounds to rows, and from rows to a table for people."""

from __future__ import annotations

import statistics
from dataclasses import dataclass

from benchmarks.figures import Figure

HEAD = ("", "unit", "ratio", "to reach", "")


@dataclass(frozen=True)
class Row:
    """One figure on both columns: medians over the rounds."""

    figure: Figure
    medians: tuple[float, ...]
    notes: tuple[str, ...]

    @property
    def ratio(self) -> float | None:
        """The last column as a share of the first; nothing where there is nothing to divide by."""
        if len(self.medians) < 2 or self.medians[0] <= 0 or self.medians[-1] < 0:
            return None
        return self.medians[-1] / self.medians[0]

    @property
    def reached(self) -> bool | None:
        """Whether the goal is reached; nothing where there is no goal."""
        if self.figure.limit_goal is not None:
            return self.medians[-1] <= self.figure.limit_goal
        if self.figure.ratio_goal is None or self.ratio is None:
            return None
        return self.ratio <= self.figure.ratio_goal


def rows(columns: list[list[Figure]]) -> list[Row]:
    """Join the columns' figures by key; each column holds the figures of all its rounds."""
    order = list(dict.fromkeys(figure.key for column in columns for figure in column))
    joined = []
    for key in order:
        found = [[figure for figure in column if figure.key == key] for column in columns]
        if not all(found):
            continue
        joined.append(
            Row(
                figure=found[-1][0],
                medians=tuple(
                    statistics.median(value for figure in column for value in figure.values)
                    for column in found
                ),
                notes=tuple(column[0].note for column in found),
            )
        )
    return joined


def cells(names: list[str], table: list[Row]) -> list[list[str]]:
    """Return head and body as text."""
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
        _number(median) + (f" ({note})" if note else "")
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


def _share(ratio: float | None) -> str:
    if ratio is None or ratio == 0:
        return ""
    return f"1/{1 / ratio:.1f}" if ratio < 0.95 else f"{ratio:.2f}"


def _goal(figure: Figure) -> str:
    if figure.limit_goal is not None:
        return f"<= {figure.limit_goal:g} {figure.unit}".rstrip()
    if figure.ratio_goal is not None:
        return f"<= 1/{1 / figure.ratio_goal:g}"
    return ""


def _number(value: float) -> str:
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"
