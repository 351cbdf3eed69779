"""A captured list is the kernel's in the end, or nobody's: it is never kept for ever."""

from __future__ import annotations

import pytest

from jupyter_comm_broker.core.limits import Limits
from jupyter_comm_broker.core.state.comm_record import Knowledge

from ..capturing import Capturing, text
from ..heard import set_to
from ..talker import Talker

SMALL = Limits(comm_state_bytes=20_000)
LONG = 11.0
"""Longer than a page has to give the kernel what it collected."""


def finish(out: Capturing) -> None:
    """Let the cell end."""
    out.leaves()
    out.room.kernel.replies(out.cell, {"status": "ok"})
    out.room.kernel.idle(out.cell)


# -- the page is there -----------------------------------------------------------------------------


@pytest.mark.parametrize("echo", [True, False])
def test_it_ends_when_its_page_has_given_the_kernel_all_of_it(echo: bool) -> None:
    out = Capturing()
    out.prints("1\n")
    out.prints("2\n")
    finish(out)
    out.syncs(out.page, [text("1\n")], echo=echo)
    assert out.holds()
    out.syncs(out.page, [text("1\n2\n")], echo=echo)
    assert (out.holds(), out.mirrored()) == (False, [text("1\n2\n")])
    assert out.is_balanced()
    out.room.wait(LONG)
    assert out.handed() == []


def test_a_page_that_goes_before_it_has_given_all_leaves_it_to_us() -> None:
    out = Capturing()
    out.prints("1\n")
    out.prints("2\n")
    finish(out)
    out.syncs(out.page, [text("1\n")])
    out.page.detach()
    out.room.wait(LONG)
    assert out.handed() == [[text("1\n2\n")]]


def test_what_a_page_that_stays_gives_the_kernel_is_the_last_word() -> None:
    out = Capturing()
    out.prints("1\n")
    finish(out)
    out.syncs(out.page, [text("one\n")])
    out.room.wait(LONG)
    assert (out.holds(), out.handed(), out.mirrored()) == (False, [], [text("one\n")])


def test_a_page_that_never_gives_it_is_waited_for_no_longer_than_it_takes() -> None:
    """Such a page collects nothing: its widget hooked into a request that was over."""
    out = Capturing()
    out.prints("1\n")
    finish(out)
    out.room.wait(9.0)
    assert (out.holds(), out.handed()) == (True, [])
    out.room.wait(2.0)
    assert out.handed() == [[text("1\n")]]


def test_a_page_gets_its_time_when_the_kernel_has_time_for_it() -> None:
    out = Capturing()
    out.prints("1\n")
    out.leaves()
    out.room.wait(60.0)
    out.ends()
    out.room.wait(1.0)
    assert out.handed() == []


def test_a_capture_that_took_nothing_ends_with_its_request() -> None:
    out = Capturing()
    assert out.holds()
    finish(out)
    assert not out.holds()


def test_what_the_kernels_code_set_last_needs_no_giving() -> None:
    out = Capturing()
    out.prints("1\n")
    out.room.kernel.updates("out", {"outputs": [text("set\n")]}, out.cell)
    out.reloads()
    finish(out)
    assert (out.holds(), out.handed(), out.mirrored()) == (False, [], [text("set\n")])


# -- the page is gone ------------------------------------------------------------------------------


def test_it_ends_when_the_kernel_has_taken_it_from_us() -> None:
    out = Capturing()
    out.prints("1\n")
    page = out.reloads()
    out.leaves()
    [given] = [m for m in out.ends() if m.header.msg_type == "comm_msg"]
    assert out.holds()
    page.gets()
    out.room.kernel.busy(given)
    out.room.kernel.echoes("out", {"outputs": [text("1\n")]}, given)
    out.room.kernel.idle(given)
    assert (out.holds(), out.mirrored()) == (False, [text("1\n")])


def test_what_the_page_that_is_gone_had_sent_is_not_shown_while_ours_is_under_way() -> None:
    out = Capturing()
    old = out.page.updates("out", {"outputs": [text("1\n")]})
    out.prints("1\n")
    out.prints("2\n")
    page = out.reloads()
    finish(out)
    page.gets()
    out.room.kernel.busy(old)
    out.room.kernel.echoes("out", {"outputs": [text("1\n")]}, old)
    out.room.kernel.idle(old)
    assert out.mirrored() == [text("1\n2\n")]
    assert "comm_msg" not in [kind for kind, _ in page.hears()]


def test_without_echoes_pages_keep_what_is_newer_than_the_page_that_is_gone_had() -> None:
    out = Capturing()
    old = out.page.updates("out", {"outputs": [text("1\n")]})
    out.prints("1\n")
    out.prints("2\n")
    page = out.reloads()
    finish(out)
    page.gets()
    out.room.kernel.busy(old)
    out.room.kernel.idle(old)
    assert out.mirrored() == [text("1\n2\n")]
    assert page.hears()[-1] in [
        set_to("out", {"outputs": [text("1\n2\n")]}),
        ("status", {"execution_state": "idle"}),
    ]


def test_a_kernel_that_never_says_that_it_took_it_is_waited_for_no_longer_than_it_takes() -> None:
    out = Capturing()
    out.prints("1\n")
    out.reloads()
    finish(out)
    out.room.wait(LONG)
    assert not out.holds()


def test_a_kernel_that_raises_over_it_is_asked_what_it_has() -> None:
    out = Capturing()
    out.prints("1\n")
    out.reloads()
    out.leaves()
    [given] = [m for m in out.ends() if m.header.msg_type == "comm_msg"]
    out.room.kernel.busy(given)
    out.room.kernel.raises("TraitError", given)
    out.room.kernel.idle(given)
    assert (out.holds(), out.room.record("out").knowledge) == (False, Knowledge.DIRTY)


def test_a_kernel_that_is_never_idle_is_given_nothing_until_it_is() -> None:
    out = Capturing()
    out.reloads()
    for number in range(50):
        out.prints(f"{number}\n")
        out.leaves()
        out.room.wait(LONG)
        out.enters("out")
    assert out.handed() == []
    finish(out)
    out.room.wait(LONG)
    assert len(out.mirrored()[0]["text"].splitlines()) == 50


def test_a_thread_that_ends_its_capture_after_all_requests_is_not_forgotten() -> None:
    out = Capturing()
    out.reloads()
    out.ends()
    out.prints("late\n")
    out.leaves()
    assert out.handed() == []
    out.room.wait(LONG)
    assert out.handed() == [[text("late\n")]]


def test_a_program_collects_nothing_so_that_we_do_it_for_it() -> None:
    out = Capturing()
    out.leaves()
    out.ends()
    broker, now = out.room.broker, out.room.now
    broker.program_attached("rest", now)
    data = {"comm_id": "out", "data": {"method": "custom", "content": {"event": "click"}}}
    click = Talker("rest").write("shell", "comm_msg", data)
    broker.frontend_sent("rest", click, now)
    out.room.settle()
    out.room.for_kernel()
    out.room.kernel.busy(click)
    out.cell = click
    out.enters("out")
    out.prints("clicked\n")
    out.leaves()
    out.room.kernel.idle(click)
    assert out.handed() == [[text("clicked\n")]]


# -- cut -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("reloads", [True, False])
def test_a_list_that_was_cut_is_never_given_to_the_kernel(reloads: bool) -> None:
    out = Capturing(limits=SMALL)
    if reloads:
        out.reloads()
    for _ in range(300):
        out.prints("x" * 99 + "\n")
    finish(out)
    out.room.wait(LONG)
    assert (out.holds(), out.handed()) == (False, [])
    # What the kernel has by itself is asked for instead.
    assert out.room.record("out").knowledge is Knowledge.DIRTY


def test_a_list_that_was_cut_is_not_shown_once_the_kernel_has_another() -> None:
    out = Capturing(limits=SMALL)
    for _ in range(300):
        out.prints("x" * 99 + "\n")
    finish(out)
    out.syncs(out.page, [text("x\n")])
    page = out.room.page("b")
    page.restores()
    states = page.hears_states()
    assert states is not None
    assert states["out"]["outputs"] == [text("x\n")]
    assert not out.holds()


def test_a_list_that_was_cleared_since_it_was_cut_is_whole() -> None:
    out = Capturing(limits=SMALL)
    out.reloads()
    for _ in range(300):
        out.prints("x" * 99 + "\n")
    out.clears(wait=True)
    out.prints("new\n")
    finish(out)
    assert out.handed() == [[text("new\n")]]
