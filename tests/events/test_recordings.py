"""Messages are kept only while they are recorded, and no more of them than was asked for."""

from __future__ import annotations

from typing import Any

import pytest

from jupyter_comm_broker.core.state.changes import MessagePassed
from jupyter_comm_broker.core.state.comm_record import Side
from jupyter_comm_broker.errors import TooManyRecordingsError
from jupyter_comm_broker.events import recordings as module
from jupyter_comm_broker.events.recordings import Recordings, RecordingWish, Subject
from jupyter_comm_broker.protocol.alias import alias
from tests.core.room import Room
from tests.core.talker import Talker

ON, OFF = RecordingWish(on=True), RecordingWish(on=False)
COMM: Subject = ("comm", "c")
TARGET: Subject = ("target", "plot")


class Studio:
    """A room whose changes a recorder follows."""

    def __init__(self) -> None:
        self.room = Room()
        self.recordings = Recordings()

    def set(self, subject: Subject, wish: RecordingWish) -> None:
        self.recordings.set("k", self.room.broker, subject, wish, self.room.now)

    def read(self, subject: Subject) -> list[Any]:
        room = self.room
        self.recordings.happened("k", room.broker, room.happened, room.now)
        room.happened.clear()
        found = self.recordings.get("k", subject)
        return found.read(0, 1000) if found is not None else []

    @property
    def traffic(self) -> bool:
        return self.room.broker._parts.comms.changes.traffic


def test_both_sides_of_a_comm_are_recorded_while_it_is_on() -> None:
    studio = Studio()
    kernel, page = studio.room.kernel, studio.room.page("a")
    kernel.opens("c", target="plot")
    kernel.opens("other", target="plot")
    studio.set(COMM, ON)
    assert studio.traffic
    kernel.sends("c", {"from": "kernel"}, buffers=[b"123"])
    kernel.sends("other", {})
    page.sends("comm_msg", {"comm_id": "c", "data": {"from": "page"}})
    first, second = studio.read(COMM)
    assert (first["side"], first["session_id"], first["data"]) == (
        Side.KERNEL,
        "",
        {"from": "kernel"},
    )
    assert (first["buffers"], first["number"], first["target_name"]) == ([3], 1, "plot")
    assert (second["side"], second["session_id"], second["data"]) == (
        Side.FRONTEND,
        alias("a"),
        {"from": "page"},
    )
    studio.set(COMM, OFF)
    assert (studio.traffic, studio.read(COMM)) == (False, [])


def test_a_target_is_recorded_with_openings_and_closings_of_its_comms() -> None:
    studio = Studio()
    studio.set(TARGET, ON)
    studio.room.kernel.opens("c", target="plot")
    studio.room.kernel.closes("c")
    studio.room.kernel.opens("d", target="other")
    assert [m["msg_type"] for m in studio.read(TARGET)] == ["comm_open", "comm_close"]
    assert studio.traffic


def test_only_the_latest_are_kept_and_of_each_no_more_than_asked_for() -> None:
    studio = Studio()
    studio.room.kernel.opens("c", target="plot")
    studio.set(COMM, RecordingWish(on=True, messages=3, payload_bytes=10))
    for number in range(5):
        studio.room.kernel.sends("c", {"n": number})
    studio.room.kernel.sends("c", "ü" * 100)
    kept = studio.read(COMM)
    assert [m["number"] for m in kept] == [4, 5, 6]
    assert [m["data"] for m in kept] == [{"n": 3}, {"n": 4}, None]
    assert kept[2]["text"] == '"' + "ü" * 4
    found = studio.recordings.get("k", COMM)
    assert found is not None
    assert (found.view()["recorded"], found.view()["dropped"]) == (6, 3)
    assert [m["number"] for m in found.read(4, 1)] == [5]


def test_secrets_are_never_kept() -> None:
    studio = Studio()
    kernel = studio.room.kernel
    studio.set(("target", "jupyter.widget"), ON)
    kernel.opens("c", {"_model_name": "PasswordModel", "value": "hunter2"})
    kernel.updates("c", {"value": "hunter2"})
    kernel.opens("unknown", {"value": "hunter2"})
    kernel.updates("unknown", {"value": "hunter2"})
    kernel.opens("slider", {"_model_name": "IntSliderModel", "value": 3})
    kept = studio.read(("target", "jupyter.widget"))
    assert "hunter2" not in str(kept)
    assert [m["redacted"] for m in kept] == [True] * 4 + [False]
    assert kept[4]["data"]["state"]["value"] == 3


def test_a_closed_comm_is_recorded_no_longer() -> None:
    studio = Studio()
    kernel = studio.room.kernel
    kernel.opens("c", target="plot")
    kernel.opens("d", target="plot")
    for comm_id in ("c", "d"):
        studio.set(("comm", comm_id), ON)
    studio.read(COMM)
    kernel.closes("c")
    kernel.closes("d")
    assert studio.read(COMM) == []
    assert not studio.traffic


def test_what_runs_already_goes_on_unless_it_is_to_be_different() -> None:
    studio = Studio()
    studio.room.kernel.opens("c", target="plot")
    studio.set(COMM, ON)
    before = studio.recordings.get("k", COMM)
    studio.set(COMM, ON)
    assert studio.recordings.get("k", COMM) is before
    studio.set(COMM, RecordingWish(on=True, messages=1))
    assert studio.recordings.get("k", COMM) is not before
    studio.set(COMM, OFF)
    studio.set(COMM, OFF)
    assert not studio.traffic


def test_a_kernel_has_only_so_many_and_loses_them_with_its_end() -> None:
    studio = Studio()
    for number in range(module.MOST_RECORDINGS):
        studio.set(("target", str(number)), ON)
    with pytest.raises(TooManyRecordingsError):
        studio.set(TARGET, ON)
    studio.set(("target", "0"), OFF)
    studio.set(TARGET, ON)
    studio.recordings.kernel_gone("k")
    assert studio.recordings.get("k", TARGET) is None


def test_what_cannot_be_read_is_not_shown() -> None:
    studio = Studio()
    studio.room.kernel.opens("c", {"_model_name": "PasswordModel"})
    studio.set(COMM, ON)
    recording, record = studio.recordings.get("k", COMM), studio.room.record("c")
    assert recording is not None
    odd = Talker("kernel").write("iopub", "comm_msg", {"comm_id": "c", "data": {}})
    object.__setattr__(odd, "_comm", odd.comm.__class__("c", b'{"hunter2'))  # type: ignore[arg-type]
    recording.add(MessagePassed(record, Side.KERNEL, "", odd), "now")
    assert [m["data"] for m in recording.read(0, 9)] == ["[unreadable]"]
