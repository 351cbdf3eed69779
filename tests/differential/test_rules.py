"""The comparison itself: it sees what is lost, doubled, late, turned round or made up."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from jupyter_comm_broker.testing.message import Message

from .labelled import Label
from .normal import Heard, heard_by
from .player import Life, Played
from .rules import Allowed, Comparison

BUSY = {"execution_state": "busy"}
IDLE = {"execution_state": "idle"}


class FakePage:
    session_id = "session"
    controls: frozenset[str] = frozenset()

    def __init__(self, received: list[Message]) -> None:
        self.received = received


def said(number: int, msg_type: str, content: Any, parent: str = "cell") -> Message:
    header = {"msg_id": f"m{number}", "msg_type": msg_type}
    parents = {"msg_id": parent, "session": "session"} if parent else {}
    return Message(
        channel="iopub",
        header=header,
        parent=parents,
        metadata={},
        content=content,
        buffers=(),
        at=0.0,
        binary=True,
    )


def update(number: int, value: int, parent: str = "cell", method: str = "update") -> Message:
    data = {"method": method, "state": {"value": value}, "buffer_paths": []}
    return said(number, "comm_msg", {"comm_id": "c", "data": data}, parent)


def custom(number: int) -> Message:
    data = {"method": "custom", "content": {"n": number}}
    return said(number, "comm_msg", {"comm_id": "c", "data": data})


def snapshot(number: int) -> Message:
    states = {"c": {"state": {"value": 0}}}
    data = {"method": "update_states", "states": states, "buffer_paths": []}
    return said(number, "comm_msg", {"comm_id": "control", "data": data}, "question")


CELL = [said(1, "status", BUSY), update(2, 1), custom(3), custom(4), said(5, "status", IDLE)]


def heard(*messages: Message) -> tuple[Played, list[Heard]]:
    life = Life(FakePage(list(messages)), [(0, 0)])  # type: ignore[arg-type]
    played = Played(Path("folder"), {"A": life})
    played.labels["cell"] = Label(1, "A", "execute_request", 0, asks=False)
    played.labels["question"] = Label(0, "A", "comm_msg", 0, asks=True)
    return played, heard_by(life, played)


def difference(*ours: Message, may: Allowed | None = None) -> str:
    _, theirs = heard(*CELL)
    played, mine = heard(*ours)
    return Comparison("A", played, may or Allowed()).first_difference(theirs, mine)


def test_what_is_alike_is_alike() -> None:
    assert difference(*CELL) == ""


@pytest.mark.parametrize("lost", range(len(CELL)))
def test_each_lost_message_is_seen(lost: int) -> None:
    assert "the broker delivers" in difference(*CELL[:lost], *CELL[lost + 1 :])


@pytest.mark.parametrize("doubled", range(len(CELL)))
def test_each_doubled_message_is_seen(doubled: int) -> None:
    assert "heard twice" in difference(*CELL, CELL[doubled])


def test_a_copy_under_another_id_is_seen() -> None:
    copy = custom(3)
    assert "the broker delivers" in difference(*CELL, said(9, copy.type, copy.content))


def test_what_is_turned_round_is_seen() -> None:
    assert "the broker delivers" in difference(CELL[0], CELL[1], CELL[3], CELL[2], CELL[4])
    assert "the broker delivers" in difference(*CELL[:3], CELL[4], CELL[3])


def test_a_custom_message_may_be_late_only_where_models_are_built() -> None:
    late = (CELL[0], CELL[1], CELL[4], CELL[2], CELL[3])
    assert "the broker delivers" in difference(*late)
    assert difference(snapshot(0), *late) == ""
    assert "no more" in difference(snapshot(0), *late[:-1])


def test_what_is_shown_may_be_said_again_and_nothing_else() -> None:
    assert difference(*CELL, update(9, 1, parent="")) == ""
    assert "the broker delivers" in difference(*CELL, update(9, 7, parent=""))


def test_a_repair_says_what_the_kernel_had_of_what_is_doubted() -> None:
    may = Allowed(doubted={("c", "value")}, values={("c", "value"): [7]})
    assert difference(*CELL, update(9, 7, parent=""), may=may) == ""
    assert "the broker delivers" in difference(*CELL, update(9, 8, parent=""), may=may)
    assert "the broker delivers" in difference(*CELL, update(9, 7), may=may)


def test_a_close_is_told_of_what_a_page_closed() -> None:
    close = said(9, "comm_close", {"comm_id": "c", "data": {}}, "")
    assert "the broker delivers" in difference(*CELL, close)
    assert difference(*CELL, close, may=Allowed(closed={"c"})) == ""
