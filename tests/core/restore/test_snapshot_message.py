"""All states in one message, of the shape that pages read."""

from __future__ import annotations

from jupyter_comm_broker.core.restore.snapshot_message import collect
from jupyter_comm_broker.core.state.comm_record import CommRecord, Side
from jupyter_comm_broker.core.state.widget_state import WidgetState
from jupyter_comm_broker.protocol.json_text import loads
from jupyter_comm_broker.protocol.widget import ModelName


def record(comm_id: str, state: WidgetState | None, target: str = "jupyter.widget") -> CommRecord:
    found = CommRecord(comm_id, target, Side.KERNEL, 0.0)
    found.state = state
    found.model = ModelName("N", "M", "1.0")
    return found


def test_states_paths_and_buffers_are_in_the_order_of_the_comms() -> None:
    lacking = record("unknown", None)
    snapshot = collect(
        "control",
        [
            record("b", WidgetState(b'{"x":{}}', [["x", "y"]], [b"1"])),
            lacking,
            record("other", WidgetState(b"{}"), target="other"),
            record('a"', WidgetState(b'{"v":1}', [["raw"]], [b"2"])),
        ],
        {'a"': {"v": b"5"}},
    )
    named = {"model_name": "N", "model_module": "M", "model_module_version": "1.0"}
    content = loads(snapshot.content)
    data = content["data"]
    assert content["comm_id"] == "control"
    assert data == {
        "method": "update_states",
        "states": {"b": {**named, "state": {"x": {}}}, 'a"': {**named, "state": {"v": 5}}},
        "buffer_paths": [["b", "state", "x", "y"], ['a"', "state", "raw"]],
    }
    assert list(data["states"]) == ["b", 'a"']
    assert snapshot.buffers == [b"1", b"2"]
    assert [each.comm_id for each in snapshot.records] == ["b", 'a"']
    assert snapshot.stateless == [lacking]


def test_without_widgets_it_is_empty() -> None:
    assert loads(collect("control", [], {}).content)["data"] == {
        "method": "update_states",
        "states": {},
        "buffer_paths": [],
    }
