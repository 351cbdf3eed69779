"""What is printed inside ``with out:`` is collected when its page is gone (rule 23)."""

from __future__ import annotations

import pytest

from jupyter_comm_broker.core.limits import Limits
from jupyter_comm_broker.core.policy import Policy
from jupyter_comm_broker.protocol.json_text import loads

from ..capturing import OUT, Capturing, text
from ..heard import set_to


def test_a_page_that_reloads_loses_no_line() -> None:
    out = Capturing()
    out.prints("1\n")
    out.room.wait(0.2)
    page = out.reloads()
    states = page.hears_states()
    assert states is not None
    assert states["out"]["outputs"] == [text("1\n")]
    out.prints("2\n")
    out.prints("3\n")
    page.gets()
    out.room.wait(0.1)
    assert page.hears()[-1] == set_to("out", {"outputs": [text("1\n2\n3\n")]})


def test_pushes_are_bundled() -> None:
    out = Capturing()
    page = out.reloads()
    page.gets()
    for number in range(5):
        out.prints(f"{number}\n")
    printed = page.hears()
    assert [kind for kind, _ in printed] == ["stream"] * 5
    out.room.wait(0.1)
    assert page.hears() == [set_to("out", {"outputs": [text("0\n1\n2\n3\n4\n")]})]
    assert out.room.broker.next_due() != 0.2


def test_the_page_that_collects_by_itself_is_not_pushed_to() -> None:
    out = Capturing()
    out.page.gets()
    out.prints("1\n")
    out.room.wait(1.0)
    assert [kind for kind, _ in out.page.hears()] == ["stream"]


def test_the_kernel_is_told_when_nobody_else_will() -> None:
    out = Capturing()
    out.reloads()
    out.prints("1\n")
    out.leaves()
    [update] = [m for m in out.ends() if m.header.msg_type == "comm_msg"]
    assert update.comm.comm_id == "out"
    assert loads(update.comm.data) == {
        "method": "update",
        "state": {"outputs": [text("1\n")]},
        "buffer_paths": [],
    }


def test_the_kernel_is_not_told_while_the_page_lives() -> None:
    out = Capturing()
    out.prints("1\n")
    out.leaves()
    assert out.ends() == [out.cell]


def test_what_the_page_that_is_gone_had_seen_does_not_come_back() -> None:
    out = Capturing()
    old = out.page.updates("out", {"outputs": [text("1\n")]})
    out.prints("1\n")
    page = out.reloads()
    out.prints("2\n")
    out.leaves()
    out.room.wait(0.2)
    page.gets()
    out.room.kernel.echoes("out", {"outputs": [text("1\n")]}, old)
    assert page.hears() == []
    assert out.mirrored() == [text("1\n2\n")]


def test_what_the_kernels_own_code_sets_is_the_last_word() -> None:
    out = Capturing()
    out.prints("1\n")
    out.room.kernel.updates("out", {"outputs": []}, out.cell)
    out.prints("2\n")
    out.room.wait(0.2)
    assert out.mirrored() == [text("2\n")]


def test_output_of_other_requests_is_not_collected() -> None:
    out = Capturing()
    other = out.page.executes()
    out.room.kernel.prints("elsewhere\n", other)
    out.leaves()
    out.prints("after\n")
    out.room.wait(0.2)
    assert out.mirrored() == []


def test_the_inner_of_two_collects_and_then_the_outer_again() -> None:
    out = Capturing("outer", "inner")
    out.prints("inner\n")
    out.leaves("inner")
    out.prints("outer\n")
    out.room.wait(0.2)
    assert (out.mirrored("inner"), out.mirrored("outer")) == ([text("inner\n")], [text("outer\n")])


def test_a_widget_that_is_closed_collects_no_more() -> None:
    out = Capturing()
    out.prints("1\n")
    out.room.kernel.closes("out", out.cell)
    out.prints("2\n")
    out.room.wait(1.0)
    assert out.room.broker._parts.ledger.counters["faults"] == 0


def test_a_restart_forgets_what_was_collected() -> None:
    out = Capturing()
    out.prints("1\n")
    out.room.broker.kernel_restarted(out.room.now)
    out.room.kernel.opens("out", OUT)
    out.room.wait(1.0)
    assert out.mirrored() == []


def test_a_restore_shows_each_line_that_passed_before_it() -> None:
    out = Capturing()
    out.prints("1\n")
    page = out.reloads()
    states = page.hears_states()
    assert states is not None
    # Not pushed yet: pushes come ten times a second.
    assert states["out"]["outputs"] == [text("1\n")]


def test_a_page_that_collects_by_itself_is_never_told_what_it_collected() -> None:
    """A list that is older than the page's own by one message would reach the kernel from it."""
    out = Capturing()
    out.page.detach()
    out.page.attach()
    out.page.restores()
    out.page.gets()
    for line in range(90):
        out.prints(f"{line}\n")
        out.room.wait(0.1)
    told = [
        message.content["data"]["state"]
        for message in out.page.gets()
        if message.header.msg_type == "comm_msg" and message.comm.comm_id == "out"
    ]
    assert [state for state in told if "outputs" in state] == []
    assert out.mirrored() == [text("".join(f"{line}\n" for line in range(90)))]


# -- who collects ----------------------------------------------------------------------------------


def test_a_hook_that_is_set_again_stays_where_it_is_among_the_others() -> None:
    out = Capturing("outer", "inner")
    out.enters("outer")
    out.prints("1\n")
    out.room.wait(1.0)
    assert (out.mirrored("outer"), out.mirrored("inner")) == ([], [text("1\n")])


def test_two_widgets_take_turns_under_one_request() -> None:
    out = Capturing("one", "two")
    out.leaves("two")
    out.prints("1\n")
    out.leaves("one")
    out.enters("two")
    out.prints("2\n")
    out.leaves("two")
    out.room.wait(1.0)
    assert (out.mirrored("one"), out.mirrored("two")) == ([text("1\n")], [text("2\n")])


def test_a_widget_that_is_opened_anew_under_its_id_has_nothing_of_the_old() -> None:
    out = Capturing()
    out.prints("1\n")
    out.room.kernel.opens("out", OUT, out.cell)
    out.prints("beside\n")
    out.enters("out")
    out.prints("2\n")
    out.room.wait(1.0)
    assert out.mirrored() == [text("2\n")]


@pytest.mark.parametrize("msg_id", [None, 5, {}, [1]])
def test_a_msg_id_that_is_none_ends_the_capture(msg_id: object) -> None:
    out = Capturing()
    out.prints("1\n")
    out.room.kernel.updates("out", {"msg_id": msg_id}, out.cell)
    out.prints("beside\n")
    out.room.wait(1.0)
    assert out.mirrored() == [text("1\n")]
    assert out.room.broker._parts.ledger.counters["faults"] == 0


def test_a_clear_that_waits_is_obeyed_by_the_next_cell_as_well() -> None:
    out = Capturing()
    out.prints("1\n")
    out.clears(wait=True)
    out.leaves()
    out.ends()
    out.syncs(out.page, [text("1\n")])
    assert not out.holds()
    out.cell = out.page.executes()
    out.enters("out")
    out.prints("2\n")
    out.room.wait(1.0)
    assert out.mirrored() == [text("2\n")]


def test_an_update_of_a_display_changes_nothing_in_an_output_widget() -> None:
    """Pages do nothing with it there either."""
    out = Capturing()
    first = {"data": {"text/plain": "1"}, "metadata": {}, "transient": {"display_id": "d"}}
    out.publishes("display_data", first)
    out.publishes("update_display_data", {**first, "data": {"text/plain": "2"}})
    out.room.wait(1.0)
    shown = {"output_type": "display_data", "data": {"text/plain": "1"}, "metadata": {}}
    assert out.mirrored() == [shown]


def test_tracebacks_that_are_hidden_are_hidden_there_as_well() -> None:
    out = Capturing(policy=Policy(hide_tracebacks="ask me"))
    out.room.kernel.raises("SecretError", out.cell)
    out.room.wait(1.0)
    assert "line" not in str(out.mirrored())
    assert out.mirrored()[0]["traceback"] == ["ask me"]


def test_what_no_page_would_take_is_passed_on_and_not_collected() -> None:
    out = Capturing()
    out.page.gets()
    out.publishes("stream", {"name": "stdout"})
    out.publishes("error", {"ename": "E", "evalue": "e", "traceback": None})
    out.publishes("stream", ["no", "object"])
    assert [each.header.msg_type for each in out.page.gets()] == ["stream", "error", "stream"]
    out.room.wait(1.0)
    counters = out.room.broker._parts.ledger.counters
    assert (out.mirrored(), counters["malformed_from_kernel"], counters["faults"]) == ([], 3, 0)


def test_a_page_that_takes_over_goes_on_from_all_that_there_is() -> None:
    out = Capturing()
    other = out.room.page("b")
    other.gets()
    out.prints("1\n")
    cell = other.executes()
    out.room.kernel.updates("out", {"msg_id": cell.header.msg_id}, cell)
    heard = [content for kind, content in other.hears() if kind == "comm_msg"]
    assert [each["data"]["state"] for each in heard] == [
        {"outputs": [text("1\n")]},
        {"msg_id": cell.header.msg_id},
    ]
    out.room.kernel.prints("2\n", cell)
    out.page.gets()
    out.room.wait(1.0)
    # Now it is the first page that watches.
    assert out.page.hears() == [set_to("out", {"outputs": [text("1\n2\n")]})]
    assert "comm_msg" not in [kind for kind, _ in other.hears()]


def test_a_page_that_missed_output_while_it_was_away_is_given_all_of_it() -> None:
    out = Capturing(limits=Limits(absent_bytes=5_000))
    out.page.gets()
    out.page.detach()
    lines = [f"{number} {'x' * 500}\n" for number in range(20)]
    for line in lines:
        out.prints(line)
    out.page.attach()
    out.page.restores()
    states = out.page.hears_states()
    assert states is not None
    assert states["out"]["outputs"] == [text("".join(lines))]
    out.prints("next\n")
    out.room.wait(10.0)
    told = [content for kind, content in out.page.hears() if kind == "comm_msg"]
    assert "outputs" not in str(told)
