"""Numbers and versions read as people expect."""

from __future__ import annotations

from jupyter_comm_broker.fleet.service.wording import duration, is_older, size, version_order


def test_durations_have_two_units() -> None:
    assert [duration(each) for each in (0, 59.9, 60, 86_400)] == [
        "0 s",
        "59 s",
        "1 min 0 s",
        "1 d 0 h",
    ]


def test_sizes_have_two_digits_or_more() -> None:
    assert [size(each) for each in (999, 1_000, 9_960, 2**53)] == [
        "999 B",
        "1.0 kB",
        "10.0 kB",
        "9007199 GB",
    ]


def test_a_version_that_is_none_is_older_than_any() -> None:
    assert is_older("not\na version", "0.0.1")
    assert is_older("0.1.0.dev0", "0.1.0")
    assert not is_older("99", "0.1.0")
    assert sorted(["0.10.0", "?", "0.9.1"], key=version_order) == ["?", "0.9.1", "0.10.0"]
