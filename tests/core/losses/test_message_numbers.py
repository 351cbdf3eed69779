"""Every number of a session is accounted for, in whatever order the sockets bring them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_comm_broker.core.losses.message_numbers import FEW, MOST_GAPS, MessageNumbers

GRACE = 1.0


def heard(*numbers: int, first: int = 1) -> MessageNumbers:
    """Return what is known after these came over iopub at 0.0."""
    known = MessageNumbers(first, GRACE)
    for number in numbers:
        known.came(number, True, 0.0)
    return known


def test_a_single_one_that_does_not_come_is_lost_after_a_grace() -> None:
    known = heard(2, 4)
    assert (known.take_lost(0.9), known.next_due()) == (0, GRACE)
    assert (known.take_lost(1.0), known.next_due()) == (1, None)
    assert known.take_lost(100.0) == 0


def test_one_that_comes_over_another_socket_in_time_is_not() -> None:
    known = heard(2, 4)
    known.came(3, False, 0.5)
    assert (known.take_lost(10.0), known.next_due()) == (0, None)


def test_more_than_can_be_on_other_sockets_are_lost_at_once() -> None:
    assert heard(FEW + 2).take_lost(0.0) == 0
    assert heard(FEW + 3).take_lost(0.0) == FEW + 1


def test_a_reply_that_overtakes_iopub_says_nothing_of_what_waits_there() -> None:
    known = MessageNumbers(1, GRACE)
    known.came(5_000, False, 0.0)
    assert (known.take_lost(1000.0), known.next_due()) == (0, None)
    for number in range(2, 4_000):
        known.came(number, True, 1000.0)
    assert known.take_lost(2000.0) == 0
    known.came(5_001, True, 2000.0)
    assert known.take_lost(2000.0) == 1000


@pytest.mark.parametrize("numbers", [(1,), (0,), (2, 2, 2, 1)])
def test_what_comes_twice_or_from_before_is_no_loss(numbers: tuple[int, ...]) -> None:
    assert heard(*numbers).take_lost(10.0) == 0


def test_a_reply_to_somebody_else_is_excused_once() -> None:
    known = heard(2, 4, 6)
    known.excuse(6)
    known.excuse(3)
    assert known.take_lost(10.0) == 1


def test_gaps_are_bounded_and_what_is_forgotten_is_lost() -> None:
    known = heard(*range(3, 3 + 2 * (MOST_GAPS + 50), 2))
    assert known.take_lost(0.0) == 50
    assert known.take_lost(GRACE) == MOST_GAPS


def test_it_is_known_when_something_may_have_been_lost() -> None:
    known = MessageNumbers(1, GRACE)
    known.came(2, True, 3.0)
    assert known.passed_at == float("-inf")
    known.came(4, True, 5.0)
    assert known.passed_at == 5.0
    known.came(6, True, 6.0)
    assert known.passed_at == 6.0


def test_a_number_that_was_only_overtaken_is_no_loss() -> None:
    """A reply comes over another socket, now and then a little later."""
    known = MessageNumbers(1, GRACE)
    known.came(3, True, 5.0)
    known.came(2, False, 5.1)
    assert known.passed_at == float("-inf")
    # What was lost stays known when it was told.
    known.came(5, True, 7.0)
    assert known.take_lost(7.0 + GRACE) == 1
    assert known.passed_at == 7.0


@given(st.data())
def test_exactly_those_are_lost_that_never_come(data: st.DataObject) -> None:
    count = data.draw(st.integers(1, 60))
    fate = data.draw(
        st.lists(st.sampled_from(["iopub", "shell", "lost"]), min_size=count, max_size=count)
    )
    iopub = [n for n, where in enumerate(fate, 2) if where == "iopub"]
    shell = [n for n, where in enumerate(fate, 2) if where == "shell"]
    known, end = MessageNumbers(1, GRACE), count + 2
    # Each socket keeps its order; how the two interleave is chance.
    while iopub or shell:
        source = iopub if iopub and (not shell or data.draw(st.booleans())) else shell
        known.came(source.pop(0), source is iopub, 0.0)
        if data.draw(st.booleans()):
            early = known.take_lost(0.5)
            assert early == 0 or early > FEW
            if early:
                # Eleven in a row that iopub passed are not waited for: no socket lags so far.
                return
    known.came(end, True, 0.0)
    known.came(end + 1, True, 0.0)
    assert known.take_lost(GRACE) == fate.count("lost")
