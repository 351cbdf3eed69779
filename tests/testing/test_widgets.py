"""A page's picture of its widgets follows the kernel, by ipywidgets' own rules."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from jupyter_comm_broker.testing.message import Message
from jupyter_comm_broker.testing.widgets import WIDGET, Widgets, put_buffers


class Shown:
    """The widgets of a page, what it sent, and a kernel that a test speaks for."""

    def __init__(self, build_seconds: float = 0.0) -> None:
        self.sent: list[tuple[str, dict[str, Any], str]] = []
        self.widgets = Widgets(self._tell, [WIDGET], build_seconds)

    async def _tell(self, msg_type: str, content: dict[str, Any], msg_id: str) -> None:
        self.sent.append((msg_type, content, msg_id))

    async def hears(
        self, msg_type: str, content: Any, parent: str = "", buffers: tuple[bytes, ...] = ()
    ) -> None:
        message = Message(
            channel="iopub",
            header={"msg_type": msg_type, "msg_id": "m"},
            parent={"msg_id": parent},
            metadata={},
            content=content,
            buffers=buffers,
            at=0.0,
            binary=True,
        )
        await self.widgets.heard(message)

    async def opens(self, comm_id: str = "c", target: str = WIDGET, **state: Any) -> None:
        data = {"state": state, "buffer_paths": []}
        await self.hears("comm_open", {"comm_id": comm_id, "target_name": target, "data": data})

    async def says(self, method: str, parent: str = "", **state: Any) -> None:
        data = {"method": method, "state": state}
        await self.hears("comm_msg", {"comm_id": "c", "data": data}, parent)

    async def restores(self, **states: dict[str, Any]) -> None:
        self.widgets.control = "control"
        entries = {comm_id: {"state": state} for comm_id, state in states.items()}
        data = {"method": "update_states", "states": entries}
        await self.hears("comm_msg", {"comm_id": "control", "data": data})


async def test_a_widget_is_opened_moved_and_closed() -> None:
    shown = Shown()
    await shown.opens(value=1, _model_name="AModel")
    await shown.says("update", value=2)
    assert shown.widgets["c"] == {"value": 2, "_model_name": "AModel"}
    assert shown.widgets.values() == {"c": 2}
    assert shown.widgets.only("AModel").shown == [("value", 2)]
    await shown.hears("comm_close", {"comm_id": "c", "data": {}})
    assert (shown.widgets.models["c"].live, shown.widgets.closed) == (False, ["c"])


async def test_an_unknown_target_is_refused() -> None:
    shown = Shown()
    await shown.opens("x", "unknown")
    assert shown.widgets.refused == ["x"]
    ((msg_type, content, _),) = shown.sent
    assert (msg_type, content["comm_id"]) == ("comm_close", "x")


async def test_an_echo_waits_for_that_of_the_pages_own_update() -> None:
    shown = Shown()
    await shown.opens(value=0)
    await shown.widgets.set("c", value=5)
    own = shown.sent[-1][2]
    await shown.says("echo_update", "another", value=3)
    assert shown.widgets["c"]["value"] == 5
    await shown.says("echo_update", own, value=5)
    await shown.says("echo_update", "another", value=4)
    assert shown.widgets["c"]["value"] == 4


async def test_one_update_of_a_model_is_under_way_at_a_time() -> None:
    shown = Shown()
    await shown.opens(value=0)
    for value in (1, 2, 3):
        await shown.widgets.set("c", value=value)
    assert [content["data"]["state"] for _, content, _ in shown.sent] == [{"value": 1}]
    await shown.hears("status", {"execution_state": "idle"}, shown.sent[0][2])
    assert [content["data"]["state"] for _, content, _ in shown.sent] == [
        {"value": 1},
        {"value": 3},
    ]


async def test_all_states_come_at_once_and_what_comes_for_none_is_counted() -> None:
    shown = Shown()
    await shown.says("update", value=1)
    await shown.restores(a={"value": 1}, b={"value": 2})
    assert (shown.widgets.values(), shown.widgets.lost) == ({"a": 1, "b": 2}, 1)
    assert (shown.widgets.control, len(shown.widgets.restored)) == ("", 1)


async def test_models_that_take_long_to_build_are_built_later_or_never() -> None:
    shown = Shown(build_seconds=0.01)
    await shown.restores(a={"value": 1})
    assert shown.widgets.values() == {}
    await asyncio.sleep(0.05)
    assert shown.widgets.values() == {"a": 1}
    patient = Shown(build_seconds=60)
    await patient.restores(a={"value": 1})
    patient.widgets.build()
    await patient.restores(b={"value": 1})
    patient.widgets.dispose()
    assert patient.widgets.values() == {"a": 1}


async def test_buffers_are_put_in_their_places() -> None:
    shown = Shown()
    data = {"state": {"a": {}, "b": [None]}, "buffer_paths": [["a", "x"], ["b", 0]]}
    content = {"comm_id": "c", "target_name": WIDGET, "data": data}
    await shown.hears("comm_open", content, buffers=(b"1", b"2"))
    assert shown.widgets["c"] == {"a": {"x": b"1"}, "b": [b"2"]}
    with pytest.raises(ValueError, match="1 paths for 0 buffers"):
        put_buffers({}, [["a"]], [])
