"""What readers see of the core: the pictures that REST shows."""

from __future__ import annotations

from jupyter_comm_broker.inspection import snapshots
from jupyter_comm_broker.protocol.alias import alias
from tests.core.room import Room

STATE = {"_model_name": "N", "_model_module": "M", "_model_module_version": "1"}


def room() -> Room:
    found = Room()
    page = found.page("a")
    found.kernel.opens("child", STATE)
    found.kernel.opens(
        "box", {**STATE, "children": ["IPY_MODEL_child"]}, buffers=[b"xy"], paths=[["raw"]]
    )
    page.updates("child", {"_model_name": "N"})
    found.page("b").detach()
    found.wait(5.0)
    return found


def test_a_comm_is_shown_with_all_that_is_known_of_it() -> None:
    one = room()
    child, box = snapshots.comms("k", one.broker, one.now)
    record = one.record("child")
    assert child == {
        "kernel_id": "k",
        "comm_id": "child",
        "target_name": "jupyter.widget",
        "opened_by": "kernel",
        "opened_at": "1970-01-01T00:00:00+00:00",
        "last_activity": "1970-01-01T00:00:00+00:00",
        "age_seconds": 5.0,
        "idle_seconds": 5.0,
        "model": {"name": "N", "module": "M", "version": "1"},
        "caption": None,
        "parents": ["box"],
        "references": [],
        "frontends": [alias("a")],
        "messages": {"from_kernel": 1, "from_frontends": 1},
        "bytes": {
            "from_kernel": record.bytes_from_kernel,
            "from_frontends": record.bytes_from_frontends,
            "state": record.state.size if record.state else 0,
        },
        "knowledge": "clean",
        "checked_at": "1970-01-01T00:00:00+00:00",
        "dirty_because": None,
        "pending": True,
        "sequence": 1,
        "callback_errors": 0,
    }
    assert (box["references"], box["parents"], box["pending"]) == (["child"], [], False)


def test_only_the_comms_that_are_wanted_are_shown_with_all_their_parents() -> None:
    one = room()
    (child,) = snapshots.comms("k", one.broker, one.now, [one.record("child")])
    assert (child["comm_id"], child["parents"]) == ("child", ["box"])


def test_a_comm_of_which_nothing_is_known_is_shown_without_a_model() -> None:
    one = Room()
    one.kernel.sends("x", {})
    (shown,) = snapshots.comms("k", one.broker, one.now)
    assert (shown["knowledge"], shown["model"]) == ("unknown", None)


def test_a_page_that_refused_a_comm_is_not_among_its_frontends() -> None:
    one = Room()
    one.page("a")
    refuser = one.page("b")
    one.kernel.opens("w", STATE)
    refuser.closes("w")
    assert snapshots.comms("k", one.broker, one.now)[0]["frontends"] == [alias("a")]


def test_targets_are_shown_with_their_evidence() -> None:
    one = Room()
    one.page("a").opens("c", "t", {})
    assert snapshots.targets("k", one.broker) == [
        {
            "kernel_id": "k",
            "target_name": "t",
            "side": "frontend",
            "status": "known",
            "evidence": "a page opened a comm of it",
            "since": "1970-01-01T00:00:00+00:00",
            "comms": 1,
        }
    ]
