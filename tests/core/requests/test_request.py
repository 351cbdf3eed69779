"""A request moves on by the table in its module's head, whatever order a kernel's words come in."""

from __future__ import annotations

import re
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_comm_broker.core.requests import request as module
from jupyter_comm_broker.core.requests.request import Request, Stage, Word
from jupyter_comm_broker.protocol.message import COMM_TYPES, Header


def sent(msg_type: str = "execute_request", stage: Stage = Stage.SENT) -> Request:
    return Request("a", "shell", Header(msg_id="m", msg_type=msg_type), 0.0, stage)


def told() -> dict[tuple[str, str], str]:
    """Return what the table in the module's head says, by stage and word."""
    rows = re.findall(r"^(\w+) +(\w+) +(\w+)$", module.__doc__ or "", re.MULTILINE)
    (_, *words), *stages = rows
    return {
        (row[0], word): after for row in stages for word, after in zip(words, row[1:], strict=True)
    }


def test_the_table_tells_each_stage_and_word() -> None:
    assert told().keys() == {(s.value, w.value) for s, w in product(Stage, Word)}


@pytest.mark.parametrize(("stage", "word"), list(product(Stage, Word)))
def test_it_moves_as_the_table_tells(stage: Stage, word: Word) -> None:
    assert sent(stage=stage).hear(word).value == told()[stage.value, word.value]


@pytest.mark.parametrize("msg_type", sorted(COMM_TYPES))
def test_a_comm_message_is_over_with_its_idle(msg_type: str) -> None:
    request = sent(msg_type)
    assert request.hear(Word.IDLE) is Stage.OVER


@given(st.lists(st.sampled_from(Word)))
def test_it_is_over_when_both_a_reply_and_an_idle_were_heard(words: list[Word]) -> None:
    request = sent()
    for word in words:
        request.hear(word)
    assert (request.stage is Stage.OVER) == ({Word.REPLY, Word.IDLE} <= set(words))
