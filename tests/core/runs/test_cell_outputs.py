"""A text takes messages cheaply, and is joined when somebody wants it."""

from __future__ import annotations

from jupyter_comm_broker.core.runs.cell_outputs import JOINED, OVERHEAD, Printed, Shown

from ..talker import Talker

KERNEL = Talker("kernel")


def test_a_text_counts_what_waits_and_is_joined_in_time() -> None:
    message = KERNEL.write("iopub", "stream", {"name": "stdout", "text": ""})
    printed = Printed(message, "stdout")
    for _ in range(200):
        printed.add("\r" + "x" * 1_000)
    assert printed.size < OVERHEAD + 2 * JOINED
    assert printed.played().content == {"name": "stdout", "text": "x" * 1_000}
    printed.settle()
    assert printed.size == OVERHEAD + 1_000


def test_a_text_that_would_nearly_be_empty_goes_as_a_whole() -> None:
    message = KERNEL.write("iopub", "stream", {"name": "stdout", "text": ""})
    printed = Printed(message, "stdout")
    printed.add("line\n" * 1_000)
    printed.settle()
    assert printed.shorten(2_000)
    assert not printed.shorten(3_500)


def test_an_updated_display_keeps_its_header_and_takes_the_data() -> None:
    first = KERNEL.write("iopub", "display_data", {"data": {"a": 1}})
    shown = Shown(first, "x")
    shown.update(KERNEL.write("iopub", "update_display_data", {"data": {"a": 2}}, buffers=[b"b"]))
    played = shown.played()
    assert (played.header, played.content, played.buffers) == (
        first.header,
        {"data": {"a": 2}},
        [b"b"],
    )
    assert shown.size == played.size + OVERHEAD
