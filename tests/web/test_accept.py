"""Whoever names the special media type first gets it."""

from __future__ import annotations

import pytest

from jupyter_comm_broker.web.accept import prefers


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("", False),
        ("*/*", False),
        ("a/usual", False),
        ("a/special", True),
        ("A/Special; charset=utf-8", True),
        ("a/special, a/usual", True),
        ("a/special;q=0.4, a/usual;q=0.5", False),
        ("a/special;q=0.5,a/usual;q=0.4", True),
        ("a/special;q=0", False),
        ("a/special;q=high", False),
        ("text/html, */*;q=0.8", False),
        (";;,,=", False),
    ],
)
def test_the_special_media_type_has_to_be_named(accept: str, expected: bool) -> None:
    assert prefers(accept, "a/special", "a/usual") is expected
