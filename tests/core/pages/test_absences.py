"""What absent pages miss is there once, each gets it from where it left, and none a value twice."""

from __future__ import annotations

from collections import Counter
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from jupyter_comm_broker.core.outboxes.kind import OVERHEAD, Item, Kind
from jupyter_comm_broker.core.pages.absences import Absences
from jupyter_comm_broker.protocol.message import Message

from ..talker import Talker

KERNEL = Talker("kernel")


def update(comm_id: str, **state: Any) -> Message:
    data = {"method": "update", "state": state, "buffer_paths": []}
    return KERNEL.write("iopub", "comm_msg", {"comm_id": comm_id, "data": data})


def output() -> Message:
    return KERNEL.write("iopub", "stream", {"name": "stdout", "text": "line\n"})


def states(items: list[Item]) -> list[Any]:
    return [message.content["data"]["state"] for message, _, _ in items]


def test_each_page_gets_what_came_since_it_left() -> None:
    absences = Absences(1 << 20, Counter())
    sent = [output() for _ in range(3)]
    absences.left("a")
    absences.add(sent[0], Kind.OUTPUT, "")
    absences.left("b")
    for message in sent[1:]:
        absences.add(message, Kind.OUTPUT, "")
    assert [item[0] for item in absences.returned("b")] == sent[1:]
    assert [item[0] for item in absences.returned("a")] == sent


def test_a_message_is_kept_once_however_many_are_away_and_only_as_long_as_one_lacks_it() -> None:
    absences, message = Absences(1 << 20, Counter()), output()
    for number in range(100):
        absences.left(str(number))
    absences.add(message, Kind.OUTPUT, "")
    assert absences.bytes == message.size + OVERHEAD
    for number in range(99):
        absences.returned(str(number))
    assert absences.bytes > 0
    absences.returned("99")
    assert (absences.bytes, len(absences)) == (0, 0)


def test_nothing_is_merged_across_the_place_where_a_page_left() -> None:
    absences = Absences(0, Counter())
    absences.left("a")
    absences.add(update("w", value=1), Kind.UPDATE, "w")
    absences.add(update("w", value=2), Kind.UPDATE, "w")
    absences.left("b")
    absences.add(update("w", other=3), Kind.UPDATE, "w")
    absences.add(update("w", other=4), Kind.UPDATE, "w")
    assert states(absences.returned("b")) == [{"other": 4}]
    assert states(absences.returned("a")) == [{"value": 2}, {"other": 4}]


def test_what_was_looked_at_is_not_merged_into_later() -> None:
    absences = Absences(0, Counter())
    absences.left("a")
    absences.add(update("w", value=1), Kind.UPDATE, "w")
    assert states(absences.so_far("a")) == [{"value": 1}]
    absences.add(update("w", value=2), Kind.UPDATE, "w")
    assert states(absences.returned("a")) == [{"value": 2}]


def test_who_missed_dropped_output_is_named_and_the_others_keep_their_places() -> None:
    absences = Absences(1 << 20, Counter())
    absences.left("a")
    absences.add(output(), Kind.OUTPUT, "")
    absences.add(first := update("w", value=1), Kind.UPDATE, "w")
    absences.left("b")
    absences.add(second := update("w", value=2), Kind.UPDATE, "w")
    assert absences.drop_output() == {"a": 1}
    assert absences.drop_output() == {}
    assert [item[0] for item in absences.returned("a")] == [first, second]
    assert [item[0] for item in absences.returned("b")] == [second]


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("left"), st.sampled_from("abc")),
        st.tuples(st.just("returned"), st.sampled_from("abc")),
        st.tuples(st.just("so_far"), st.sampled_from("abc")),
        st.tuples(st.just("output"), st.none()),
        st.tuples(st.just("drop"), st.none()),
        st.tuples(st.just("custom"), st.sampled_from("vw")),
        st.tuples(st.just("update"), st.sampled_from("vw")),
    ),
    max_size=40,
)


@given(STEPS, st.sampled_from([0, 1_200, 1 << 20]))
def test_every_page_ends_up_with_what_an_outbox_of_its_own_would_give(
    steps: list[Any], high: int
) -> None:
    absences = Absences(high, Counter())
    missed: dict[str, list[Item]] = {}
    for number, (step, what) in enumerate(steps):
        if step == "left":
            if what not in missed:
                absences.left(what)
                missed[what] = []
        elif step in ("returned", "so_far"):
            got = getattr(absences, step)(what)
            assert seen(got) == seen(missed.get(what, []))
            if what in missed:
                missed[what] = []
            if step == "returned":
                missed.pop(what, None)
        elif step == "drop":
            lost = absences.drop_output()
            for session, items in missed.items():
                kept = [item for item in items if item[1] is not Kind.OUTPUT]
                assert lost.get(session, 0) == len(items) - len(kept)
                missed[session] = kept
        else:
            message = update(what, **{f"k{number % 3}": number}) if what else output()
            kinds = {"output": Kind.OUTPUT, "custom": Kind.BARRIER, "update": Kind.UPDATE}
            item = message, kinds[step], what or ""
            if missed:
                absences.add(*item)
            for items in missed.values():
                items.append(item)
        assert len(absences) == len(missed)
    for session in list(missed):
        assert seen(absences.returned(session)) == seen(missed[session])
    assert absences.bytes == 0


def seen(items: list[Item]) -> list[Any]:
    """Return what is no update with what its comm holds then, and what all hold in the end."""
    held: dict[str, dict[str, Any]] = {"v": {}, "w": {}}
    points: list[Any] = []
    for message, kind, comm_id in items:
        if kind is Kind.OUTPUT:
            points.append(message.header.msg_id)
        elif kind is Kind.BARRIER:
            points.append((message.header.msg_id, dict(held[comm_id])))
        else:
            held[comm_id].update(message.content["data"]["state"])
    return [*points, held]
