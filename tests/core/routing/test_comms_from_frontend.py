"""Each comm message of a page comes to the part that it is for."""

from __future__ import annotations

from jupyter_comm_broker.core.gate.rights import Right

from ..heard import closed
from ..room import Room

STATE = {"_model_name": "N", "value": 1}


def test_a_control_comm_is_answered_here_and_a_widgets_message_is_let_through() -> None:
    room = Room()
    page = room.page("a")
    room.kernel.opens("w", STATE)
    page.restores()
    assert page.hears_states() == {"w": STATE}
    update = page.updates("w", {"value": 2})
    assert room.for_kernel() == [update]


def test_a_close_of_an_unknown_comm_is_no_close_of_a_known_one() -> None:
    room = Room()
    page, other = room.page("a"), room.page("b")
    room.kernel.opens("w", STATE)
    page.updates("w", {"value": 2})
    room.kernel.closes("w")
    room.for_kernel()
    other.gets()
    page.closes("w")
    assert (room.for_kernel(), other.hears()) == ([], [])


def test_the_right_depends_on_whether_the_comm_is_there() -> None:
    room = Room()
    page, other = room.page("a"), room.page("b")
    room.kernel.opens("w", STATE)
    page.updates("w", {"value": 2})
    close = page.write("shell", "comm_close", {"comm_id": "w", "data": {}})
    needed = room.broker.right_for("a", close)
    room.kernel.closes("w")
    assert needed is not Right.READ
    assert room.broker.right_for("a", close) is Right.READ
    assert other.hears()[-1] == closed("w")
