"""A fault in our bookkeeping is told and counted, and goes no further."""

from __future__ import annotations

import pytest

from jupyter_comm_broker.core.context import Context, Policy
from jupyter_comm_broker.core.limits import Limits
from jupyter_comm_broker.protocol.synthesis import Author


def context() -> Context:
    return Context.create(Policy(), Limits(), Author("broker", 0.0))


def test_a_step_that_fails_is_counted_and_logged_with_its_fault() -> None:
    one = context()

    def fail() -> None:
        raise ZeroDivisionError

    assert one.shielded("dividing", fail) is False
    [line] = one.effects.take().log
    assert (line.level, type(line.fault)) == ("error", ZeroDivisionError)
    assert line.text.startswith("dividing failed")
    assert one.counters["faults"] == 1


def test_a_step_that_succeeds_leaves_no_trace() -> None:
    one = context()
    assert one.shielded("nothing", lambda: None) is True
    assert (bool(one.effects), one.counters["faults"]) == (False, 0)


@pytest.mark.parametrize("end", [KeyboardInterrupt, SystemExit])
def test_who_ends_the_server_is_not_held_up(end: type[BaseException]) -> None:
    def stop() -> None:
        raise end

    with pytest.raises(end):
        context().shielded("anything", stop)
