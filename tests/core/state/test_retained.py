"""What strategies keep is bounded, ends with its comm, and what fails in them costs no message."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from jupyter_comm_broker.core.limits import Limits
from jupyter_comm_broker.core.policy import Policy
from jupyter_comm_broker.core.state.strategy import Payload
from tests.example_strategies import Journal, LastValue

from ..room import Room


def room(strategy: Any, **limits: Any) -> Room:
    return Room(policy=Policy(strategies={"mine": strategy}), limits=Limits(**limits))


def kept(room: Room, comm_id: str = "c") -> list[Any] | None:
    found = room.broker._parts.comms.retained.of(room.record(comm_id))
    return [each.data for each in found] if found is not None else None


def test_a_strategy_is_told_of_both_sides_messages_in_their_order() -> None:
    here = room(Journal())
    page = here.page("a")
    here.kernel.opens("c", target="mine")
    here.kernel.sends("c", {"n": 1})
    page.tells("c", {"n": 2})
    here.kernel.sends("c", {"n": 3}, buffers=(b"x",))
    assert kept(here) == [{}, {"n": 1}, {"n": 3}]


def test_other_targets_and_comms_that_pages_open_are_only_tracked() -> None:
    here = room(Journal())
    page = here.page("a")
    here.kernel.opens("other", target="another")
    here.kernel.sends("other", 1)
    page.opens("theirs", "mine", {})
    page.tells("theirs", 1)
    assert len(here.broker._parts.comms.retained) == 0
    assert {"other", "theirs"} <= {each.comm_id for each in here.broker._parts.comms.registry}


@pytest.mark.parametrize(
    "ends",
    [
        lambda here: here.kernel.closes("c"),
        lambda here: (here.page("b").tells("c", 1), here.page("b").closes("c")),
        lambda here: here.broker.kernel_restarted(here.now),
        lambda here: here.kernel.opens("c", target="another"),
    ],
)
def test_what_is_kept_ends_with_its_comm(ends: Callable[[Room], Any]) -> None:
    here = room(LastValue())
    here.kernel.opens("c", target="mine")
    here.kernel.sends("c", 1)
    ends(here)
    assert len(here.broker._parts.comms.retained) == 0
    assert here.broker._parts.comms.retained.bytes == 0


class Odd:
    """Answers what it is told to."""

    answer: Any = None

    def opened(self, opening: Payload) -> Any:
        return (opening,)

    def passed(self, kept: Any, by: Any, message: Payload) -> Any:
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.mark.parametrize("answer", [ZeroDivisionError("odd"), [], (), ("text",), 5])
def test_one_that_fails_costs_its_comm_the_strategy_and_nothing_else(answer: Any) -> None:
    strategy = Odd()
    here = room(strategy)
    page = here.page("a")
    for comm_id in ("c", "d"):
        here.kernel.opens(comm_id, target="mine")
    page.gets()
    strategy.answer = answer
    message = here.kernel.sends("c", 1)
    assert [each.header.msg_id for each in page.gets()] == [message.header.msg_id]
    assert (kept(here), kept(here, "d")) == (None, [{}])
    counters = here.broker._parts.ledger.counters
    assert (counters["strategy_faults"], counters["faults"]) == (1, 1)
    [line] = here.log
    assert (line.level, "strategy for 'mine' failed" in line.text) == ("error", True)
    assert isinstance(line.fault, ZeroDivisionError | TypeError)
    here.kernel.sends("c", 2)
    page.tells("c", 3)
    assert counters["strategy_faults"] == 1
    assert "c" in here.broker._parts.comms.registry


def test_a_page_message_passes_whatever_its_strategy_does() -> None:
    strategy = Odd()
    here = room(strategy)
    page = here.page("a")
    here.kernel.opens("c", target="mine")
    strategy.answer = ZeroDivisionError("odd")
    message = page.tells("c", 1)
    assert here.for_kernel() == [message]


def test_a_strategy_may_say_that_there_is_nothing_to_give_any_more() -> None:
    strategy = Odd()
    here = room(strategy)
    here.kernel.opens("c", target="mine")
    here.kernel.sends("c", 1)
    assert kept(here) is None
    assert here.log == []


def test_too_much_for_one_comm_is_given_up_with_the_setting() -> None:
    here = room(Journal(), comm_state_bytes=50)
    here.kernel.opens("c", target="mine")
    here.kernel.sends("c", "x" * 60)
    assert kept(here) is None
    assert here.broker._parts.comms.retained.bytes == 0
    assert here.broker._parts.ledger.counters["strategy_states_given_up"] == 1
    assert "CommBroker.comm_state_bytes = 50" in here.log[0].text


def test_too_much_of_all_is_given_up_where_it_changed_longest_ago() -> None:
    here = room(LastValue(), kernel_state_bytes=100)
    for comm_id in "abc":
        here.kernel.opens(comm_id, target="mine")
    here.kernel.sends("a", "x" * 40)
    here.kernel.sends("b", "x" * 50)
    assert [kept(here, comm_id) is None for comm_id in "abc"] == [True, False, True]
    assert "CommBroker.kernel_state_bytes = 100" in here.log[0].text


def test_what_is_denied_for_backlog_is_kept_for_nobody() -> None:
    class Both(Journal):
        def passed(self, kept: Any, by: Any, message: Payload) -> Any:
            return (*kept, message)

    here = room(Both(), backlog_bytes=2_000)
    page = here.page("a")
    here.kernel.opens("c", target="mine")
    here.broker._parts.held.backlog["shell"] = 2_000
    page.tells("c", 1)
    assert kept(here) == [{}]
