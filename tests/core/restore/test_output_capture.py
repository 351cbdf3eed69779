"""What is printed inside ``with out:`` is collected when its page is gone (rule 23)."""

from __future__ import annotations

from typing import Any

from jupyter_comm_broker.protocol.json_text import loads
from jupyter_comm_broker.protocol.message import Message

from ..heard import set_to
from ..page import Page
from ..room import Room

OUT = {"_model_name": "OutputModel", "msg_id": "", "outputs": []}


def text(text: str) -> dict[str, Any]:
    return {"output_type": "stream", "name": "stdout", "text": text}


class Capturing:
    """A cell of page ``a`` inside ``with out:``."""

    def __init__(self, *widgets: str) -> None:
        self.room = Room()
        self.page = self.room.page("a")
        for widget in widgets or ("out",):
            self.room.kernel.opens(widget, OUT)
        self.cell = self.page.executes()
        self.room.kernel.busy(self.cell)
        self.enters(*widgets or ("out",))

    def enters(self, *widgets: str) -> None:
        for widget in widgets:
            self.room.kernel.updates(widget, {"msg_id": self.cell.header.msg_id}, self.cell)

    def leaves(self, widget: str = "out") -> None:
        self.room.kernel.updates(widget, {"msg_id": ""}, self.cell)

    def prints(self, line: str) -> None:
        self.room.kernel.prints(line, self.cell)

    def ends(self) -> list[Message]:
        self.room.kernel.replies(self.cell, {"status": "ok"})
        self.room.kernel.idle(self.cell)
        return self.room.for_kernel()

    def reloads(self) -> Page:
        self.page.detach()
        self.room.for_kernel()
        page = self.room.page("b")
        page.restores()
        return page

    def mirrored(self, widget: str = "out") -> Any:
        return self.room.mirrored(widget)["outputs"]


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
    assert out.room.broker.context.counters["faults"] == 0


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
