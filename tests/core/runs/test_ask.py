"""What a page asks for is read as far as it can be."""

from __future__ import annotations

from typing import Any

import pytest

from jupyter_comm_broker.core.runs.ask import LONGEST_CELL_ID, LONGEST_CODE, LONGEST_HEADER, ask_of
from jupyter_comm_broker.core.runs.run import Ask

from ..talker import Talker

PAGE = Talker("page")


def asked(content: Any, metadata: Any = None, channel: str = "shell", **header: Any) -> Ask | None:
    message = PAGE.write(channel, "execute_request", content, metadata=metadata, **header)
    return ask_of("page", message, 1.0)


def test_a_run_of_a_cell_names_the_cell() -> None:
    ask = asked({"code": "1"}, {"cellId": "c", "recordTiming": True, "tags": []})
    assert ask is not None
    assert (ask.cell_id, ask.records_timing, ask.code, ask.sent_at) == ("c", True, "1", 1.0)


@pytest.mark.parametrize("metadata", [{}, {"cellId": 7}, [1], {"cellId": "x" * 1_000}])
def test_a_run_without_a_cell_is_one(metadata: Any) -> None:
    ask = asked({"code": "1"}, metadata)
    assert ask is not None
    assert ask.cell_id == ""
    assert LONGEST_CELL_ID < 1_000


def test_code_that_is_long_is_not_kept() -> None:
    ask = asked({"code": "x" * (LONGEST_CODE + 1)})
    assert ask is not None
    assert ask.code is None


def test_what_is_silent_on_control_nameless_or_hostile_is_no_run() -> None:
    assert asked({"code": "1", "silent": True}) is None
    assert asked({"code": "1"}, channel="control") is None
    assert asked({"code": "1"}, msg_id="") is None
    assert asked({"code": "1"}, msg_id="x" * LONGEST_HEADER) is None
