"""What the broker gave from its mirror is checked with the kernel, and what it cannot know too."""

from __future__ import annotations

import json
import struct
import uuid
from itertools import accumulate

import pytest

from jupyter_comm_broker.testing.page import Page
from jupyter_comm_broker.testing.restore import restore
from jupyter_comm_broker.testing.server import Server
from jupyter_comm_broker.testing.widgets import WIDGET

from .flooded import eventually

TABLE = """
import ipywidgets as widgets, traitlets
class Table(widgets.Widget):
    _model_name = traitlets.Unicode("TableModel").tag(sync=True)
    _model_module = traitlets.Unicode("tables").tag(sync=True)
    _model_module_version = traitlets.Unicode("1.0.0").tag(sync=True)
    rows = traitlets.Dict().tag(sync=True)
    taken = traitlets.Int(
        0, help="refuses without a word"
    ).tag(sync=True, from_json=lambda value, widget: 0)
table = Table(rows={"a": 1})
"""

TEXT = {
    "_model_module": "@jupyter-widgets/controls",
    "_model_module_version": "2.0.0",
    "_model_name": "TextModel",
    "_view_module": "@jupyter-widgets/controls",
    "_view_module_version": "2.0.0",
    "_view_name": "TextView",
    "value": "opened by a page",
}

MADE = """
from ipywidgets.widgets import widget
made = widget._instances[{comm_id!r}]._trait_values
import json
print(json.dumps([made[k].comm.comm_id for k in ("layout", "style") if made.get(k) is not None]))
"""


async def test_a_reload_shows_what_no_message_told(server: Server, kernel_id: str) -> None:
    """Stock asks the kernel at each reload. The broker answers at once, and then asks as well."""
    async with Page(server, kernel_id) as there:
        await there.run(TABLE)
        await there.run("table.rows['a'] = 2")
        async with Page(server, kernel_id) as page:
            assert (await restore(page)).by == "control"
            for each in (there, page):
                shown = each.widgets.only("TableModel").state
                await each.shows(lambda shown=shown: shown["rows"] == {"a": 2})  # type: ignore[misc]


async def test_a_value_that_the_kernel_refuses_without_a_word_does_not_stay(
    server: Server, kernel_id: str
) -> None:
    async with Page(server, kernel_id) as page, Page(server, kernel_id) as other:
        await page.run(TABLE)
        table = page.widgets.only("TableModel")
        data = {"method": "update", "state": {"taken": 5}, "buffer_paths": []}
        await page.idle(await page.send("comm_msg", {"comm_id": table.comm_id, "data": data}))
        path = f"/api/kernels/{kernel_id}/comms/{table.comm_id}/state"

        async def is_known() -> bool:
            body = (await server.ask("GET", path)).body
            assert body["state"]["taken"] == 0 or body["knowledge"] == "dirty"
            return bool(body["knowledge"] == "clean" and body["state"]["taken"] == 0)

        await eventually(is_known)
        await other.shows(lambda: other.widgets.only("TableModel").state["taken"] == 0)


async def test_rest_can_ask_the_kernel_and_find_what_was_closed_past_the_server(
    server: Server, kernel_id: str
) -> None:
    async with Page(server, kernel_id) as page:
        await page.run(TABLE)
        await page.run("table.rows['a'] = 3")
        comm_id = page.widgets.only("TableModel").comm_id
        path = f"/api/kernels/{kernel_id}/comms/{comm_id}/state"
        before = (await server.ask("GET", path)).body
        after = (await server.ask("GET", f"{path}?verify=true")).body
        assert (before["state"]["rows"], after["state"]["rows"]) == ({"a": 1}, {"a": 3})
        assert before["checked_at"] < after["checked_at"]
        # As a client does that is connected to the kernel itself: the kernel tells nobody.
        await page.run("get_ipython().kernel.comm_manager.comms.pop(table.comm.comm_id)")
        gone = await server.ask("GET", f"{path}?verify=true")
        assert (gone.status, gone.body["reason"]) == (410, "CommClosedError")


@pytest.mark.parametrize("version", [7, 6], ids=["ipykernel 7", "ipykernel 6"])
async def test_all_pages_hear_of_what_the_kernel_makes_for_a_widget_of_a_page(
    server: Server, version: int, request: pytest.FixtureRequest
) -> None:
    """The kernel makes layout and style when it is asked for the state: by us, on the broker."""
    name = "python3"
    if version == 6:
        name = server.add_kernel("six", python=request.getfixturevalue("ipykernel6_python"))
    kernel_id = server.start_kernel(name)
    async with Page(server, kernel_id) as page, Page(server, kernel_id) as other:
        await page.run("import ipywidgets")
        comm_id = uuid.uuid4().hex
        data = {"state": TEXT, "buffer_paths": []}
        opening = {"comm_id": comm_id, "target_name": WIDGET, "data": data}
        sent = await page.send("comm_open", opening, metadata={"version": "2.1.0"})
        await page.idle(sent)
        for each in (page, other):
            await each.until(lambda m: m.type == "comm_open" and "Style" in str(m.content))
        made = json.loads(await page.run(MADE.format(comm_id=comm_id)))
        assert len(made) == 2
        for each in (page, other):
            opened = [m.comm_id for m in each.received if m.type == "comm_open"]
            assert [opened.count(comm_id) for comm_id in made] == [1, 1]
            assert not [m for m in each.received if "No such comm" in str(m.content)]
        async with Page(server, kernel_id) as back:
            await restore(back)
            assert {comm_id, *made} <= back.widgets.models.keys()


async def test_a_cell_that_the_kernel_drops_does_not_end_the_checks(
    server: Server, kernel_id: str
) -> None:
    """Stock asks the kernel at each reload, whatever was dropped before."""
    async with Page(server, kernel_id) as page:
        await page.run(TABLE)
        header = {"msg_id": "dropped", "msg_type": "execute_request", "session": page.session_id}
        # Its content is no JSON, so the kernel says nothing about it.
        parts = [b"shell", json.dumps(header).encode(), b"{}", b"{}", b"{"]
        offsets = list(accumulate(map(len, parts), initial=8 * (len(parts) + 2)))
        frame = struct.pack(f"<{len(offsets) + 1}Q", len(offsets), *offsets) + b"".join(parts)
        await page.write(frame)
        await page.run("table.rows['a'] = 2")
        await page.reload()
        shown = page.widgets.only("TableModel").state
        await page.shows(lambda: shown["rows"] == {"a": 2})
