"""The rate limits on output admit what jupyter_server's own admit."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from jupyter_comm_broker.core.policy import Policy
from jupyter_comm_broker.core.routing.output_limit import OutputLimit

from ..heard import set_to
from ..room import Room


class StockLimit:
    """``ZMQChannelsWebsocketConnection._limit_rate``, line by line, without its sockets."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.window_byte_queue: list[tuple[float, int]] = []
        self.window_msg_count = 0
        self.window_byte_count = 0
        self.msgs_exceeded = False
        self.data_exceeded = False

    def idle(self) -> None:
        self.__init__(self.policy)  # type: ignore[misc]

    def limit(self, size: int, is_stream: bool, now: float) -> tuple[bool, list[str]]:
        notices: list[str] = []
        policy = self.policy
        while len(self.window_byte_queue) > 0:
            queued = self.window_byte_queue[0]
            if now >= queued[0]:
                self.window_byte_count -= queued[1]
                self.window_msg_count -= 1
                del self.window_byte_queue[0]
            else:
                break
        self.window_msg_count += 1
        byte_count = size if is_stream else 0
        self.window_byte_count += byte_count
        self.window_byte_queue.append((now + policy.rate_window, byte_count))
        msg_rate = float(self.window_msg_count) / policy.rate_window
        data_rate = float(self.window_byte_count) / policy.rate_window
        if policy.message_rate > 0 and msg_rate > policy.message_rate:
            if not self.msgs_exceeded:
                self.msgs_exceeded = True
                notices.append("message")
        elif self.msgs_exceeded and msg_rate < (0.8 * policy.message_rate):
            self.msgs_exceeded = False
        if policy.data_rate > 0 and data_rate > policy.data_rate:
            if not self.data_exceeded:
                self.data_exceeded = True
                notices.append("data")
        elif self.data_exceeded and data_rate < (0.8 * policy.data_rate):
            self.data_exceeded = False
        if self.msgs_exceeded or self.data_exceeded:
            self.window_msg_count -= 1
            self.window_byte_count -= byte_count
            self.window_byte_queue.pop(-1)
            return False, notices
        return True, notices


PAUSES = st.sampled_from([0.0, 0.0, 0.05, 0.1, 0.2, 0.3, 0.5, 2.5, "idle"])
STEPS = st.lists(st.tuples(st.integers(0, 400), st.booleans(), PAUSES), min_size=10, max_size=60)


# Just below the limit but with less headroom than it takes to resume.
@example([(1, False, 0.1)] * 11 + [(1, False, 1.15)], 5.0, 0.0)
@given(STEPS, st.sampled_from([0.0, 2.5, 5.0]), st.sampled_from([0.0, 200.0, 500.0]))
def test_every_message_fares_as_in_jupyter_server(
    steps: list[Any], message_rate: float, data_rate: float
) -> None:
    policy = Policy(message_rate=message_rate, data_rate=data_rate, rate_window=2.0)
    ours, stock, now = OutputLimit(policy), StockLimit(policy), 0.0
    for size, is_stream, pause in steps:
        if pause == "idle":
            ours.reset()
            stock.idle()
            continue
        now += pause
        admitted, notice = ours.admit(size, is_stream, now)
        expected, notices = stock.limit(size, is_stream, now)
        kinds = [kind for kind in ("message", "data") if f"IOPub {kind} rate exceeded" in notice]
        assert (admitted, kinds) == (expected, notices)


def test_without_a_limit_everything_is_admitted() -> None:
    limit = OutputLimit(Policy(limit_rate=False, message_rate=0.1, data_rate=0.1))
    assert [limit.admit(1_000, True, 0.0) for _ in range(3)] == [(True, "")] * 3


def test_a_flood_of_output_costs_widgets_nothing_and_the_page_is_told_once() -> None:
    room = Room(policy=Policy(message_rate=2.0, rate_window=1.0))
    room.kernel.opens("w", {"value": 0})
    page = room.page("a")
    cell = page.executes()
    room.kernel.busy(cell)
    page.gets()
    for value in range(10):
        room.kernel.prints("x\n", cell)
        room.kernel.updates("w", {"value": value}, cell)
    heard = page.hears()
    assert [each for each in heard if each[0] == "comm_msg"] == [
        set_to("w", {"value": value}) for value in range(10)
    ]
    texts = [content["text"] for kind, content in heard if kind == "stream"]
    assert texts[:2] == ["x\n", "x\n"]
    [notice] = texts[2:]
    assert "`--ServerApp.iopub_msg_rate_limit`" in notice
    assert room.broker._parts.ledger.counters["output_over_limit"] == 8
    # The next cell starts with a clean count.
    room.kernel.idle(cell)
    room.kernel.prints("y\n", cell)
    assert page.hears()[-1] == ("stream", {"name": "stdout", "text": "y\n"})


def test_what_was_executed_is_always_shown() -> None:
    room = Room(policy=Policy(message_rate=1.0, rate_window=1.0))
    page = room.page("a")
    for _ in range(4):
        room.kernel.publishes("execute_input", {"code": "x"})
    assert len(page.hears()) == 4


@pytest.mark.parametrize("replacement", ["hidden", ""])
def test_tracebacks_are_hidden_where_they_are_not_allowed(replacement: str) -> None:
    room = Room(policy=Policy(hide_tracebacks=replacement))
    page = room.page("a")
    cell = page.executes()
    room.kernel.raises("ValueError", cell)
    assert page.hears() == [
        (
            "error",
            {"ename": "ExecutionError", "evalue": "Execution error", "traceback": [replacement]},
        )
    ]
