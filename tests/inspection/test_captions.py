"""A widget is told by what its user sees of it, and never by a secret."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_comm_broker.inspection.captions import LONGEST, MOST_BYTES, caption
from tests.core.room import Room


def captioned(state: dict[str, Any], model: str = "IntSliderModel", **how: Any) -> str | None:
    room = Room()
    room.kernel.opens("w", {"_model_name": model, **state} if model else state, **how)
    return caption(room.record("w"))


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ({"description": "Epochs", "value": 7}, "Epochs = 7"),
        ({"description": "", "value": 0.30000000000000004}, "0.3"),
        ({"description": "Ready", "value": True}, "Ready = true"),
        ({"description": "Run <b>all</b>"}, "Run all"),
        ({"value": "<h1>Hello\n  <i>Ada</i></h1>"}, "Hello Ada"),
        ({"description": "Range", "value": [2, 8]}, "Range = [2,8]"),
        ({"description": "Many", "value": list(range(50))}, "Many"),
        ({"description": "City", "_options_labels": ["Bern", "Rom"], "index": 1}, "City = Rom"),
        ({"_options_labels": ["a", "b", "c"], "index": [0, 2, 9, True, "x"]}, "a, c"),
        ({"_options_labels": ["a"], "index": None, "value": 3}, None),
        ({"title": "Figure 1"}, "Figure 1"),
        ({"children": ["IPY_MODEL_x"]}, None),
        ({"description": 7, "value": None}, None),
        ({"description": ["x"], "value": {"a": 1}}, None),
    ],
)
def test_a_widget_is_told_by_description_and_value(
    state: dict[str, Any], expected: str | None
) -> None:
    assert captioned(state) == expected


@pytest.mark.parametrize("model", ["PasswordModel", "FileUploadModel", ""])
def test_a_secret_is_not_told_nor_what_may_be_one(model: str) -> None:
    assert captioned({"description": "Key", "value": "hunter2"}, model) == "Key"


def test_it_follows_the_state() -> None:
    room = Room()
    room.kernel.opens("w", {"_model_name": "IntSliderModel", "value": 1})
    room.kernel.updates("w", {"value": 2})
    assert caption(room.record("w")) == "2"


def test_what_is_long_is_cut_and_what_is_large_is_not_looked_into() -> None:
    long = captioned({"description": "x" * 1_000, "value": "y" * 1_000})
    assert long is not None
    assert len(long) == LONGEST
    assert long.endswith("…")
    assert captioned({"description": "x", "value": "y" * MOST_BYTES}) is None


def test_a_value_of_bytes_and_a_comm_that_is_no_widget_have_none() -> None:
    assert captioned({"description": "Cat"}, "ImageModel", paths=[["value"]], buffers=[b"x"]) == (
        "Cat"
    )
    assert captioned({"description": "x"}, target="another") is None


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)
NAMES = st.sampled_from(["description", "value", "index", "_options_labels", "title"])


@given(st.dictionaries(NAMES, VALUES))
def test_any_state_has_a_caption_of_one_short_line(state: dict[str, Any]) -> None:
    shown = captioned(state)
    assert shown is None or (0 < len(shown) <= LONGEST and "\n" not in shown)
