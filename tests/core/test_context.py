"""A fault in our bookkeeping is told and counted, and goes no further."""

from __future__ import annotations

import pytest

from jupyter_comm_broker.core.context import Context, Policy
from jupyter_comm_broker.core.limits import Limits
from jupyter_comm_broker.core.state.comm_record import Side
from jupyter_comm_broker.errors import MalformedMessageError
from jupyter_comm_broker.protocol.synthesis import Author
from jupyter_comm_broker.protocol.widget import WIDGET_TARGET


def context() -> Context:
    return Context.create(Policy(), Limits(), Author("broker", 0.0))


def test_a_step_that_fails_is_counted_and_logged_with_its_fault() -> None:
    one = context()

    def fail() -> int:
        raise ZeroDivisionError

    assert one.shielded("dividing", fail, 3) == 3
    [line] = one.effects.take().log
    assert (line.level, type(line.fault)) == ("error", ZeroDivisionError)
    assert line.text.startswith("dividing failed")
    assert one.counters["faults"] == 1


def test_a_step_that_succeeds_leaves_no_trace() -> None:
    one = context()
    assert one.shielded("nothing", lambda: 5, 3) == 5
    assert (bool(one.effects), one.counters["faults"]) == (False, 0)


@pytest.mark.parametrize("end", [KeyboardInterrupt, SystemExit])
def test_who_ends_the_server_is_not_held_up(end: type[BaseException]) -> None:
    def stop() -> None:
        raise end

    with pytest.raises(end):
        context().shielded("anything", stop)


@pytest.mark.parametrize(
    ("side", "counter", "whose"),
    [
        (Side.KERNEL, "malformed_from_kernel", "a message"),
        (Side.FRONTEND, "malformed_from_frontends", "a page's message"),
    ],
)
def test_a_comm_whose_message_cannot_be_read_is_doubted(
    side: Side, counter: str, whose: str
) -> None:
    one = context()
    record = one.registry.opened("w", WIDGET_TARGET, Side.KERNEL, 0.0)

    def fail() -> int:
        raise MalformedMessageError("no object")

    assert one.followed(record, side, lambda: 7, 0) == 7
    assert one.followed(record, side, fail, 0) == 0
    assert record.dirty_because == f"{whose} could not be read: no object"
    assert one.counters[counter] == 1
