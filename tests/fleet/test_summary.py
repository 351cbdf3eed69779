"""The sums of a report are those of the kernels, and say nothing of what is in them."""

from __future__ import annotations

from collections import Counter

from jupyter_comm_broker.fleet.report import MOST_TARGETS, Comms, Kernels, Pages, States, encoded
from jupyter_comm_broker.fleet.summary import Summary, named, summed
from tests.core.room import Room

from .reports import report

STATE = {"_model_name": "N", "value": "a secret of the user"}


def of(*rooms: Room) -> Summary:
    return summed([room.broker.known for room in rooms], max(room.now for room in rooms))


def test_a_server_without_kernels_has_nothing_to_say() -> None:
    nothing = summed([], 5.0)
    assert nothing.said_of_kernels(0) == Kernels()
    assert nothing.said_of_pages() == Pages()
    assert nothing.said_of_comms(5.0) == Comms()
    assert nothing.said_of_states() == States()


def test_two_kernels_are_summed_up() -> None:
    one, two = Room(), Room()
    page = one.page("a")
    one.page("b").detach()
    one.kernel.opens("c", STATE)
    two.kernel.opens("d", STATE)
    one.wait(10.0)
    two.wait(10.0)
    one.kernel.updates("c", {"value": 2})
    one.broker._parts.comms.registry.doubt(one.record("c"), "for once")
    one.kernel.busy(page.executes())
    one.wait(5.0)
    two.wait(5.0)
    found = of(one, two)
    kernels = found.said_of_kernels(3)
    assert (kernels.running, kernels.busy, kernels.unlinked) == (2, 1, 3)
    assert kernels.busy_seconds == 5.0
    pages = found.said_of_pages()
    assert (pages.attached, pages.away) == (1, 1)
    assert pages.waiting_bytes > 0
    assert found.said_of_comms(15.0) == Comms(
        open=2, oldest_seconds=15.0, quiet_seconds=5.0, targets={"jupyter.widget": 2}
    )
    states = found.said_of_states()
    assert (states.clean, states.dirty, states.unknown, states.too_large) == (1, 1, 0, 0)
    assert states.bytes > 0


def test_no_state_no_id_and_no_name_of_a_widget_is_in_a_report() -> None:
    room = Room()
    room.page("the-page").updates("the-comm", {"value": "typed"})
    room.kernel.opens("the-comm", STATE)
    found = of(room)
    said = encoded(
        report(
            kernels=found.said_of_kernels(0),
            pages=found.said_of_pages(),
            comms=found.said_of_comms(0.0),
            states=found.said_of_states(),
        )
    )
    for word in (b"secret", b"typed", b"the-comm", b"the-page", b"value", b"_model"):
        assert word not in said


def test_many_targets_are_summed_up_and_odd_names_are_made_one_line() -> None:
    many = Counter({f"target {number}": number + 1 for number in range(50)})
    found = named(many)
    assert len(found) == MOST_TARGETS + 1
    assert sum(found.values()) == sum(many.values())
    assert named(Counter({"a\nb\x1b": 1, "x" * 500: 2})) == {"a\\nb\\x1b": 1, "x" * 80: 2}
    # Names that are the same once they are cut.
    assert named(Counter({"x" * 90: 1, "x" * 100: 2})) == {"x" * 80: 3}


def test_a_clock_that_was_set_back_gives_no_negative_ages() -> None:
    room = Room()
    room.wait(10.0)
    room.kernel.opens("c", STATE)
    found = summed([room.broker.known], 3.0)
    assert found.said_of_comms(3.0).oldest_seconds == 0.0
