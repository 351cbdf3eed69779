"""What waits for a page keeps its order; merged updates never overtake what they must not."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from jupyter_comm_broker.core.outboxes.kind import OVERHEAD, Kind
from jupyter_comm_broker.core.outboxes.outbox import Outbox
from jupyter_comm_broker.protocol.message import Message

from ..page import EVERYTHING
from ..talker import Talker

KERNEL = Talker("kernel")


def update(comm_id: str, **state: Any) -> Message:
    data = {"method": "update", "state": state, "buffer_paths": []}
    return KERNEL.write("iopub", "comm_msg", {"comm_id": comm_id, "data": data})


def custom(comm_id: str) -> Message:
    content = {"comm_id": comm_id, "data": {"method": "custom"}}
    return KERNEL.write("iopub", "comm_msg", content)


def life(comm_id: str) -> Message:
    return KERNEL.write("iopub", "comm_close", {"comm_id": comm_id, "data": {}})


def output() -> Message:
    return KERNEL.write("iopub", "stream", {"name": "stdout", "text": "line\n"})


def told(outbox: Outbox) -> list[Any]:
    """Take everything out, as what a page would make of it."""
    return [
        (m.comm.comm_id, m.content["data"].get("state"))
        if m.header.msg_type == "comm_msg"
        else m.header.msg_type
        for m in outbox.take(EVERYTHING)
    ]


def test_below_the_high_mark_every_update_is_kept() -> None:
    outbox = Outbox(high=EVERYTHING)
    for value in (1, 2, 3):
        outbox.put_update(update("w", value=value), "w")
    assert told(outbox) == [("w", {"value": 1}), ("w", {"value": 2}), ("w", {"value": 3})]


def test_above_it_updates_are_merged_key_by_key_into_the_one_that_waits() -> None:
    outbox = Outbox(high=0)
    outbox.put_update(update("w", a=1, b=1), "w")
    outbox.put_update(update("v", a=5), "v")
    newest = update("w", b=2, c=2)
    outbox.put_update(newest, "w")
    assert (len(outbox), outbox.conflated) == (2, 1)
    merged, other = outbox.take(EVERYTHING)
    assert merged.content["data"]["state"] == {"a": 1, "b": 2, "c": 2}
    # A page ends its wait by the newest parent.
    assert merged.parts[:3] == newest.parts[:3]
    assert other.content["data"]["state"] == {"a": 5}


def test_buffers_are_merged_with_their_attributes() -> None:
    outbox = Outbox(high=0)
    for value in (b"old", b"new"):
        data = {"method": "update", "state": {"n": 1}, "buffer_paths": [["raw"]]}
        content = {"comm_id": "w", "data": data}
        outbox.put_update(KERNEL.write("iopub", "comm_msg", content, buffers=[value]), "w")
    outbox.put_update(update("w", n=2), "w")
    [merged] = outbox.take(EVERYTHING)
    assert merged.content["data"]["state"] == {"n": 2}
    assert merged.content["data"]["buffer_paths"] == [["raw"]]
    assert list(merged.buffers) == [b"new"]


def test_no_update_is_merged_across_a_custom_message_of_its_comm() -> None:
    outbox = Outbox(high=0)
    outbox.put_update(update("w", a=1), "w")
    outbox.add(custom("w"), Kind.BARRIER, "w")
    outbox.put_update(update("w", a=2), "w")
    outbox.put_update(update("w", a=3), "w")
    assert told(outbox) == [("w", {"a": 1}), ("w", None), ("w", {"a": 3})]


def test_a_custom_message_of_another_comm_is_no_hindrance() -> None:
    outbox = Outbox(high=0)
    outbox.put_update(update("w", a=1), "w")
    outbox.add(custom("v"), Kind.BARRIER, "v")
    outbox.put_update(update("w", a=2), "w")
    assert told(outbox) == [("w", {"a": 2}), ("v", None)]


def test_no_update_at_all_is_merged_across_the_opening_or_closing_of_a_comm() -> None:
    outbox = Outbox(high=0)
    outbox.put_update(update("w", child=None), "w")
    outbox.add(life("child"), Kind.LIFE, "")
    outbox.put_update(update("w", child="IPY_MODEL_child"), "w")
    assert told(outbox) == [
        ("w", {"child": None}),
        "comm_close",
        ("w", {"child": "IPY_MODEL_child"}),
    ]


def test_nothing_is_merged_into_what_was_taken() -> None:
    outbox = Outbox(high=0)
    outbox.put_update(update("w", a=1), "w")
    outbox.put_update(update("v", a=1), "v")
    first = outbox.take(1)
    outbox.put_update(update("w", a=2), "w")
    assert [m.content["data"]["state"] for m in first] == [{"a": 1}]
    assert told(outbox) == [("v", {"a": 1}), ("w", {"a": 2})]


def test_at_least_one_message_is_taken_and_no_more_than_fit() -> None:
    outbox = Outbox(high=EVERYTHING)
    sizes = []
    for _ in range(4):
        message = output()
        outbox.add(message, Kind.PLAIN, "")
        sizes.append(message.size + OVERHEAD)
    assert [len(outbox.take(most)) for most in (1, sum(sizes[1:3]), 0)] == [1, 2, 1]
    assert (len(outbox), outbox.bytes, outbox.take(1)) == (0, 0, [])


def test_only_output_is_dropped() -> None:
    outbox = Outbox(high=0)
    outbox.add(output(), Kind.OUTPUT, "")
    outbox.put_update(update("w", a=1), "w")
    outbox.add(output(), Kind.PLAIN, "")
    outbox.add(output(), Kind.OUTPUT, "")
    assert (outbox.drop_output(), outbox.dropped) == (2, 2)
    outbox.put_update(update("w", a=2), "w")
    assert told(outbox) == [("w", {"a": 2}), "stream"]
    assert outbox.bytes == 0


def test_after_a_clear_nothing_of_the_past_is_merged_into() -> None:
    outbox = Outbox(high=0)
    outbox.put_update(update("w", a=1), "w")
    outbox.clear()
    assert (len(outbox), outbox.bytes) == (0, 0)
    outbox.put_update(update("w", b=2), "w")
    assert told(outbox) == [("w", {"b": 2})]


COMMS = st.sampled_from("wv")
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("update"), COMMS, st.sampled_from("ab"), st.integers(0, 9)),
        st.tuples(st.just("custom"), COMMS),
        st.tuples(st.just("life"), COMMS),
        st.tuples(st.just("output")),
        st.tuples(st.just("take"), st.integers(0, 2_000)),
        st.tuples(st.just("drop")),
    ),
    max_size=30,
)


@given(STEPS, st.sampled_from([0, 700, 2_000, EVERYTHING]))
def test_whatever_is_merged_pages_end_up_with_the_same_and_see_fixed_points_in_order(
    steps: list[Any], high: int
) -> None:
    """At each custom message, opening and closing a page must have what it would have unmerged."""
    outbox, sent, got = Outbox(high), [], []
    for step, *what in steps:
        if step == "update":
            message = update(what[0], **{what[1]: what[2]})
            outbox.put_update(message, what[0])
        elif step == "custom":
            message = custom(what[0])
            outbox.add(message, Kind.BARRIER, what[0])
        elif step == "life":
            message = life(what[0])
            outbox.add(message, Kind.LIFE, "")
        elif step == "output":
            message = output()
            outbox.add(message, Kind.OUTPUT, "")
        elif step == "take":
            got += outbox.take(what[0])
            continue
        else:
            outbox.drop_output()
            continue
        sent.append(message)
        assert outbox.bytes == sum(entry.size for entry in outbox._entries)
        assert outbox.peak >= outbox.bytes
    got += outbox.take(EVERYTHING)
    assert fixed_points(got) == fixed_points(sent)
    assert outbox.bytes == 0


def fixed_points(messages: list[Message]) -> list[Any]:
    """Return each message that is no update or output, with what its comms hold at that point."""
    states: dict[str, dict[str, Any]] = {"w": {}, "v": {}}
    points: list[Any] = []
    for message in messages:
        if message.header.msg_type == "stream":
            continue
        comm_id = message.comm.comm_id
        state = message.content["data"].get("state")
        if state is not None:
            states[comm_id] = {**states[comm_id], **state}
        elif message.header.msg_type == "comm_close":
            points.append((message.header.msg_id, {key: dict(v) for key, v in states.items()}))
        else:
            points.append((message.header.msg_id, dict(states[comm_id])))
    return [*points, states]
