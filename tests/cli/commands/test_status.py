"""``status``: the self-check, which scripts read from the exit code."""

from __future__ import annotations

from typing import Any

from jupyter_comm_broker.cli.exits import Exit

from ..conftest import Run
from ..counter import KERNEL, Counter

PAGE = {"attached": True, "waiting_messages": 2, "dropped": 0}
LINK = {
    "kernel_id": KERNEL,
    "link": "proven",
    "execution_state": "busy",
    "comms": 3,
    "state_bytes": 2048,
    "frontends": [PAGE, {**PAGE, "attached": False}],
    "registry_complete": True,
}


def check(**other: Any) -> dict[str, Any]:
    whole = {"version": "1.2", "mode": "broker", "in_path": True, "reason": None, "kernels": [LINK]}
    return {**whole, **other}


def test_each_link_is_shown(run: Run, counter: Counter) -> None:
    counter.lays_kernels(a="x.ipynb")
    counter.lays("/api/comms/broker", check())
    ended = run("status")
    assert ended.code == 0
    assert "1.2, in the path (broker)" in ended.out
    row = ended.out.splitlines()[-1].split()
    assert row == [
        *("x.ipynb", "11111111", "proven", "busy", "3", "2.0", "KiB", "1", "(+1", "gone)"),
        *("4", "0", "complete"),
    ]


def test_a_broker_beside_the_path_is_a_failure_that_says_why(run: Run, counter: Counter) -> None:
    beside = check(in_path=False, mode="observer", reason="another class is set", kernels=[])
    counter.lays("/api/comms/broker", beside)
    ended = run("status")
    assert ended.code == Exit.FAILED
    assert "NOT in the path (observer: another class is set)" in ended.out
    ended = run("status", "--json")
    assert (ended.code, ended.json) == (Exit.FAILED, beside)


def test_kernels_that_cannot_be_connected_are_shown_with_the_reason(
    run: Run, counter: Counter
) -> None:
    counter.lays("/api/comms/broker", check(kernels=[], unlinked={KERNEL: "too many files"}))
    assert f"{KERNEL[:8]}: too many files" in run("status").out
