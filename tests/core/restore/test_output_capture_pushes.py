"""Pages get a captured list complete, in its place, and not too often."""

from __future__ import annotations

import pytest

from jupyter_comm_broker.core.restore.output_list import OutputList

from ..capturing import Capturing, text


def test_a_flood_reaches_a_page_that_watches_at_no_more_than_some_times_its_text() -> None:
    out, line, told = Capturing(), "x" * 99 + "\n", 0
    watcher = out.room.page("b")
    watcher.keeps_up = True
    for number in range(5000):
        out.prints(line)
        if number % 10 == 0:
            out.room.wait(0.01)
            told += sum(each.size for each in watcher.gets() if each.header.msg_type == "comm_msg")
    assert told <= 20 * 5000 * len(line)
    out.leaves()
    out.ends()
    assert out.mirrored() == [text(line * 5000)]


def test_what_trickles_into_a_long_list_is_shown_seldom_but_is_shown() -> None:
    out = Capturing()
    watcher = out.room.page("b")
    out.prints("x" * 1_000_000 + "\n")
    out.room.wait(1.0)
    watcher.gets()
    pushes = 0
    for number in range(100):
        out.prints(f"{number}\n")
        out.room.wait(0.2)
        pushes += sum(kind == "comm_msg" for kind, _ in watcher.hears())
    assert 2 <= pushes <= 5
    out.leaves()
    out.ends()
    told = [content["data"]["state"] for kind, content in watcher.hears() if kind == "comm_msg"]
    assert told[-1]["outputs"][0]["text"].endswith("\n98\n99\n")


def test_who_reads_a_state_between_two_pushes_reads_all_of_it() -> None:
    out = Capturing()
    out.prints("1\n")
    out.room.broker.settle_outputs("another")
    assert out.mirrored() == []
    out.room.broker.settle_outputs("out")
    assert out.mirrored() == [text("1\n")]
    out.prints("2\n")
    out.room.broker.settle_outputs()
    assert out.mirrored() == [text("1\n2\n")]
    sequence = out.room.record("out").sequence
    out.room.broker.settle_outputs()
    assert out.room.record("out").sequence == sequence


def test_a_page_that_may_not_give_it_is_shown_all_that_it_goes_on_from() -> None:
    out = Capturing()
    out.page.rights = set()
    out.prints("1\n")
    out.prints("2\n")
    out.page.gets()
    out.page.updates("out", {"outputs": [text("1\n")]})
    shown = [content["data"] for kind, content in out.page.hears() if kind == "comm_msg"]
    assert {each["method"] for each in shown} == {"echo_update", "update"}
    assert all(each["state"] == {"outputs": [text("1\n2\n")]} for each in shown)


def test_pages_that_watch_are_sent_one_message_for_all() -> None:
    out = Capturing()
    watchers = [out.room.page(name) for name in "bc"]
    out.prints("1\n")
    out.room.wait(1.0)
    one, other = ([m for m in each.gets() if m.header.msg_type == "comm_msg"] for each in watchers)
    assert one[-1] is other[-1]


def test_a_message_of_output_does_not_touch_what_was_collected_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    out = Capturing()
    monkeypatch.setattr(OutputList, "written", lambda outputs: pytest.fail("it was written"))
    for number in range(100):
        out.prints(f"{number}\n")
    monkeypatch.undo()
    out.room.wait(1.0)
    assert len(out.mirrored()[0]["text"]) == 290


def test_a_page_takes_each_msg_id_between_the_outputs_where_it_stood() -> None:
    """Merged, they would put what is printed inside ``with out:`` beside the widget."""
    out = Capturing()
    out.page.gets()
    out.page.detach()
    out.prints("in\n")
    out.leaves()
    out.prints("beside\n")
    out.enters("out")
    out.prints("in again\n")
    out.room.kernel.updates("out", {"outputs": []}, out.cell)
    out.room.kernel.updates("out", {"outputs": [text("set\n")]}, out.cell)
    out.page.attach()
    heard = [
        content["data"]["state"] if kind == "comm_msg" else content["text"]
        for kind, content in out.page.hears()
        if kind in ("comm_msg", "stream")
    ]
    cell = out.cell.header.msg_id
    assert heard[:5] == ["in\n", {"msg_id": ""}, "beside\n", {"msg_id": cell}, "in again\n"]
    assert heard[-1] == {"outputs": [text("set\n")]}


def test_outputs_that_kernel_code_appends_are_merged_for_a_page_that_is_away() -> None:
    out = Capturing()
    out.leaves()
    out.page.detach()
    for number in range(100):
        out.room.kernel.updates("out", {"outputs": [text("a")] * number}, out.cell)
    assert len(out.page.frontend.outbox) < 10
