"""The authorizer is asked seldom and has a time limit. No answer allows nothing."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from jupyter_server.auth import AllowAllAuthorizer, User

from jupyter_comm_broker.core.gate.rights import Right
from jupyter_comm_broker.transport.frontends import admission
from jupyter_comm_broker.transport.frontends.admission import ANSWER_HOLDS, Admission
from tests.fakes.authorizer import Recording, Slow


@pytest.fixture(autouse=True)
def rights() -> Iterator[None]:
    Slow.gate = asyncio.Event()
    Recording.grant("read")
    yield
    Recording.grant("read", "write", "execute")


def handler(authorizer: Any) -> Any:
    return SimpleNamespace(authorizer=authorizer, current_user=User("ann"))


class Clock:
    now = 100.0

    def time(self) -> float:
        return self.now


def asking(authorizer: Any) -> tuple[Admission, Clock]:
    made = Admission.needed_by(handler(authorizer), logging.getLogger("admission"))
    assert made is not None
    clock = Clock()
    made._loop = clock  # type: ignore[assignment]
    return made, clock


async def test_where_all_are_allowed_all_nobody_asks() -> None:
    log = logging.getLogger("admission")
    assert Admission.needed_by(handler(AllowAllAuthorizer()), log) is None

    class Derived(AllowAllAuthorizer):
        """May allow less."""

    assert Admission.needed_by(handler(Derived()), log) is not None


async def test_each_right_is_asked_for_by_itself_on_comms() -> None:
    made, _ = asking(Recording())
    assert made.who == "ann"
    assert [made.allows(right) for right in Right] == [True, False, False]
    assert Recording.asked == [("read", "comms"), ("write", "comms"), ("execute", "comms")]


async def test_an_answer_holds_for_a_second_and_then_a_right_that_was_taken_away_is_gone() -> None:
    made, clock = asking(Recording())
    assert made.allows(Right.READ) is True
    assert made.allows(Right.WRITE) is False
    Recording.grant("write")
    clock.now += 0.99 * ANSWER_HOLDS
    assert (made.allows(Right.READ), made.allows(Right.WRITE)) == (True, False)
    assert Recording.asked == []
    clock.now += 0.02 * ANSWER_HOLDS
    assert (made.allows(Right.READ), made.allows(Right.WRITE)) == (False, True)


async def test_an_answer_that_takes_time_is_waited_for_and_then_holds_too() -> None:
    made, _ = asking(Slow())
    answer = made.allows(Right.READ)
    assert not isinstance(answer, bool)
    Slow.gate.set()
    assert await answer is True
    assert made.allows(Right.READ) is True


async def test_who_says_nothing_in_time_or_fails_has_not_said_yes(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(admission, "PATIENCE", 0.01)
    made, _ = asking(Slow())
    answer = made.allows(Right.READ)
    assert not isinstance(answer, bool)
    assert await answer is False
    assert "Slow did not say whether ann may read comms" in caplog.text
    caplog.clear()
    monkeypatch.setattr(Recording, "fault", ZeroDivisionError("odd"))
    made, _ = asking(Recording())
    assert made.allows(Right.READ) is False
    assert "Recording did not say whether ann may read comms" in caplog.text
    assert caplog.records[0].exc_info
