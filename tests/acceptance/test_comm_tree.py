"""Many models that refer to each other: whoever comes later gets them whole and in order."""

import base64
import re

from jupyter_comm_broker.testing.page import Page
from jupyter_comm_broker.testing.restore import by_control
from jupyter_comm_broker.testing.server import Server
from jupyter_comm_broker.testing.widgets import put_buffers

TREE = """
import ipywidgets as widgets
def tree(depth):
    if not depth:
        return widgets.Image(value=b"png")
    return widgets.VBox([tree(depth - 1), tree(depth - 1)])
root = tree(6)
display(root)
"""
"""63 boxes and 64 images, each with a layout: 254 models."""

REFERENCE = re.compile(r"IPY_MODEL_([0-9a-f]+)")


async def test_every_reference_in_a_snapshot_names_a_model_sent_before(
    server: Server, kernel_id: str
) -> None:
    """Stock passes too while the kernel is idle."""
    async with Page(server, kernel_id) as first:
        await first.kernel_info()
        await first.run(TREE)
        async with Page(server, kernel_id) as page:
            assert await by_control(page)
        assert len(page.widgets.models) == 254
        sent: set[str] = set()
        for comm_id, entry in page.widgets.restored[0].data["states"].items():
            assert set(REFERENCE.findall(str(entry["state"]))) <= sent
            sent.add(comm_id)
        assert {i: m.state for i, m in page.widgets.models.items()} == {
            i: m.state for i, m in first.widgets.models.items()
        }


async def test_rest_shows_any_one_of_them_with_state_and_buffers(
    server: Server, kernel_id: str
) -> None:
    async with Page(server, kernel_id) as page:
        await page.kernel_info()
        await page.run(TREE)
        comms = await server.comms(kernel_id)
        assert list(comms) == [m.comm_id for m in page.received if m.type == "comm_open"]
        for comm_id, model in list(page.widgets.models.items())[::25]:
            comm = await server.get(f"/api/kernels/{kernel_id}/comms/{comm_id}")
            found = put_buffers(
                comm["state"],
                [buffer["path"] for buffer in comm["buffers"]],
                [base64.b64decode(buffer["data"]) for buffer in comm["buffers"]],
            )
            assert found == model.state
            assert comm["knowledge"] == "clean"
            for child in comm["references"]:
                assert comm_id in comms[child]["parents"]


async def test_a_child_put_into_an_older_box_is_in_the_snapshot_too(
    server: Server, kernel_id: str
) -> None:
    async with Page(server, kernel_id) as first:
        await first.kernel_info()
        await first.run(TREE)
        await first.run("root.children = [*root.children, widgets.Label('late')]")
        async with Page(server, kernel_id) as page:
            assert await by_control(page)
        states = {i: m.state for i, m in page.widgets.models.items()}
        assert set(REFERENCE.findall(str(states))) <= set(states)
        assert page.widgets.only("LabelModel").state["value"] == "late"
