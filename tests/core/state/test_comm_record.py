"""What is known of one comm."""

from __future__ import annotations

from jupyter_comm_broker.core.state.comm_record import CommRecord, Side


def test_who_uses_a_comm_does_not_refuse_it() -> None:
    record = CommRecord("c", "jupyter.widget", Side.KERNEL, 0.0)
    record.mark_refused("a")
    record.mark_refused("b")
    record.mark_used("a")
    assert (record.used_by, record.refused_by) == ({"a"}, {"b"})


def test_a_comm_is_a_widget_by_its_target() -> None:
    targets = ["jupyter.widget", "jupyter.widget.control", ""]
    records = [CommRecord("c", target, Side.KERNEL, 0.0) for target in targets]
    assert [record.is_widget for record in records] == [True, False, False]
