"""Output as text: what a person may read of it, and each line of it once."""

from __future__ import annotations

from typing import Any

import pytest

from jupyter_comm_broker.cli.output_text import GrowingText, added, changed, text_of


def stream(text: str) -> dict[str, Any]:
    return {"output_type": "stream", "name": "stdout", "text": text}


def display(data: Any) -> dict[str, Any]:
    return {"output_type": "display_data", "data": data, "metadata": {}}


def error(*lines: str) -> dict[str, Any]:
    return {"output_type": "error", "ename": "E", "evalue": "v", "traceback": list(lines)}


@pytest.mark.parametrize(
    ("outputs", "text"),
    [
        ([], ""),
        ([stream("a\n"), stream("b")], "a\nb"),
        ([stream("a"), display({"text/plain": "<Figure>", "image/png": "x"})], "a\n<Figure>\n"),
        ([display({"text/plain": ["a\n", "b"]})], "a\nb\n"),
        ([display({"text/html": "<b>"})], "[text/html]\n"),
        ([display({})], "[nothing]\n"),
        ([error("at x", "\x1b[31mE\x1b[0m: v")], "at x\nE: v\n"),
        ([error()], "E: v\n"),
        ([stream("a\tb\x1b[2J\x00\u202e\n")], "a\tb\\x1b[2J\\x00\\u202e\n"),
        ([stream("10 %\r9 %\nx")], "9 %%\nx"),
    ],
)
def test_outputs_are_text_that_a_terminal_need_not_obey(
    outputs: list[dict[str, Any]], text: str
) -> None:
    assert text_of(outputs) == text


@pytest.mark.parametrize(
    ("before", "now", "new"),
    [
        ("", "a\n", "a\n"),
        ("a\n", "a\n", ""),
        ("a\nb\nc\n", "b\nc\nd\n", "d\n"),
        ("a\nb\n", "c\n", None),
        ("x\n" * 500, "x\n" * 400, ""),
        ("a\nb\nx\n", "b\ny\n", None),
        ("a\n", "", ""),
    ],
)
def test_what_was_added_is_known_when_the_beginning_is_gone(
    before: str, now: str, new: str | None
) -> None:
    assert added(before, now) == new


def test_a_change_is_told_from_its_line_on() -> None:
    assert changed("a\nb\nc\n", "a\nx\nc\n") == "x\nc\n"
    assert changed("a\n", "") == ""


class Screen:
    """What a command has written, and what it told a person."""

    def __init__(self, width: int = 0) -> None:
        self.text = ""
        self.notes: list[str] = []
        self._growing = GrowingText(self._write, self.notes.append, width)

    def _write(self, text: str) -> None:
        self.text += text

    def shows(self, *outputs: dict[str, Any], is_cut: bool = False, is_over: bool = False) -> str:
        """Show a state of the output. Returns what that wrote."""
        before = len(self.text)
        self._growing.show(outputs, is_cut=is_cut, is_over=is_over)
        return self.text[before:]


def test_each_line_is_written_once_and_when_it_is_complete() -> None:
    screen = Screen()
    assert screen.shows(stream("a\nb")) == "a\n"
    assert screen.shows(stream("a\nbc\n")) == "bc\n"
    assert screen.shows(stream("a\nbc\nd"), is_over=True) == "d\n"
    assert screen.notes == []


def test_a_terminal_sees_the_last_line_move() -> None:
    screen = Screen(width=6)
    assert screen.shows(stream("10 %")) == "10 %"
    assert screen.shows(stream("20 %")) == "\r\x1b[K20 %"
    assert screen.shows(stream("0123456789")) == "\r\x1b[K01234"
    assert screen.shows(stream("done\n"), is_over=True) == "\r\x1b[Kdone\n"


def test_what_changes_is_written_again_and_said_once() -> None:
    screen = Screen()
    screen.shows(stream("a\n"), display({"text/plain": "1"}))
    assert screen.shows(stream("a\n"), display({"text/plain": "2"})) == "2\n"
    assert screen.shows(stream("a\n"), display({"text/plain": "3"})) == "3\n"
    assert len(screen.notes) == 1


def test_output_that_is_not_kept_is_no_change() -> None:
    screen = Screen()
    screen.shows(stream("a\nb\nc\n"))
    cut = stream("[5 bytes are not kept]\n")
    assert screen.shows(cut, stream("c\nd\n"), is_cut=True) == "d\n"
    assert screen.shows(cut, stream("x\ny\n"), is_cut=True) == "x\ny\n"
    assert "some is missing" in screen.notes[0]


def test_who_comes_late_sees_that_something_is_not_kept() -> None:
    cut = stream("[5 bytes are not kept]\n")
    shown = Screen().shows(cut, stream("c\n"), is_cut=True, is_over=True)
    assert shown == "[5 bytes are not kept]\nc\n"
