"""Readers of the journal miss nothing and get nothing twice, or are told to look for themselves."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from jupyter_comm_broker.events.event import Event, EventFilter
from jupyter_comm_broker.events.journal import Journal
from jupyter_comm_broker.events.subscription import Subscription
from jupyter_comm_broker.protocol.json_text import loads

EVERYTHING = 1 << 40
ALL = EventFilter()
LIVES = EventFilter(types=["opened", "closed"])


def journal(most_events: int = 100, most_bytes: int = EVERYTHING) -> Journal:
    made = Journal("cafe", most_events, most_bytes)
    made.note_traffic(True)
    return made


def change(**attributes: Any) -> dict[str, Any]:
    return {
        "whole": False,
        "attributes": attributes,
        "buffers": [],
        "omitted": [],
        "redacted": [],
        "merged": 0,
    }


def opens(log: Journal, comm_id: str = "c", kernel_id: str = "k", target: str = "t") -> None:
    log.add("opened", {}, kernel_id=kernel_id, comm_id=comm_id, target_name=target)


def subscribes(log: Journal, wanted: EventFilter = ALL, after: str | None = None) -> Subscription:
    return log.subscribe(wanted, after, lambda: None)


def numbers(reader: Subscription) -> list[int]:
    return [each.number for each in reader.take(EVERYTHING)]


def test_a_reader_gets_what_happens_from_then_on_in_order() -> None:
    log = journal()
    opens(log)
    reader = subscribes(log)
    opens(log)
    opens(log)
    assert numbers(reader) == [2, 3]
    assert numbers(reader) == []


def test_a_reader_that_comes_back_gets_what_followed() -> None:
    log = journal()
    for _ in range(5):
        opens(log)
    assert numbers(subscribes(log, after=log.id_of(2))) == [3, 4, 5]
    assert numbers(subscribes(log, after=log.id_of(5))) == []


def test_what_is_no_longer_kept_is_a_resync_that_names_the_limit() -> None:
    log = journal(most_events=3)
    for _ in range(5):
        opens(log)
    assert len(log) == 3
    assert numbers(subscribes(log, after=log.id_of(2))) == [3, 4, 5]
    (event,) = subscribes(log, after=log.id_of(1)).take(EVERYTHING)
    assert (event.type, event.number) == ("resync", 5)
    assert "CommBroker.events_kept = 3" in loads(event.text)["reason"]


def test_the_window_is_bounded_in_bytes_too() -> None:
    log = journal(most_events=EVERYTHING, most_bytes=2_000)
    for _ in range(100):
        opens(log)
    assert log.bytes <= 2_000
    assert 0 < len(log) < 10


def test_an_id_of_another_life_of_the_future_or_of_no_sense_is_a_resync() -> None:
    log = journal()
    opens(log)
    for after in ("beef-1", "cafe-2", "", "cafe-", "1", "cafe-1x", "cafe-" + "9" * 30):
        (event,) = subscribes(log, after=after).take(EVERYTHING)
        assert (event.type, event.number) == ("resync", 1), after
        assert "this server process" in loads(event.text)["reason"]


def test_traffic_can_only_be_resumed_from_where_it_was_noted_ever_since() -> None:
    log = Journal("cafe", 100, EVERYTHING)
    opens(log)
    log.note_traffic(True)
    opens(log)
    assert numbers(subscribes(log, after=log.id_of(1))) == [2]
    (event,) = subscribes(log, after=log.id_of(0)).take(EVERYTHING)
    assert event.type == "resync"
    # Lives are noted all the time.
    assert numbers(subscribes(log, LIVES, log.id_of(0))) == [1, 2]
    log.note_traffic(False)
    log.note_traffic(True)
    assert [e.type for e in subscribes(log, after=log.id_of(1)).take(EVERYTHING)] == ["resync"]


def test_a_reader_gets_only_what_it_wants() -> None:
    log = journal()
    wanted = [
        EventFilter(kernel="k1"),
        EventFilter(comm="c1"),
        EventFilter(target="t1"),
        EventFilter(types=["attached"]),
        EventFilter(target=""),
    ]
    readers = [subscribes(log, each) for each in wanted]
    opens(log, "c1", "k1", "t1")
    opens(log, "c1", "k2", "t2")
    log.add("attached", {}, kernel_id="k1")
    assert [numbers(each) for each in readers] == [[1, 3], [1, 2], [1], [3], []]


def test_who_reads_one_kernel_has_read_all_when_that_is_gone() -> None:
    log = journal()
    one, other = subscribes(log, EventFilter(kernel="k")), subscribes(log)
    opens(log)
    log.kernel_gone("k")
    over = [one.over, other.ended]
    assert numbers(one) == [1]
    assert [*over, one.over] == [False, False, True]


def test_the_end_ends_all_who_read_and_all_who_come() -> None:
    log, news = journal(), []
    reader = log.subscribe(ALL, None, lambda: news.append(1))
    opens(log)
    log.end()
    assert reader.ended
    assert len(news) == 2
    assert subscribes(log).over


def test_who_left_gets_nothing_and_its_resyncs_stay_counted() -> None:
    log = journal()
    opens(log)
    reader = subscribes(log, after="no")
    log.unsubscribe(reader)
    log.unsubscribe(reader)
    opens(log)
    assert (len(reader), log.readers, log.resyncs) == (1, [], 1)
    assert not log.traffic_wanted


def test_traffic_is_wanted_as_long_as_somebody_reads_it() -> None:
    log = journal()
    subscribes(log, LIVES)
    wanted = [log.traffic_wanted]
    reader = subscribes(log, EventFilter(types=["state"]))
    wanted.append(log.traffic_wanted)
    log.unsubscribe(reader)
    assert [*wanted, log.traffic_wanted] == [False, True, False]


@dataclass
class Reader:
    """A reader that notes what it has seen, and comes back with its last id."""

    subscription: Subscription
    begun: int
    seen: list[Event] = field(default_factory=list)
    resynced_at: list[int] = field(default_factory=list)
    last: int = 0

    def reads(self, most: int) -> None:
        for event in self.subscription.take(most):
            assert event.number > self.last or event.type == "resync"
            self.last = event.number
            if event.type == "resync":
                self.resynced_at.append(event.number)
            else:
                self.seen.append(event)


COMMS = st.sampled_from(["a", "b", "c"])


class ManyReaders(RuleBasedStateMachine):
    """Events happen, readers read at their own pace, leave, and come back."""

    def __init__(self) -> None:
        super().__init__()
        self.log = journal(most_events=40, most_bytes=12_000)
        self.all: list[tuple[int, str, str, dict[str, Any]]] = []
        self.readers: list[Reader] = []

    def added(self, kind: str, comm_id: str, facts: dict[str, Any]) -> None:
        self.log.add(kind, facts, kernel_id="k", comm_id=comm_id, target_name="t")
        self.all.append((self.log.number, kind, comm_id, facts))

    @rule(comm_id=COMMS, kind=st.sampled_from(["opened", "closed"]))
    def lives(self, comm_id: str, kind: str) -> None:
        self.added(kind, comm_id, {"pad": "x" * 50})

    @rule(comm_id=COMMS, size=st.sampled_from([1, 200, 3_000]))
    def tells(self, comm_id: str, size: int) -> None:
        self.added("message", comm_id, {"pad": "x" * size})

    @rule(
        comm_id=COMMS, key=st.sampled_from("pqr"), value=st.integers(0, 9), times=st.integers(1, 30)
    )
    def changes(self, comm_id: str, key: str, value: int, times: int) -> None:
        for _ in range(times):
            self.added("state", comm_id, change(**{key: value, "long": "x" * 50}))

    @rule()
    def subscribes(self) -> None:
        if len(self.readers) < 3:
            number = self.log.number
            reader = Reader(self.log.subscribe(ALL, None, lambda: None), number, last=number)
            self.readers.append(reader)

    @precondition(lambda self: self.readers)
    @rule(which=st.integers(0, 2), most=st.sampled_from([1, 1_000, EVERYTHING]))
    def reads(self, which: int, most: int) -> None:
        self.readers[which % len(self.readers)].reads(most)

    @precondition(lambda self: self.readers)
    @rule(which=st.integers(0, 2))
    def comes_back(self, which: int) -> None:
        reader = self.readers[which % len(self.readers)]
        self.log.unsubscribe(reader.subscription)
        after = self.log.id_of(reader.last)
        reader.subscription = self.log.subscribe(ALL, after, lambda: None)

    @precondition(lambda self: self.readers)
    @rule(which=st.integers(0, 2), most=st.sampled_from([1, 1_000, EVERYTHING]))
    def loses_what_was_written_and_comes_back(self, which: int, most: int) -> None:
        self.readers[which % len(self.readers)].subscription.take(most)
        self.comes_back(which)

    @invariant()
    def nothing_grows(self) -> None:
        assert len(self.log) <= 40
        assert self.log.bytes <= 12_000
        assert self.log.bytes == sum(each.size for each in self.log._window)
        for reader in self.readers:
            waiting = reader.subscription
            assert waiting.bytes <= 12_000
            assert waiting.bytes == sum(each.size for each in waiting._waiting.values())

    def teardown(self) -> None:
        for reader in self.readers:
            reader.reads(EVERYTHING)
            self.has_everything(reader)

    def has_everything(self, reader: Reader) -> None:
        since = max([reader.begun, *reader.resynced_at])
        expected = [each for each in self.all if each[0] > since]
        got = [each for each in reader.seen if each.number > since]
        # All but changes: each once, in order.
        assert [n for n, kind, *_ in expected if kind != "state"] == [
            each.number for each in got if each.type != "state"
        ]
        # Changes: what a reader knows at each event of a comm's life and at the end is the truth.
        assert self.known(expected) == self.known(
            [(e.number, e.type, e.comm_id, loads(e.text)) for e in got]
        )
        numbers = [each.number for each in reader.seen]
        assert numbers == sorted(set(numbers))

    @staticmethod
    def known(events: list[tuple[int, str, str, dict[str, Any]]]) -> list[Any]:
        pictures: list[Any] = []
        states: dict[str, dict[str, Any]] = {}
        for _, kind, comm_id, facts in events:
            if kind == "state":
                states.setdefault(comm_id, {}).update(facts["attributes"])
            elif kind in ("opened", "closed"):
                pictures.append((comm_id, states.pop(comm_id, {})))
        return [*pictures, states]


TestManyReaders = ManyReaders.TestCase
TestManyReaders.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
