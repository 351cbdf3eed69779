"""What happened becomes events in the same order, each state told once for a batch."""

from __future__ import annotations

from typing import Any

from jupyter_comm_broker.core.state.changes import KernelChange
from jupyter_comm_broker.events.event import EventFilter
from jupyter_comm_broker.events.event_writer import EventWriter
from jupyter_comm_broker.events.journal import Journal
from jupyter_comm_broker.protocol.alias import alias
from jupyter_comm_broker.protocol.json_text import loads
from tests.core.room import Room

STATE = {"_model_name": "N", "_model_module": "m", "value": 1}


class Story:
    """A room whose changes are written down as one batch when a test asks for it."""

    def __init__(self, *, traffic: bool = True) -> None:
        self.room = Room()
        self.room.broker._parts.comms.changes.want_traffic()
        self.room.happened.clear()
        self.journal = Journal("cafe", 1000, 1 << 30)
        self.journal.note_traffic(traffic)
        self.reader = self.journal.subscribe(EventFilter(), None, lambda: None)
        self._writer = EventWriter(self.journal, 1000)

    def told(self, happened: list[KernelChange] | None = None) -> list[tuple[str, Any]]:
        batch = self.room.happened if happened is None else happened
        self._writer.write("k", self.room.broker, list(batch), self.room.now)
        self.room.happened.clear()
        return [(each.type, loads(each.text)) for each in self.reader.take(1 << 30)]


def test_a_comms_life_is_told_with_all_that_is_known_of_it() -> None:
    story = Story()
    page = story.room.page("a")
    story.room.kernel.opens("c", STATE)
    page.updates("c", {"value": 2})
    page.closes("c")
    told = story.told()
    assert [kind for kind, _ in told] == [
        *("attached", "opened", "message", "state", "message", "message", "closed")
    ]
    opened = told[1][1]
    assert opened["model"] == {"name": "N", "module": "m", "version": ""}
    assert (opened["opened_by"], opened["kernel_id"]) == ("kernel", "k")
    assert told[-1][1]["by"] == "frontend"
    assert told[4][1]["direction"] == "from_frontend"
    assert told[4][1]["session_id"] == alias("a")
    assert told[2][1]["direction"] == "from_kernel"
    assert told[2][1]["session_id"] is None
    assert told[2][1]["msg_type"] == "comm_open"


def test_changes_of_one_batch_are_told_as_one_in_the_place_of_the_last() -> None:
    story = Story()
    story.room.kernel.opens("c", STATE)
    story.room.kernel.opens("d", STATE)
    story.told()
    for value in (2, 3):
        story.room.kernel.updates("c", {"value": value})
        story.room.kernel.updates("d", {"other": value})
    story.room.kernel.updates("c", {"more": 1})
    states = [(kind, facts) for kind, facts in story.told() if kind == "state"]
    first, second = (facts for _, facts in states)
    assert (first["comm_id"], first["attributes"], first["merged"]) == ("d", {"other": 3}, 1)
    assert second["attributes"] == {"more": 1, "value": 3}
    assert (second["comm_id"], second["merged"], second["whole"]) == ("c", 2, False)


def test_a_whole_state_makes_the_change_whole() -> None:
    story = Story()
    story.room.kernel.opens("c", STATE)
    story.room.kernel.updates("c", {"value": 2})
    (facts,) = [facts for kind, facts in story.told() if kind == "state"]
    assert facts["whole"] is True
    assert facts["attributes"] == {**STATE, "value": 2}


def test_traffic_that_others_want_is_not_told() -> None:
    story = Story(traffic=False)
    story.room.kernel.opens("c", STATE)
    story.room.kernel.updates("c", {"value": 2})
    assert [kind for kind, _ in story.told()] == ["opened"]


def test_a_restart_a_farewell_and_the_end_are_told_apart() -> None:
    story = Story()
    broker = story.room.broker
    broker.kernel_restarted(0.0)
    broker.kernel_restarting(0.0, "dead")
    story.room.kernel.publishes("shutdown_reply", {"restart": False})
    broker.link_closed(0.0)
    story.room.settle()
    states = [facts["state"] for kind, facts in story.told() if kind == "kernel"]
    assert states == ["restarted", "dead", "stopped", "gone"]


def test_who_reads_one_kernel_reads_no_more_when_it_is_gone() -> None:
    story = Story()
    reader = story.journal.subscribe(EventFilter(kernel="k"), None, lambda: None)
    story.room.broker.kernel_restarted(0.0)
    story.room.settle()
    story.told()
    ended = [reader.ended]
    story.room.broker.link_closed(0.0)
    story.room.settle()
    story.told()
    assert [*ended, reader.ended] == [False, True]
