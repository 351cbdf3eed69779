"""A reader that lags gets fewer changes of state, never fewer of anything else, or is told so."""

from __future__ import annotations

from typing import Any

from jupyter_comm_broker.events.event import Event, EventFilter, Wanted
from jupyter_comm_broker.events.subscription import Subscription, resync
from jupyter_comm_broker.protocol.json_text import dumps_strictly, loads

MOST = 40_000
EVERYTHING = 1 << 40


class Story:
    """What happens to a reader."""

    def __init__(self, most: int = MOST) -> None:
        self.news = 0
        self.reader = Subscription(Wanted(EventFilter()), most, self.noticed)
        self.number = 0

    def noticed(self) -> None:
        self.news += 1

    def happens(self, kind: str, comm_id: str = "c", **facts: Any) -> None:
        self.number += 1
        change = None
        if kind == "state":
            change = facts = {
                "whole": False,
                "attributes": facts,
                "buffers": [],
                "omitted": [],
                "redacted": [],
                "merged": 0,
            }
        text = dumps_strictly(facts)
        self.reader.offer(Event(self.number, kind, "k", comm_id, "t", text, change))

    def fills(self) -> None:
        """Let so much wait that changes are merged from now on."""
        self.happens("message", "other", pad="x" * (MOST // 4))

    def told(self) -> list[tuple[str, int, Any]]:
        return [(e.type, e.number, loads(e.text)) for e in self.reader.take(EVERYTHING)]


def test_a_reader_that_keeps_up_gets_each_change() -> None:
    story = Story()
    for value in range(5):
        story.happens("state", value=value)
    assert [facts["attributes"]["value"] for _, _, facts in story.told()] == [0, 1, 2, 3, 4]
    assert (story.reader.merged, story.news) == (0, 5)


def test_one_that_lags_gets_the_latest_of_each_attribute_in_the_newest_place() -> None:
    story = Story()
    story.fills()
    story.happens("state", a=1)
    story.happens("state", "d", a=1)
    story.happens("message", pad="x")
    story.happens("state", a=2, b=1)
    story.happens("state", b=2)
    told = story.told()
    assert [(kind, number) for kind, number, _ in told] == [
        ("message", 1),
        ("state", 3),
        ("message", 4),
        ("state", 6),
    ]
    assert told[-1][2]["attributes"] == {"a": 2, "b": 2}
    assert told[-1][2]["merged"] == story.reader.merged == 2


def test_no_change_is_merged_across_the_life_of_its_comm() -> None:
    story = Story()
    story.fills()
    for kind in ("state", "closed", "opened", "state", "state"):
        story.happens(kind)
    assert [kind for kind, _, _ in story.told()] == [
        *("message", "state", "closed", "opened", "state")
    ]


def test_what_was_taken_is_not_merged_into() -> None:
    story = Story()
    story.fills()
    story.happens("state", a=1)
    first = story.reader.take(EVERYTHING)
    story.fills()
    story.happens("state", b=1)
    (_, _, facts) = story.told()[-1]
    assert (len(first), facts["attributes"]) == (2, {"b": 1})


def test_past_the_bound_all_that_waits_is_given_up_and_the_reader_told_so_once() -> None:
    story = Story()
    for _ in range(10):
        story.happens("message", pad="x" * MOST)
        assert story.reader.bytes < MOST
    story.happens("closed")
    (first, second) = story.told()
    assert first[:2] == ("resync", 10)
    assert f"events_kept_bytes = {MOST}" in first[2]["reason"]
    assert second[:2] == ("closed", 11)
    assert (story.reader.resyncs, story.reader.bytes) == (10, 0)


def test_it_is_taken_in_portions_of_at_least_one() -> None:
    story = Story()
    for _ in range(3):
        story.happens("opened")
    assert [e.number for e in story.reader.take(1)] == [1]
    assert [e.number for e in story.reader.take(EVERYTHING)] == [2, 3]
    assert story.reader.take(EVERYTHING) == []


def test_the_end_lets_what_waits_be_read() -> None:
    story = Story()
    story.happens("opened")
    story.reader.end()
    story.happens("closed")
    over = [story.reader.over]
    assert [kind for kind, _, _ in story.told()] == ["opened"]
    assert [*over, story.reader.over] == [False, True]
    assert story.news == 2


def test_a_resync_gives_its_reason() -> None:
    assert loads(resync(1, "why").text) == {"reason": "why"}
