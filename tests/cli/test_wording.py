"""Ids, times and sizes as people read them, and foreign texts that can do no harm."""

import pytest

from jupyter_comm_broker.cli.wording import printable, read_duration, short_length, size


def test_no_foreign_text_reaches_the_terminal_as_an_order() -> None:
    assert printable("\x1b]0;title\x07\u202e\x9b1m") == "\\x1b]0;title\\x07\\u202e\\x9b1m"


def test_an_endless_text_is_cut() -> None:
    assert printable("x" * 1_000_000, 10) == "x" * 9 + "…"


def test_ids_are_as_short_as_they_stay_different() -> None:
    assert short_length(["abcdefgh1", "abcdefgh2"]) == 9
    assert short_length(["abcdefgh", "abcdefgh12"]) == 9
    assert short_length(["a", "b"]) == short_length([]) == 8


@pytest.mark.parametrize(
    ("text", "seconds"), [("90", 90), ("90s", 90), ("5m", 300), ("2h", 7200), ("1d", 86400)]
)
def test_a_time_is_read(text: str, seconds: float) -> None:
    assert read_duration(text) == seconds


@pytest.mark.parametrize("text", ["", "m", "-5", "1w", "1 m", "nan", "1e3"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a time"):
        read_duration(text)


def test_a_size_has_a_unit_at_every_height() -> None:
    assert [size(1023), size(1024), size(1 << 20), size(5 << 40)] == [
        "1023 B",
        "1.0 KiB",
        "1.0 MiB",
        "5120.0 GiB",
    ]
