"""``jupyter comms save``: a run that no page saw is in its notebook, and nbconvert shows it."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import nbformat
from nbconvert import HTMLExporter

from jupyter_comm_broker.testing.server import Server

from .cli import comms
from .notebook_page import NotebookPage

CELL = """
import ipywidgets
from IPython.display import display
slider, unseen = ipywidgets.IntSlider(41), ipywidgets.Label("not shown")
secret = ipywidgets.Password(value="hunter2")
out = ipywidgets.Output()
with out:
    display(ipywidgets.HTML("<b>inside</b>"))
display(ipywidgets.VBox([slider, secret, out]))
slider.value += 1
print("moved")
"""


async def put(server: Server, path: str, kernel_id: str) -> None:
    """Make a notebook with the cell, and a session for it."""
    cell = {"cell_type": "code", "id": "the-cell", "metadata": {}, "source": CELL}
    cells = [{**cell, "execution_count": None, "outputs": []}]
    content = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}
    body = {"type": "notebook", "format": "json", "content": content}
    assert (await server.ask("PUT", f"/api/contents/{quote(path)}", body)).status == 201
    session = {"path": path, "type": "notebook", "name": "", "kernel": {"id": kernel_id}}
    assert (await server.ask("POST", "/api/sessions", session)).status == 201


async def read(server: Server, path: str) -> Any:
    content = (await server.get(f"/api/contents/{quote(path)}"))["content"]
    return nbformat.from_dict(content)  # type: ignore[no-untyped-call]


async def test_a_run_that_no_page_saw_is_saved_with_its_widgets(
    server: Server, kernel_id: str
) -> None:
    path = f"{kernel_id[:8]} run.ipynb"
    await put(server, path, kernel_id)
    async with NotebookPage(server, kernel_id) as page:
        msg_id, _ = await page.runs(CELL, "the-cell")
        await page.ended(msg_id)
    ended = await comms(server, "save", path, "--outputs", "--dry-run", "--json")
    assert ended.code == 0, ended
    told = ended.json
    assert (told["cells"], told["missing"], told["saved"]) == (1, [], False)
    assert (await read(server, path)).cells[0].outputs == []

    told = (await comms(server, "save", path, "--outputs", "--json")).json
    assert (told["cells"], told["saved"]) == (1, True)
    notebook = await read(server, path)
    nbformat.validate(notebook)
    (cell,) = notebook.cells
    assert cell.execution_count == 1
    assert [each.output_type for each in cell.outputs] == ["display_data", "stream"]
    document = notebook.metadata.widgets["application/vnd.jupyter.widget-state+json"]
    models = {each.model_name: each.state for each in document.state.values()}
    assert models["IntSliderModel"].value == 42
    assert models["HTMLModel"].value == "<b>inside</b>"
    assert "LabelModel" not in models
    assert "hunter2" not in str(document)
    page_of_it, _ = HTMLExporter().from_notebook_node(notebook)  # type: ignore[no-untyped-call]
    assert "application/vnd.jupyter.widget-state+json" in page_of_it

    again = await comms(server, "save", path, "--outputs", "--json")
    assert again.json["saved"] is False
