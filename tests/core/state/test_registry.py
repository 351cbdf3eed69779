"""Which comms are open, in which order, and how the others ended."""

from __future__ import annotations

from collections import Counter

from jupyter_comm_broker.core.limits import Limits
from jupyter_comm_broker.core.pages.effects import Effects
from jupyter_comm_broker.core.state.changes import Changes
from jupyter_comm_broker.core.state.comm_record import CommRecord, Knowledge, Side
from jupyter_comm_broker.core.state.registry import Closing, Registry
from jupyter_comm_broker.core.state.retained import Retained

WIDGET = "jupyter.widget"


def registry(*comm_ids: str) -> Registry:
    found = Registry(2, Changes(), Retained({}, Limits(), Effects().note, Counter()))
    for comm_id in comm_ids:
        found.opened(comm_id, WIDGET, Side.KERNEL, 0.0)
    return found


def ids(found: Registry) -> list[str]:
    return [record.comm_id for record in found]


def record(found: Registry, comm_id: str) -> CommRecord:
    each = found.get(comm_id)
    assert each is not None
    return each


def test_comms_are_in_the_order_in_which_they_were_opened() -> None:
    found = registry("b", "a", "c")
    found.closed("a", Side.KERNEL, "over", 1.0)
    found.opened("b", WIDGET, Side.KERNEL, 2.0)
    assert (ids(found), len(found), "a" in found) == (["c", "b"], 2, False)


def test_a_comm_has_a_number_that_no_other_ever_has() -> None:
    found = registry("a", "b")
    found.closed("b", Side.KERNEL, "over", 1.0)
    found.opened("a", WIDGET, Side.KERNEL, 2.0)
    found.clear("the kernel was restarted", 3.0)
    found.opened("a", WIDGET, Side.KERNEL, 4.0)
    assert record(found, "a").number == 4


def test_how_a_comm_ended_is_remembered_for_the_latest() -> None:
    found = registry("a", "b", "c")
    for at, comm_id in enumerate("abc"):
        found.closed(comm_id, Side.FRONTEND, "over", float(at))
    assert [found.closing(comm_id) for comm_id in "abc"] == [
        None,
        Closing(1.0, Side.FRONTEND, "over"),
        Closing(2.0, Side.FRONTEND, "over"),
    ]
    assert (found.closed_since(2.0), found.closed_since(0.0)) == (["c"], ["b", "c"])


def test_a_comm_that_was_not_open_cannot_be_closed() -> None:
    found = registry()
    assert (found.closed("x", Side.KERNEL, "over", 0.0), found.closing("x")) == (None, None)


def test_a_comm_that_is_opened_again_did_not_end() -> None:
    found = registry("a")
    found.closed("a", Side.KERNEL, "over", 0.0)
    found.opened("a", WIDGET, Side.KERNEL, 1.0)
    assert found.closing("a") is None


def test_a_comm_that_was_there_before_us_is_of_unknown_target() -> None:
    found = registry("a")
    new = found.found("x", 1.0)
    assert (new.target_name, new.opened_by) == ("", Side.UNKNOWN)
    assert found.found("a", 1.0) is found.get("a")


def test_unknown_and_dirty_widgets_are_doubtful() -> None:
    found = registry("unknown", "clean", "dirty", "large")
    found.opened("other", "other target", Side.KERNEL, 0.0)
    for comm_id in ("clean", "dirty"):
        found.judge(record(found, comm_id), Knowledge.CLEAN)
    found.doubt(record(found, "dirty"), "first", {"a"})
    found.doubt(record(found, "dirty"), "second", {"b"})
    found.judge(record(found, "large"), Knowledge.TOO_LARGE)
    found.doubt(record(found, "large"), "too large to doubt")
    assert (found.doubtful, found.has_unknown) == ({"unknown", "dirty"}, True)
    assert (record(found, "dirty").dirty_because, record(found, "dirty").suspects) == (
        "first",
        {"a", "b"},
    )
    found.judge(record(found, "dirty"), Knowledge.CLEAN)
    found.closed("unknown", Side.KERNEL, "over", 1.0)
    assert (found.doubtful, found.has_unknown) == (set(), False)
    assert (record(found, "dirty").dirty_because, record(found, "dirty").suspects) == ("", None)


def test_a_comm_that_was_given_up_on_is_doubtful_again_when_it_is_doubted_again() -> None:
    found = registry("a")
    found.judge(record(found, "a"), Knowledge.CLEAN)
    found.doubt(record(found, "a"), "first")
    found.doubtful.clear()
    found.doubt(record(found, "a"), "again")
    assert found.doubtful == {"a"}


def test_a_new_process_has_none_of_them() -> None:
    found = registry("a", "b")
    found.found_all()
    assert found.clear("restarted", 1.0) == ["a", "b"]
    assert (ids(found), found.complete, found.doubtful) == ([], False, set())


def test_parents_are_who_refers_to_a_widget() -> None:
    found = registry("box", "tab", "child")
    record(found, "box").references = ("child", "layout")
    record(found, "tab").references = ("child",)
    assert found.parents() == {"child": ["box", "tab"], "layout": ["box"]}
    assert found.parents({"layout", "box"}) == {"layout": ["box"]}


def test_an_opening_that_comes_late_is_not_taken_for_another_comms() -> None:
    found = registry()
    first = found.opened("c", WIDGET, Side.FRONTEND, 0.0)
    found.awaits(first, "m1")
    found.closed("c", Side.FRONTEND, "so", 1.0)
    second = found.opened("c", WIDGET, Side.FRONTEND, 2.0)
    found.awaits(second, "m2")
    assert found.came_to("m1") is None
    assert not second.taken
    assert found.came_to("m2") is second
    assert second.taken
