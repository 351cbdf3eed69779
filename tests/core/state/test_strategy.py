"""A payload is what a message carries, and example strategies reduce payloads as they say."""

from __future__ import annotations

from jupyter_comm_broker.core.state.strategy import Payload, Side
from tests.example_strategies import Journal, LastValue

from ..talker import Talker

OPENING = Payload.of({"title": "t"})


def test_a_payload_holds_what_it_was_made_of() -> None:
    made = Payload.of([1, "é"], {"version": "1"}, [b"raw"])
    assert (made.data, made.metadata, made.buffers) == ([1, "é"], {"version": "1"}, (b"raw",))
    assert made.size == len(made.text) + len(made.metadata_text) + 3
    assert (Payload().data, Payload().metadata, Payload().size) == ({}, {}, 4)


def test_a_payload_is_what_a_message_carried() -> None:
    content = {"comm_id": "c", "target_name": "t", "data": {"a": 1}}
    message = Talker("kernel").write(
        "iopub", "comm_open", content, metadata={"m": 2}, buffers=[b"x"]
    )
    carried = Payload.carried_by(message)
    assert (carried.data, carried.metadata, carried.buffers) == ({"a": 1}, {"m": 2}, (b"x",))


def test_the_last_value_of_the_kernel_is_kept_and_no_frontends() -> None:
    strategy = LastValue()
    kept = strategy.opened(OPENING)
    for by, data in ((Side.KERNEL, 1), (Side.KERNEL, 2), (Side.FRONTEND, 3)):
        kept = strategy.passed(kept, by, Payload.of(data))
    assert kept == (OPENING, Payload.of(2))


def test_a_journal_is_kept_until_it_is_cleared_or_too_long() -> None:
    strategy = Journal()
    lines = [Payload.of({"do": "line", "to": number}) for number in range(3)]
    kept = strategy.opened(OPENING)
    for line in lines:
        kept = strategy.passed(kept, Side.KERNEL, line) or ()
    assert kept == (OPENING, *lines)
    assert strategy.passed(kept, Side.KERNEL, Payload.of({"do": "clear"})) == (OPENING,)
    assert strategy.passed((OPENING,) * 1_001, Side.KERNEL, lines[0]) is None
