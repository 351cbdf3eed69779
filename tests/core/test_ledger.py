"""A fault in our bookkeeping is told and counted, and goes no further."""

from __future__ import annotations

import pytest

from jupyter_comm_broker.core.ledger import Ledger
from jupyter_comm_broker.core.pages.effects import Effects


def ledger() -> tuple[Ledger, Effects]:
    effects = Effects()
    return Ledger(effects.note), effects


def test_a_step_that_fails_is_counted_and_logged_with_its_fault() -> None:
    one, effects = ledger()

    def fail() -> int:
        raise ZeroDivisionError

    assert one.shielded("dividing", fail, 3) == 3
    [line] = effects.take().log
    assert (line.level, type(line.fault)) == ("error", ZeroDivisionError)
    assert line.text.startswith("dividing failed")
    assert one.counters["faults"] == 1


def test_a_step_that_succeeds_leaves_no_trace() -> None:
    one, effects = ledger()
    assert one.shielded("nothing", lambda: 5, 3) == 5
    assert (bool(effects), one.counters["faults"]) == (False, 0)


@pytest.mark.parametrize("end", [KeyboardInterrupt, SystemExit])
def test_who_ends_the_server_is_not_held_up(end: type[BaseException]) -> None:
    def stop() -> None:
        raise end

    with pytest.raises(end):
        ledger()[0].shielded("anything", stop)
