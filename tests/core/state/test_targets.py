"""Which targets are known on which side follows from traffic."""

from __future__ import annotations

from typing import Any

import pytest

from jupyter_comm_broker.core.state.comm_record import Side
from jupyter_comm_broker.core.state.targets import Targets

from ..room import Room


def known(room: Room) -> dict[tuple[str, str], bool]:
    listed = room.broker._parts.comms.targets.listed()
    return {(side.value, name): evidence.known for side, name, evidence in listed}


def test_who_sends_on_a_comm_knows_its_target() -> None:
    room = Room()
    room.kernel.opens("c", target="t")
    room.kernel.sends("c", {})
    room.page("a").tells("c", {})
    assert known(room) == {("kernel", "t"): True, ("frontend", "t"): True}


def test_a_kernel_that_turns_a_comm_down_does_not_know_the_target() -> None:
    room = Room()
    page = room.page("a")
    opening = page.opens("c", "t", {})
    room.kernel.closes("c", opening)
    assert known(room) == {("frontend", "t"): True, ("kernel", "t"): False}
    closing = room.broker._parts.comms.registry.closing("c")
    assert closing is not None
    assert "may not know 't'" in closing.reason


def test_a_page_that_refuses_proves_little_against_one_that_does_not() -> None:
    targets = Targets()
    targets.rejected(Side.FRONTEND, "t", "a does not", 0.0)
    assert targets.known(Side.FRONTEND, "t") is False
    targets.proved(Side.FRONTEND, "t", "b does", 1.0)
    targets.rejected(Side.FRONTEND, "t", "a does not", 2.0)
    assert targets.known(Side.FRONTEND, "t") is True


def test_a_new_process_may_know_other_targets_and_pages_know_the_same() -> None:
    targets = Targets()
    targets.proved(Side.KERNEL, "t", "", 0.0)
    targets.proved(Side.FRONTEND, "t", "", 0.0)
    targets.clear()
    assert [targets.known(side, "t") for side in (Side.KERNEL, Side.FRONTEND)] == [False, True]


def test_random_names_do_not_fill_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Targets, "MOST", 2)
    targets = Targets()
    for name in "abc":
        targets.proved(Side.KERNEL, name, "", 0.0)
    assert [(name, e.at) for _, name, e in targets.listed()] == [("b", 0.0), ("c", 0.0)]


def test_evidence_says_what_was_seen() -> None:
    room = Room()
    room.page("a").opens("c", "t", {})
    found: list[Any] = room.broker._parts.comms.targets.listed()
    assert [(name, evidence.text) for _, name, evidence in found] == [
        ("t", "a page opened a comm of it")
    ]


def test_a_comm_whose_opening_was_not_seen_proves_no_target() -> None:
    targets = Targets()
    targets.proved(Side.KERNEL, "", "it sent on a comm of it", 1.0)
    assert targets.listed() == []
