"""What an answer taught reaches the pages that it concerns."""

from __future__ import annotations

import pytest

from jupyter_comm_broker.core.ingress.findings import Findings
from jupyter_comm_broker.core.kernel.reconciliation import Learned

from ..heard import closed, set_to
from ..room import Room

STATE = {"_model_name": "N", "value": 1, "other": 2}


def findings(room: Room) -> Findings:
    parts = room.broker._parts
    return Findings(
        parts.ledger, parts.page_replies, parts.restore, parts.capture, parts.lost_replies
    )


def test_a_wrong_value_is_repaired_and_a_comm_that_is_gone_is_closed_at_every_page() -> None:
    room = Room()
    page, other = room.page("a"), room.page("b")
    for comm_id in ("w", "v"):
        room.kernel.opens(comm_id, STATE)
    page.gets()
    other.gets()
    wrong = Learned(room.record("w"), wrong=frozenset({"value"}))
    findings(room).spread([wrong, Learned(room.record("v"), closed=True)], room.now)
    room.settle()
    assert page.hears() == other.hears() == [set_to("w", {"value": 1}), closed("v")]


def test_an_answer_that_cannot_be_read_teaches_nothing_and_is_logged() -> None:
    room = Room()

    def fails() -> list[Learned]:
        raise ZeroDivisionError("a fault of ours")

    findings(room).read(fails, room.now)
    room.settle()
    assert [line.text.split(" failed")[0] for line in room.log] == [
        "reading an answer of the kernel"
    ]


def test_collected_output_is_settled_before_a_page_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is newer than what the kernel knows, so a repair must not overtake it."""
    room = Room()
    room.kernel.opens("w", STATE)
    steps: list[str] = []
    parts = room.broker._parts
    monkeypatch.setattr(parts.capture, "settle", lambda: steps.append("settled"))
    monkeypatch.setattr(parts.page_replies, "repair", lambda *_: steps.append("told"))
    findings(room).spread([Learned(room.record("w"), wrong=frozenset({"value"}))], room.now)
    findings(room).spread([], room.now)
    assert steps == ["settled", "told"]
