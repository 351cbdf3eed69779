"""Outputs are put together as a page's output area does it."""

from __future__ import annotations

from typing import Any

from jupyter_comm_broker.core.restore.output_list import OutputList


def stream(text: Any, name: str = "stdout") -> tuple[str, dict[str, Any]]:
    return "stream", {"name": name, "text": text}


def collected(*messages: tuple[str, dict[str, Any]]) -> list[dict[str, Any]]:
    outputs = OutputList([])
    for msg_type, content in messages:
        outputs.add(msg_type, content)
    return outputs.outputs


def text(text: str, name: str = "stdout") -> dict[str, Any]:
    return {"output_type": "stream", "name": name, "text": text}


def test_text_of_one_stream_is_joined_and_of_two_is_not() -> None:
    messages = [stream("a"), stream("b"), stream("c", "stderr"), stream("d"), stream(["e", "f"])]
    assert collected(*messages) == [text("ab"), text("c", "stderr"), text("def")]


def test_text_before_a_picture_is_not_joined_with_text_after_it() -> None:
    picture = {"data": {"text/plain": "x"}, "metadata": {}, "transient": {"display_id": "1"}}
    assert collected(stream("a"), ("display_data", picture), stream("b")) == [
        text("a"),
        {"output_type": "display_data", "data": {"text/plain": "x"}, "metadata": {}},
        text("b"),
    ]


def test_clearing_takes_effect_at_once_or_with_the_next_output() -> None:
    assert collected(stream("a"), ("clear_output", {"wait": False})) == []
    assert collected(stream("a"), ("clear_output", {"wait": True})) == [text("a")]
    assert collected(stream("a"), ("clear_output", {"wait": True}), stream("b")) == [text("b")]
    assert collected(stream("a"), ("clear_output", {"wait": True}), ("clear_output", {})) == []


def test_what_the_widget_had_before_is_continued() -> None:
    outputs = OutputList([text("a")])
    before = outputs.outputs[0]
    outputs.add(*stream("b"))
    assert (outputs.outputs, before) == ([text("ab")], text("a"))
