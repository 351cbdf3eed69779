"""A notebook can hold it, whatever a kernel sent; and its last lines are what a person reads."""

from __future__ import annotations

from typing import Any

import pytest

from jupyter_comm_broker.inspection.message_views import UNREADABLE
from jupyter_comm_broker.inspection.runs.notebook_outputs import (
    LONGEST_LINE,
    count_of,
    last_lines,
    valid,
)

from .notebook import notebook_of


def deep(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = [value]
    return value


USUAL: list[dict[str, Any]] = [
    {"output_type": "stream", "name": "stdout", "text": "one\n"},
    {
        "output_type": "display_data",
        "data": {"text/html": "<script>alert(1)</script>", "image/png": "aGk=\n"},
        "metadata": {"image/png": {"width": 3}},
    },
    {
        "output_type": "execute_result",
        "data": {"text/plain": "7", "application/vnd.x.v1+json": {"a": [1, None]}},
        "metadata": {},
        "execution_count": 3,
    },
    {"output_type": "error", "ename": "E", "evalue": "v", "traceback": ["a", "b"]},
]

ODD: list[dict[str, Any]] = [
    {},
    {"output_type": "stream"},
    {"output_type": "stream", "name": ["x"], "text": ["a", "b"], "more": 1},
    {"output_type": "display_data", "data": [], "metadata": None},
    {"output_type": "display_data", "data": {"text/plain": 7, "x": None, "y": ["a", 1]}},
    {"output_type": "display_data", "data": {"application/json": deep(2000), "a": deep(2000)}},
    {"output_type": "display_data", "data": {"": ""}, "metadata": {"a": deep(2000)}},
    {"output_type": "display_data", "data": {"text/plain": "x"}, "transient": {"display_id": 1}},
    {"output_type": "execute_result", "data": {}, "metadata": {}, "execution_count": -1},
    {"output_type": "execute_result", "execution_count": True},
    {"output_type": "error"},
    {"output_type": "error", "ename": 1, "evalue": {"a": 1}, "traceback": ["x", 2, None]},
    {"output_type": "error", "ename": "E", "evalue": "v", "traceback": "text"},
    {"output_type": "something new", "text": "x"},
]


def test_what_a_notebook_can_hold_stays_as_it_is() -> None:
    assert valid(USUAL) == USUAL
    assert len(notebook_of(USUAL).cells[0].outputs) == len(USUAL)


@pytest.mark.parametrize("output", ODD, ids=range(len(ODD)))
def test_what_it_cannot_hold_is_made_to_fit(output: dict[str, Any]) -> None:
    notebook_of(valid([output]))


def test_what_is_not_text_is_written_as_json() -> None:
    data = {"text/plain": 7, "text/html": {"a": 1}, "application/json": {"a": 1}, "t": ["a", "b"]}
    (shown,) = valid([{"output_type": "display_data", "data": data}])
    assert shown["data"] == {
        "text/plain": "7",
        "text/html": '{"a":1}',
        "application/json": {"a": 1},
        "t": ["a", "b"],
    }


def test_what_is_too_deep_to_be_written_again_is_left_out() -> None:
    data = {"application/json": deep(2000), "text/plain": deep(2000)}
    (shown,) = valid([{"output_type": "display_data", "data": data}])
    assert shown["data"] == {"application/json": UNREADABLE, "text/plain": UNREADABLE}


@pytest.mark.parametrize(
    ("value", "count"),
    [(0, 0), (7, 7), (None, None), (True, None), (-1, None), ("7", None), (2**60, None)],
)
def test_a_count_is_a_number_that_everybody_can_read(value: Any, count: int | None) -> None:
    assert count_of(value) == count


def stream(text: str) -> dict[str, Any]:
    return {"output_type": "stream", "name": "stdout", "text": text}


@pytest.mark.parametrize(
    ("outputs", "most", "lines"),
    [
        ([], 3, []),
        ([stream("a\nb\nc\n")], 2, ["b", "c"]),
        ([stream("a\n\n")], 2, ["a", ""]),
        ([stream("a\n"), stream("b")], 5, ["a", "b"]),
        ([stream("10 %\r90 %\rok")], 1, ["ok %"]),
        ([stream("\x1b[31mred\x1b[0m")], 1, ["red"]),
        ([{"output_type": "error", "ename": "E", "evalue": "v"}], 2, ["E: v"]),
        ([{"output_type": "error", "traceback": ["at x", "E: v"]}], 1, ["E: v"]),
        ([{"output_type": "display_data", "data": {"text/plain": "<Figure>"}}], 1, ["<Figure>"]),
        ([{"output_type": "display_data", "data": {"text/plain": ["a\n", "b"]}}], 2, ["a", "b"]),
        ([{"output_type": "display_data", "data": {"image/png": "x"}}], 1, ["[image/png]"]),
        ([{"output_type": "display_data", "data": {}}], 1, ["[nothing]"]),
    ],
)
def test_the_last_lines_are_those_of_a_terminal(
    outputs: list[dict[str, Any]], most: int, lines: list[str]
) -> None:
    assert last_lines(reversed(outputs), most) == lines


def test_a_long_line_is_cut() -> None:
    (line,) = last_lines([stream("x" * 1_000_000)], 1)
    assert len(line) == LONGEST_LINE
    assert line.endswith("…")
