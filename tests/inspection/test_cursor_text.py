"""A cursor comes back as it was, and anything else is refused with a reason."""

from __future__ import annotations

import msgspec
import pytest

from jupyter_comm_broker.errors import InvalidFieldError
from jupyter_comm_broker.inspection.cursor_text import decoded, encoded


class Place(msgspec.Struct, array_like=True):
    name: str
    number: int


READ = msgspec.json.Decoder(Place).decode


@pytest.mark.parametrize("name", ["", "a", "ab", "abc", "\u00e9?/+"])
def test_a_cursor_comes_back(name: str) -> None:
    text = encoded(Place(name, 7))
    assert decoded(text, READ) == Place(name, 7)
    assert not set(text) & set("=+/?&")


@pytest.mark.parametrize("text", ["", "?", "\u00e9", "AAAA", encoded(Place("a", 1))[:-3]])
def test_what_is_no_cursor_is_refused(text: str) -> None:
    with pytest.raises(InvalidFieldError, match="take the next"):
        decoded(text, READ)
