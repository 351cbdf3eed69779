"""What captures hold is counted, and is gone with what it belongs to."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from jupyter_comm_broker.core.limits import Limits
from jupyter_comm_broker.core.restore.captures import CUT

from ..capturing import OUT, Capturing, text

NOTICE = {"output_type": "stream", "name": "stderr", "text": CUT}
SMALL = Limits(comm_state_bytes=20_000)


def test_what_is_collected_counts_in_the_kernels_budget() -> None:
    out = Capturing()
    budget = out.room.broker._parts.comms.mirror.budget
    before = budget.bytes
    out.prints("x" * 5000)
    assert 5000 < budget.bytes - before < 5200
    out.clears(wait=False)
    assert budget.bytes - before < 200


def test_past_the_budget_other_states_go_first_and_then_this_one_with_its_list() -> None:
    out = Capturing(limits=Limits(kernel_state_bytes=10_000))
    out.room.kernel.opens("other", {"value": "x" * 3000})
    out.prints("x" * 4000)
    out.room.kernel.updates("out", {"layout": None}, out.cell)
    out.prints("y" * 4000)
    assert (out.room.mirrored("other"), out.holds()) == (None, True)
    out.prints("z" * 9000)
    assert (out.room.mirrored("out"), out.holds()) == (None, False)
    assert out.room.broker._parts.comms.mirror.budget.bytes == 0
    out.prints("nobody minds\n")
    out.leaves()
    assert out.ends() == [out.cell]
    assert out.room.broker._parts.ledger.counters["faults"] == 0


ENDS: dict[str, Callable[[Capturing], object]] = {
    "closed by the kernel": lambda out: out.room.kernel.closes("out", out.cell),
    "closed by a page": lambda out: (out.page.updates("out", {}), out.page.closes("out")),
    "opened anew": lambda out: out.room.kernel.opens("out", OUT, out.cell),
    "opened anew by a page": lambda out: out.page.opens("out", "jupyter.widget", {"state": OUT}),
    "restarted": lambda out: out.room.broker.kernel_restarted(out.room.now),
    "too large": lambda out: out.room.kernel.updates("out", {"other": "x" * 30_000}, out.cell),
}


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
def test_nothing_is_kept_of_a_widget_that_is_gone(end: Callable[[Capturing], object]) -> None:
    out = Capturing(limits=SMALL)
    out.prints("1\n")
    assert out.holds()
    end(out)
    assert not out.holds()
    out.prints("2\n")
    out.room.wait(60.0)
    assert (out.holds(), out.is_balanced()) == (False, True)
    assert out.room.broker._parts.ledger.counters["faults"] == 0


def test_one_frame_at_a_time_is_never_too_much() -> None:
    out = Capturing(limits=SMALL)
    for number in range(20):
        out.clears(wait=True)
        out.shows(f"{number}{'x' * 10_000}")
    page = out.reloads()
    states = page.hears_states()
    assert states is not None
    [frame] = states["out"]["outputs"]
    assert frame["data"]["image/png"].startswith("19x")
    out.leaves()
    out.ends()
    assert out.room.broker._parts.ledger.counters["captured_output_dropped"] == 0


def test_what_is_too_much_is_cut_and_says_so_once() -> None:
    out = Capturing(limits=SMALL)
    for _ in range(300):
        out.prints("x" * 99 + "\n")
    out.room.wait(1.0)
    shown, notice = out.mirrored()
    assert (shown["output_type"], notice) == ("stream", NOTICE)
    assert 15_000 < len(shown["text"]) < 20_000
    lines = [each.text for each in out.room.log if "comm_state_bytes = 20000" in each.text]
    assert len(lines) == 1
    assert out.room.broker._parts.ledger.counters["captured_output_dropped"] > 50


def test_the_rest_of_the_state_needs_room_as_well() -> None:
    out = Capturing(limits=SMALL)
    out.leaves()
    out.room.kernel.updates("out", {"other": "x" * 10_000}, out.cell)
    out.room.wait(60.0)
    out.ends()
    out.cell = out.page.executes()
    out.enters("out")
    for _ in range(300):
        out.prints("x" * 99 + "\n")
    out.room.wait(1.0)
    assert out.mirrored()[-1] == NOTICE


def test_a_widget_that_has_outputs_goes_on_with_them() -> None:
    out = Capturing()
    out.leaves()
    out.room.kernel.updates("out", {"outputs": [text("0\n")]}, out.cell)
    out.enters("out")
    out.prints("1\n")
    out.room.wait(1.0)
    assert out.mirrored() == [text("0\n1\n")]
