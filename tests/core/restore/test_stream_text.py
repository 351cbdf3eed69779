"""Text is put together as a page's output area does it, at the cost of what is added."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_comm_broker.core.restore import stream_text
from jupyter_comm_broker.core.restore.stream_text import StreamText, as_json
from jupyter_comm_broker.protocol.json_text import loads

PIECES = st.lists(st.text('ab\u00e9\x1b"\n\r\b', max_size=12), max_size=6)


def written(*pieces: str) -> str:
    text = StreamText()
    for piece in pieces:
        text.add(piece)
    found: str = loads(text.written())
    return found


def as_a_page_does(*pieces: str) -> str:
    """One character after the other, over the whole text: slow and plain."""
    text, cursor = "", 0
    for char in "".join(pieces):
        if char == "\n":
            text, cursor = text + char, len(text) + 1
        elif char == "\r":
            cursor = text.rfind("\n") + 1
        elif char == "\b":
            if cursor > text.rfind("\n") + 1:
                text, cursor = text[: cursor - 1] + text[cursor + 1 :], cursor - 1
        else:
            text, cursor = text[:cursor] + char + text[cursor + 1 :], cursor + 1
    return text


@contextmanager
def lines_no_longer_than(length: int) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stream_text, "LONGEST_LINE", length)
        yield


def test_pieces_are_joined() -> None:
    assert written("a", "b\nc", "", "d\n", "\n") == "ab\ncd\n\n"


def test_a_progress_bar_is_one_line_however_long_it_runs() -> None:
    bar = [f"\r{percent:3} %" for percent in range(101)]
    assert written("start\n", *bar, "\ndone\n") == "start\n100 %\ndone\n"
    assert written("50 %\r", "51 %\r") == "51 %"


def test_what_is_shorter_overwrites_only_the_beginning() -> None:
    assert written("12345\r", "ab") == "ab345"
    assert written("12345\r", "ab\n", "c") == "ab345\nc"


def test_backspaces_delete_to_the_beginning_of_the_line_and_no_further() -> None:
    assert written("a\nbcd", "\b\b", "X", "\b\b\b\b") == "a\n"
    assert written("a\n\b", "b") == "a\nb"


@given(PIECES)
def test_it_is_what_a_page_makes_of_it(pieces: list[str]) -> None:
    assert written(*pieces) == as_a_page_does(*pieces)


@given(PIECES, st.integers(0, 5))
def test_a_page_makes_the_same_of_a_line_too_long_to_follow(pieces: list[str], most: int) -> None:
    with lines_no_longer_than(most):
        assert as_a_page_does(written(*pieces)) == as_a_page_does(*pieces)


def test_a_line_too_long_to_follow_is_followed_again_by_the_next() -> None:
    with lines_no_longer_than(3):
        assert written("12345\r", "x", "\ny", "\rz") == "12345\rx\nz"


@given(PIECES)
def test_its_size_is_that_of_its_json(pieces: list[str]) -> None:
    text = StreamText()
    for piece in pieces:
        text.add(piece)
        assert text.size == len(text.written()) - 2


@pytest.mark.parametrize("piece", ["x" * 99 + "\n", ".", "\r" + "#" * 99])
def test_a_piece_costs_what_it_is_long_however_much_there_is(
    piece: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    measured = 0

    def measure(text: str) -> bytes:
        nonlocal measured
        measured += len(text)
        return as_json(text)

    monkeypatch.setattr(stream_text, "as_json", measure)
    text = StreamText()
    for _ in range(1000):
        text.add(piece)
    assert measured <= 2 * 1000 * len(piece)


@given(PIECES, PIECES)
def test_whoever_reads_it_goes_on_where_the_cursor_is(before: list[str], after: list[str]) -> None:
    text = StreamText()
    for piece in before:
        text.add(piece)
    resumed = loads(text.resumed())
    assert as_a_page_does(resumed) == as_a_page_does(*before)
    assert as_a_page_does(resumed, *after) == as_a_page_does(*before, *after)


def test_the_oldest_lines_go() -> None:
    text = StreamText()
    for number in range(100):
        text.add(f"line {number}\n")
    before = text.size
    text.shorten(300)
    assert before - 310 <= text.size <= before - 300
    assert loads(text.written()).startswith("line ")
    assert loads(text.written()).endswith("line 99\n")


@given(st.text('ab\u00e9\x1b"\\n\n', max_size=60), PIECES, st.integers(0, 200))
def test_what_is_left_is_the_end(start: str, pieces: list[str], least: int) -> None:
    text = StreamText()
    for piece in (start, *pieces):
        text.add(piece)
    whole, size = loads(text.written()), text.size
    text.shorten(least)
    assert text.size <= max(0, size - least)
    assert whole.endswith(loads(text.written()))
    text.add("\nmore")
    assert loads(text.written()).endswith("\nmore")


LINES = st.lists(st.text(st.sampled_from('nä\\"x')), max_size=6)


@given(LINES, st.text(st.sampled_from("n\\x")), st.integers(0, 7))
def test_the_ending_has_the_last_lines(lines: list[str], rest: str, most: int) -> None:
    text = StreamText()
    text.add("".join(f"{line}\n" for line in lines) + rest)
    kept = lines[len(lines) - most :] if most < len(lines) else lines
    assert loads(text.ending(most)) == "".join(f"{line}\n" for line in kept) + rest
