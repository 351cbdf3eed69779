"""A kernel's message that never came is noticed, and the kernel is asked for its states."""

from __future__ import annotations

import pytest

from jupyter_comm_broker.core.losses.lost_messages import MOST_SESSIONS
from jupyter_comm_broker.core.state.comm_record import Knowledge
from jupyter_comm_broker.protocol.json_text import dumps
from jupyter_comm_broker.protocol.message import Message

from ..room import Room

STATE = {"_model_name": "N", "value": 1}


class Numbered:
    """A kernel that numbers what it sends, as jupyter_client's Session does."""

    def __init__(self, room: Room, session: str = "kernel") -> None:
        self.room = room
        self.session = session
        self.number = 0
        self.says("status")

    def says(
        self,
        msg_type: str = "stream",
        content: object = None,
        parent: dict[str, str] | None = None,
        channel: str = "iopub",
    ) -> None:
        self.number += 1
        header = {
            "msg_id": f"{self.session}_9_{self.number}",
            "msg_type": msg_type,
            "session": self.session,
        }
        content = {"execution_state": "busy"} if content is None else content
        parts = [dumps(header), dumps(parent or {}), b"{}", dumps(content)]
        self.room.broker.kernel_sent(Message(channel, parts), self.room.now)
        self.room.settle()

    def loses(self, count: int = 1) -> None:
        self.number += count

    def works_for_somebody_else(self, msg_type: str = "execute_request") -> None:
        """Handle a request of a client that is connected past us: its reply goes there."""
        parent = {"msg_id": f"theirs-{self.number}", "msg_type": msg_type, "session": "theirs"}
        self.says("status", {"execution_state": "busy"}, parent)
        if msg_type.endswith("_request"):
            self.loses()
        self.says("status", {"execution_state": "idle"}, parent)


def numbered() -> tuple[Room, Numbered]:
    room = Room()
    room.kernel.opens("w", STATE)
    return room, Numbered(room)


def lost(room: Room) -> int:
    return room.broker._parts.ledger.counters["lost_before_us"]


@pytest.mark.parametrize(("count", "seconds"), [(1, 1.0), (5, 1.0), (30, 0.0)])
def test_after_a_loss_every_state_and_the_list_are_doubted(count: int, seconds: float) -> None:
    room, kernel = numbered()
    kernel.loses(count)
    kernel.says()
    room.wait(seconds)
    assert room.record("w").knowledge is Knowledge.DIRTY
    assert "lost" in room.record("w").dirty_because
    assert not room.broker._parts.comms.registry.complete
    assert lost(room) == count


def test_numbers_without_a_gap_doubt_nothing() -> None:
    room, kernel = numbered()
    for _ in range(50):
        kernel.says()
        kernel.says("execute_reply", {}, channel="shell")
    room.wait(10.0)
    assert (lost(room), room.record("w").knowledge) == (0, Knowledge.CLEAN)


def test_replies_and_questions_on_every_channel_count() -> None:
    room, kernel = numbered()
    for channel in ("shell", "control", "stdin"):
        kernel.says("of_any_type", {}, channel=channel)
        kernel.says()
    room.wait(10.0)
    assert lost(room) == 0


def test_what_answers_our_own_questions_leaves_no_gap() -> None:
    room, kernel = numbered()
    ours = {"msg_id": "ours", "session": room.broker._parts.author.session}
    for _ in range(40):
        kernel.says("status", {"execution_state": "idle"}, ours)
    kernel.says()
    room.wait(10.0)
    assert lost(room) == 0


def test_replies_to_clients_past_us_are_no_loss() -> None:
    room, kernel = numbered()
    for msg_type in ("execute_request", "kernel_info_request", "comm_msg", "execute_request"):
        kernel.works_for_somebody_else(msg_type)
    kernel.says()
    room.wait(10.0)
    assert lost(room) == 0


def test_a_loss_beside_such_a_reply_is_one() -> None:
    room, kernel = numbered()
    kernel.works_for_somebody_else()
    kernel.loses()
    kernel.works_for_somebody_else()
    room.wait(10.0)
    assert lost(room) == 1


def test_in_a_flood_of_losses_the_kernel_is_not_doubted_again_for_each() -> None:
    room, kernel = numbered()
    for _ in range(100):
        kernel.loses(50)
        kernel.says()
    warned = [line for line in room.log if "never came" in line.text]
    assert len(warned) == 1
    room.wait(0.25)
    assert lost(room) == 5_000


@pytest.mark.parametrize("msg_id", ["", "5f1c2e", "a-b-c", "s_x", "_7", "s_9_" + "1" * 19, "s_9_²"])
def test_ids_without_a_number_say_nothing(msg_id: str) -> None:
    room = Room()
    room.kernel.opens("w", STATE)
    header = {"msg_id": msg_id, "msg_type": "status", "session": "kernel"}
    parts = [dumps(header), b"{}", b"{}", dumps({"execution_state": "idle"})]
    for _ in range(2):
        room.broker.kernel_sent(Message("iopub", parts), room.now)
    room.wait(10.0)
    assert lost(room) == room.broker._parts.ledger.counters["faults"] == 0


def test_what_a_kernel_relays_of_others_is_not_followed() -> None:
    room, kernel = numbered()
    relayed = Numbered.__new__(Numbered)
    relayed.room, relayed.session, relayed.number = room, "engine", 0
    for _ in range(5):
        relayed.loses(100)
        relayed.says("comm_msg", {"comm_id": "w", "data": {}})
        kernel.says()
    room.wait(10.0)
    assert lost(room) == 0


def test_sessions_are_bounded() -> None:
    room = Room()
    for session in range(3 * MOST_SESSIONS):
        Numbered(room, f"s{session}")
    kernel = Numbered(room)
    kernel.loses(100)
    kernel.says()
    assert lost(room) == 100


def test_another_process_begins_anew() -> None:
    room, kernel = numbered()
    kernel.loses()
    kernel.says()
    room.broker.kernel_restarted(room.now)
    room.wait(10.0)
    assert lost(room) == 0


def test_a_flood_of_a_kernel_without_numbers_is_doubt_enough() -> None:
    room = Room(numbers=False)
    room.kernel.opens("w", STATE)
    room.broker.kernel_flooded(room.now)
    room.settle()
    assert room.broker._parts.ledger.counters["receive_limit_reached"] == 1
    assert room.record("w").knowledge is Knowledge.DIRTY
    assert "comm_info_request" in [m.header.msg_type for m in room.for_kernel()]
    # The log hears of it once, however long the flood is.
    room.broker.kernel_flooded(room.now)
    room.settle()
    assert len([line for line in room.log if "more than is kept" in line.text]) == 1


def test_a_flood_of_a_kernel_that_numbers_is_counted_and_nothing_is_doubted() -> None:
    room, _ = numbered()
    room.broker.kernel_flooded(room.now)
    room.settle()
    assert room.broker._parts.ledger.counters["receive_limit_reached"] == 1
    assert room.record("w").knowledge is Knowledge.CLEAN
