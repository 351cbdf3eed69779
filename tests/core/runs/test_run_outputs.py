"""The output of a run is kept as its cell has it, within a bound."""

from __future__ import annotations

import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_comm_broker.core.runs.cell_outputs import Printed
from jupyter_comm_broker.core.runs.run_outputs import RunOutputs, display_id_of
from jupyter_comm_broker.errors import MalformedMessageError
from jupyter_comm_broker.protocol.message import Message

from ..talker import Talker

KERNEL = Talker("kernel")


def printed(text: str, name: str = "stdout") -> Message:
    return KERNEL.write("iopub", "stream", {"name": name, "text": text})


def shown(data: Any, display_id: str = "", msg_type: str = "display_data") -> Message:
    transient = {"display_id": display_id} if display_id else {}
    content = {"data": {"text/plain": data}, "metadata": {}, "transient": transient}
    return KERNEL.write("iopub", msg_type, content, buffers=[b"\xff"])


def kept(*messages: Message, most: int = 1_000_000) -> RunOutputs:
    outputs = RunOutputs(most, lambda dropped: f"{dropped} gone\n", lambda name, is_drawn: None)
    for message in messages:
        outputs.add(message)
    return outputs


def texts(outputs: RunOutputs) -> list[Any]:
    return [each.get("text") or each["data"]["text/plain"] for each in outputs.as_notebook()]


def test_texts_of_one_stream_are_one_text() -> None:
    outputs = kept(printed("a"), printed("b\n"), printed("c", "stderr"), printed("d"))
    assert texts(outputs) == ["ab\n", "c", "d"]
    assert len(outputs) == 3


def test_a_million_steps_of_a_bar_are_one_line() -> None:
    outputs = kept(*(printed(f"\r{step:6}") for step in range(1_000)))
    next(outputs.played())
    outputs.add(printed("\rend"))
    assert outputs.size < 1_500
    assert outputs.count == 1_001


def test_an_update_changes_the_display_that_it_names_and_no_other() -> None:
    outputs = kept(shown(1, "x"), shown(2, "y"), shown(3))
    update = shown(9, "x", "update_display_data")
    assert outputs.update("x", update)
    assert not outputs.update("z", update)
    assert texts(outputs) == [9, 2, 3]
    assert outputs.display_ids == {"x", "y"}
    played = next(outputs.played())
    assert played.header.msg_type == "display_data"
    assert played.content["transient"] == {"display_id": "x"}
    assert played.buffers == [b"\xff"]


def test_what_was_cleared_is_gone_and_its_displays_take_no_updates() -> None:
    outputs = kept(printed("a"), shown(1, "x"))
    outputs.add(KERNEL.write("iopub", "clear_output", {"wait": True}))
    assert texts(outputs) == ["a", 1]
    assert [each.header.msg_type for each in outputs.played()][-1] == "clear_output"
    outputs.add(printed("b"))
    assert (texts(outputs), outputs.update("x", shown(2, "x"))) == (["b"], False)
    outputs.add(KERNEL.write("iopub", "clear_output", {}))
    assert (len(outputs), outputs.size) == (0, 0)


@pytest.mark.parametrize("content", [{}, {"name": "stdout"}, {"name": 1, "text": "a"}, []])
def test_what_no_page_could_draw_is_refused_and_changes_nothing(content: Any) -> None:
    outputs = kept(printed("a"))
    with pytest.raises(MalformedMessageError):
        outputs.add(KERNEL.write("iopub", "stream", content))
    assert texts(outputs) == ["a"]


def test_a_message_that_no_cell_draws_changes_nothing() -> None:
    outputs = kept(KERNEL.write("iopub", "debug_event", {}), printed("a"))
    assert (texts(outputs), outputs.count) == (["a"], 1)


def test_outputs_are_what_a_notebook_holds() -> None:
    error = {"ename": "E", "evalue": "no", "traceback": ["line"]}
    outputs = kept(shown(1, "x"), KERNEL.write("iopub", "error", error))
    assert outputs.as_notebook() == [
        {"output_type": "display_data", "data": {"text/plain": 1}, "metadata": {}},
        {"output_type": "error", **error},
    ]


# -- the bound -----------------------------------------------------------------------------------


def test_the_oldest_text_goes_first_with_a_sentence_in_its_place() -> None:
    plot, bar = shown("p" * 3_000), shown("b" * 3_000, "bar")
    outputs = kept(plot, printed("old\n" * 1_000), bar, printed("new\n", "stderr"), most=5_000)
    notice, *rest = texts(outputs)
    assert notice == f"{outputs.dropped} gone\n"
    assert (rest[0], rest[-2:]) == ("p" * 3_000, ["b" * 3_000, "new\n"])


def test_then_displays_go_and_those_with_an_id_last() -> None:
    outputs = kept(shown("b" * 3_000, "bar"), shown("p" * 3_000), printed("text"))
    outputs.shorten(5_000)
    assert texts(outputs)[1:] == ["b" * 3_000]
    outputs.shorten(0)
    assert (len(outputs), outputs.size, outputs.display_ids) == (0, 0, set())


def test_a_large_figure_stays_with_text_beside_it() -> None:
    outputs = kept(shown("p" * 9_000), printed("text\n"), most=5_000)
    assert texts(outputs) == ["p" * 9_000, "text\n"]


def test_a_clear_also_clears_the_sentence() -> None:
    outputs = kept(printed("a\n" * 1_000), most=2_500)
    assert outputs.dropped
    outputs.add(KERNEL.write("iopub", "clear_output", {}))
    outputs.add(printed("b"))
    assert texts(outputs) == ["b"]


PIECES = st.one_of(
    st.builds(printed, st.text("ab\n\r", max_size=400), st.sampled_from(["stdout", "stderr"])),
    st.builds(shown, st.text("x", max_size=400), st.sampled_from(["", "x"])),
)


@given(st.lists(PIECES, max_size=20), st.integers(3_000, 6_000))
def test_the_bound_holds_and_every_byte_is_accounted_for(pieces: list[Message], most: int) -> None:
    outputs, whole = kept(*pieces, most=most), kept(*pieces, most=sys.maxsize)
    texts = [each.size for each in outputs._items if isinstance(each, Printed)]
    assert sum(texts) == outputs._text <= most
    assert outputs.size == sum(each.size for each in outputs._items)
    assert bool(outputs.dropped) == (outputs.as_notebook() != whole.as_notebook())


def test_the_id_of_a_display_is_a_text() -> None:
    assert display_id_of(shown(1, "x")) == "x"
    assert display_id_of(shown(1)) == ""
    odd = {"data": {}, "transient": {"display_id": ["x"]}}
    assert display_id_of(KERNEL.write("iopub", "display_data", odd)) == ""
