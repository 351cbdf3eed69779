"""What a message proves about earlier ones is concluded before it is followed, and shielded."""

from __future__ import annotations

import pytest

from ..heard import status
from ..room import Room


@pytest.mark.parametrize(
    ("part", "step", "what"),
    [
        ("lost_idles", "before", "looking for idles that were lost"),
        ("missing_idles", "heard", "looking for idles that are missing"),
    ],
)
def test_a_fault_in_a_conclusion_costs_no_message(
    part: str, step: str, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = Room()
    page = room.page("a")
    cell = page.executes()
    page.gets()

    def fails(*_: object) -> None:
        raise ZeroDivisionError("a fault of ours")

    monkeypatch.setattr(getattr(room.broker._parts, part), step, fails)
    room.kernel.busy(cell)
    assert page.hears() == [status("busy")]
    assert [line.text for line in room.log if line.fault] == [
        f"{what} failed; the message passes, its comm is checked later"
    ]


def test_a_status_without_a_parent_may_be_the_first_of_a_new_process() -> None:
    room = Room()
    room.kernel.opens("w", {"value": 1})
    room.kernel.says("iopub", "status", {"execution_state": "starting"})
    assert len(room.broker._parts.comms.registry) == 0


def test_the_last_message_of_a_process_ends_it_once_it_was_passed_on() -> None:
    room = Room()
    page = room.page("a")
    room.kernel.opens("w", {"value": 1})
    page.gets()
    room.kernel.says("iopub", "shutdown_reply", {"restart": False})
    assert [kind for kind, _ in page.hears()] == ["shutdown_reply", "comm_close"]
