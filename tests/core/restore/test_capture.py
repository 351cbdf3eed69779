"""A long list is pushed less often, and less often still while little of it is new."""

from __future__ import annotations

from jupyter_comm_broker.core.limits import Limits
from jupyter_comm_broker.core.restore.capture import Capture
from jupyter_comm_broker.core.restore.output_list import OutputList
from jupyter_comm_broker.protocol.json_text import dumps

LIMITS = Limits(output_push_seconds=0.1, output_push_rate=10_000, output_push_share=10)


def capture(size: int) -> Capture:
    """Return a capture whose list has so many bytes, all of which pages know."""
    made = Capture("out", OutputList(1_000_000, "cut"), pushed_at=5.0)
    made.takes("stream", dumps({"name": "stdout", "text": "x" * (size - made.list.size)}))
    made.fresh = 0
    return made


def test_nothing_is_pushed_while_nothing_is_new() -> None:
    assert capture(100).push_at(LIMITS) is None


def test_a_short_list_waits_for_what_else_comes_in_its_moment() -> None:
    made = capture(200)
    made.fresh = 100
    assert made.push_at(LIMITS) == 5.1


def test_a_long_list_is_pushed_at_a_rate_of_bytes() -> None:
    made = capture(20_000)
    made.fresh = made.list.size // 10 + 1
    assert round(made.push_at(LIMITS) or 0.0, 1) == 7.0


def test_a_list_of_which_little_is_new_waits_for_more() -> None:
    made = capture(20_000)
    made.fresh = 10
    assert round(made.push_at(LIMITS) or 0.0, 0) == 25.0


def test_it_is_concluded_in_any_case_when_it_collects_no_more() -> None:
    made = capture(100)
    made.parent, made.stopped_at = "cell", 7.0
    assert made.conclude_at(LIMITS) is None
    made.parent = ""
    assert made.conclude_at(LIMITS) == 17.0
    made.over_at = 9.0
    assert made.conclude_at(LIMITS) == 9.0
