"""A request whose idle names another one, which had ended inside it, is over too."""

from __future__ import annotations

import pytest

from ..room import Room
from .test_lost_idles import idles, probe


@pytest.mark.parametrize("order", ["reply first", "idle first"])
@pytest.mark.parametrize("others", [1, 3, 40])
def test_a_cell_whose_idle_names_one_that_ended_inside_it_is_over(order: str, others: int) -> None:
    """ipykernel 6 publishes the idle of a cell that polls under the last request that it let in."""
    room = Room()
    room.kernel.opens("w", {"value": 1})
    page, other = room.page("a"), room.page("b")
    cell = page.executes()
    room.kernel.busy(cell)
    let_in = [page.updates("w", {"value": value}) for value in range(others)]
    for inside in let_in:
        room.kernel.busy(inside)
        room.kernel.idle(inside)
    assert cell.header.msg_id not in idles(page)
    if order == "reply first":
        room.kernel.replies(cell, {"status": "ok"})
    room.kernel.idle(let_in[-1])
    if order == "idle first":
        room.kernel.replies(cell, {"status": "ok"})
        room.for_kernel()
        room.wait(2.0)
        room.kernel.busy(probe(room))
    for each in (page, other):
        assert cell.header.msg_id in idles(each)
    assert room.broker._parts.work.execution.running is None


def test_a_handler_whose_idle_names_one_that_ended_inside_it_is_over() -> None:
    room = Room()
    room.kernel.opens("w", {"value": 1})
    page = room.page("a")
    polling, inside = page.updates("w", {"value": 2}), page.updates("w", {"value": 3})
    for each in (polling, inside):
        room.kernel.busy(each)
    for _ in range(2):
        assert polling.header.msg_id not in idles(page)
        room.kernel.idle(inside)
    assert polling.header.msg_id in idles(page)
    assert room.broker._parts.work.execution.running is None


def test_an_idle_that_ours_names_ends_the_cell_that_let_our_question_in() -> None:
    room = Room()
    room.kernel.opens("w", {"value": 1})
    page = room.page("a")
    polling = page.updates("w", {"value": 2})
    room.kernel.busy(polling)
    room.for_kernel()
    room.wait(2.0)
    question = probe(room)
    room.kernel.busy(question)
    room.kernel.idle(question)
    assert idles(page) == []
    room.kernel.idle(question)
    assert idles(page) == [polling.header.msg_id]
