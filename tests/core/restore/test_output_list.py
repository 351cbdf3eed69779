"""Outputs are joined as in a page's output area, and are kept within the bound."""

from __future__ import annotations

from typing import Any

import pytest

from jupyter_comm_broker.core.restore.output_list import OutputList
from jupyter_comm_broker.errors import MalformedMessageError
from jupyter_comm_broker.protocol.json_text import dumps, loads

ROOM = 10_000
NOTICE = {"output_type": "stream", "name": "stderr", "text": "cut"}
PICTURE = {"data": {"text/plain": "x"}, "metadata": {}}
WAITS, AT_ONCE = ("clear_output", {"wait": True}), ("clear_output", {"wait": False})


def stream(text: Any, name: Any = "stdout") -> tuple[str, dict[str, Any]]:
    return "stream", {"name": name, "text": text}


def collected(*messages: tuple[str, Any], before: Any = (), room: int = ROOM) -> Any:
    outputs = OutputList(room, "cut")
    outputs.set(dumps(before))
    for msg_type, content in messages:
        outputs.add(msg_type, dumps(content))
    assert len(outputs.written()) <= outputs.size + 2
    return loads(outputs.written())


def text(text: str, name: str = "stdout") -> dict[str, Any]:
    return {"output_type": "stream", "name": name, "text": text}


# -- as a page does it ----------------------------------------------------------------------------


def test_text_of_one_stream_is_joined_and_of_two_is_not() -> None:
    messages = [stream("a"), stream("b"), stream("c", "stderr"), stream("d"), stream("e")]
    assert collected(*messages) == [text("ab"), text("c", "stderr"), text("de")]


def test_text_before_a_picture_is_not_joined_with_text_after_it() -> None:
    picture = {**PICTURE, "transient": {"display_id": "1"}}
    assert collected(stream("a"), ("display_data", picture), stream("b")) == [
        text("a"),
        {"output_type": "display_data", **PICTURE},
        text("b"),
    ]


def test_text_as_a_list_is_joined_by_lines_as_jupyterlab_joins_it() -> None:
    assert collected(stream(["a", "b"]), stream("c")) == [text("a\nbc")]


def test_clearing_takes_effect_at_once_or_with_the_next_output() -> None:
    assert collected(stream("a"), AT_ONCE) == []
    assert collected(stream("a"), WAITS) == [text("a")]
    assert collected(stream("a"), WAITS, stream("b")) == [text("b")]
    assert collected(stream("a"), WAITS, AT_ONCE) == []
    assert collected(stream("a"), WAITS, WAITS, stream("b"), stream("c")) == [text("bc")]


def test_what_the_widget_had_before_is_continued() -> None:
    assert collected(stream("b"), before=[text("a")]) == [text("ab")]
    # The kernel's own way to append makes an output of each; pages join them.
    assert collected(before=[text("a"), text("b")]) == [text("ab")]


def test_a_list_that_is_set_does_not_end_a_clear_that_waits() -> None:
    outputs = OutputList(ROOM, "cut")
    outputs.add("clear_output", dumps({"wait": True}))
    outputs.set(dumps([text("a")]))
    assert loads(outputs.written()) == [text("a")]
    outputs.add("stream", dumps({"name": "stdout", "text": "b"}))
    assert loads(outputs.written()) == [text("b")]


def test_it_says_whether_it_is_another_list_now() -> None:
    outputs = OutputList(ROOM, "cut")
    assert not outputs.add("clear_output", dumps({"wait": False}))
    assert outputs.add("stream", dumps({"name": "stdout", "text": "a"}))
    assert not outputs.add("clear_output", dumps({"wait": True}))
    assert outputs.add("clear_output", dumps({}))


# -- hostile ---------------------------------------------------------------------------------------

HOSTILE: list[tuple[str, bytes]] = [
    ("stream", b'{"name": "stdout"}'),
    ("stream", b'{"text": "a"}'),
    ("stream", b'{"name": 5, "text": "a"}'),
    ("stream", b'{"name": "stdout", "text": {"a": 1}}'),
    ("stream", b"[]"),
    ("stream", b"null"),
    ("stream", b"no JSON"),
    ("display_data", b'{"data": "x", "metadata": {}}'),
    ("display_data", b'{"metadata": {}}'),
    ("display_data", b'{"data": {"a": %b}}' % (b"[" * 600 + b"]" * 600)),
    ("display_data", b'{"data": {"a": %b}}' % (b"[" * 9000 + b"]" * 9000)),
    ("execute_result", b'{"data": {}, "metadata": 5}'),
    # A page that is given this fails to build the widget.
    ("error", b'{"ename": "E", "evalue": "e", "traceback": null}'),
    ("clear_output", b'{"wait": "yes"}'),
]


@pytest.mark.parametrize(("msg_type", "content"), HOSTILE)
def test_what_no_page_would_take_leaves_no_trace(msg_type: str, content: bytes) -> None:
    outputs = OutputList(100_000, "cut")
    outputs.set(dumps([text("a")]))
    outputs.add("clear_output", dumps({"wait": True}))
    with pytest.raises(MalformedMessageError):
        outputs.add(msg_type, content)
    assert (loads(outputs.written()), outputs.clear_waits) == ([text("a")], True)


def test_a_content_cannot_pretend_to_be_another_output() -> None:
    picture = {**PICTURE, "output_type": "stream", "name": "stdout", "text": "x"}
    [output] = collected(("display_data", picture))
    assert output["output_type"] == "display_data"


def test_what_is_no_text_at_all_becomes_some() -> None:
    outputs = OutputList(ROOM, "cut")
    outputs.add("stream", b'{"name": "stdout", "text": "\xff"}')
    outputs.add("display_data", b'{"data": {"text/plain": "\xff"}}')
    shown = loads(outputs.written())
    assert (shown[0]["text"], shown[1]["data"]) == ("\ufffd", {"text/plain": "\ufffd"})


@pytest.mark.parametrize("outputs", [None, 5, "x", {"a": 1}])
def test_a_widget_whose_outputs_are_no_list_begins_with_none(outputs: Any) -> None:
    assert collected(stream("a"), before=outputs) == [text("a")]


def test_what_the_widget_has_and_is_no_output_stays_where_it_is() -> None:
    odd = [5, "x", {"output_type": "stream", "name": "stdout"}, {"output_type": 7}, text("a")]
    assert collected(stream("b"), before=odd) == [*odd[:-1], text("ab")]


# -- the bound -------------------------------------------------------------------------------------


def test_past_the_bound_it_says_once_that_something_lacks() -> None:
    messages = [stream("x" * 99 + "\n")] * 500
    *kept, notice = collected(*messages)
    assert (len(kept), notice) == (1, NOTICE)
    assert 0.9 * ROOM < len(kept[0]["text"]) < ROOM


def test_a_clear_is_obeyed_past_the_bound_and_then_there_is_room_again() -> None:
    full = [stream("x" * 99 + "\n")] * 500
    assert collected(*full, AT_ONCE, stream("a")) == [text("a")]
    assert collected(*full, WAITS)[-1] == NOTICE
    assert collected(*full, WAITS, stream("a")) == [text("a")]


def test_what_is_in_it_counts_and_not_what_went_through() -> None:
    frame = ("display_data", {"data": {"image/png": "x" * 3000}, "metadata": {}})
    assert len(collected(*[WAITS, frame] * 100)) == 1
    bar = [stream(f"\r{'#' * 80}")] * 1000
    assert collected(*bar) == [text("#" * 80)]


def test_one_output_that_is_larger_than_the_list_may_be_is_not_kept() -> None:
    huge = {"data": {"image/png": "x" * 2 * ROOM}, "metadata": {}}
    assert collected(stream("a"), ("display_data", huge), stream("b")) == [text("a"), NOTICE]


def test_many_tiny_outputs_are_counted_with_what_they_take() -> None:
    outputs = collected(*[stream("a"), stream("b", "stderr")] * 1000)
    assert outputs[-1] == NOTICE
    assert len(dumps(outputs)) <= ROOM
