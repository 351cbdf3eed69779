"""A content that makes no sense is empty."""

from __future__ import annotations

from typing import Any

import pytest

from jupyter_comm_broker.core.runs.contents import content_of, text_in

from ..talker import Talker


@pytest.mark.parametrize(
    ("content", "read"), [({"a": "b"}, {"a": "b"}), ([], {}), ("a", {}), (None, {})]
)
def test_only_an_object_has_fields(content: Any, read: dict[str, Any]) -> None:
    assert content_of(Talker("k").write("shell", "execute_reply", content)) == read


def test_only_a_text_is_a_text() -> None:
    assert (text_in({"a": "b"}, "a"), text_in({"a": 1}, "a"), text_in({}, "a")) == ("b", "", "")
