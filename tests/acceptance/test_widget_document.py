"""A kernel's widget state document equals that of ipywidgets, and other programs can show it."""

import asyncio
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from jupyter_comm_broker.testing.page import Page
from jupyter_comm_broker.testing.server import Server

MEDIA_TYPE = "application/vnd.jupyter.widget-state+json"
VIEW_TYPE = "application/vnd.jupyter.widget-view+json"
SCRIPT = re.compile(
    r'<script type="application/vnd.jupyter.widget-(\w+)\+json">(.*?)</script>', re.S
)

WIDGETS = """
import ipywidgets as widgets, ipywidgets.embed, json
slider = widgets.IntSlider(7, description="Seven </script>")
image = widgets.Image(value=bytes(range(256)), format="png")
box = widgets.VBox([slider, image, widgets.HTML("<b>bold</b>")])
display(box)
"""

THEIRS = "print(json.dumps(widgets.Widget.get_manager_state(drop_defaults=False)))"


async def document(server: Server, kernel_id: str, query: str = "") -> dict[str, Any]:
    answer = await server.ask(
        "GET", f"/api/kernels/{kernel_id}/comms{query}", accept=f"{MEDIA_TYPE}, */*;q=0.1"
    )
    assert answer.status == 200, answer
    found: dict[str, Any] = answer.body
    return found


async def test_it_is_what_ipywidgets_itself_would_write(server: Server, kernel_id: str) -> None:
    async with Page(server, kernel_id) as page:
        await page.kernel_info()
        await page.run(WIDGETS)
        await page.run("slider.value = 8")
        ours = await document(server, kernel_id)
        theirs = json.loads(await page.run(THEIRS))
    assert ours == theirs
    assert len(ours["state"]) == 10
    assert any("buffers" in each for each in ours["state"].values())


async def test_ipywidgets_embeds_the_widgets_from_it(server: Server, kernel_id: str) -> None:
    async with Page(server, kernel_id) as page:
        await page.kernel_info()
        await page.run(WIDGETS)
        ours = await document(server, kernel_id)
        state = json.dumps(ours["state"])
        html = await page.run(
            f"print(ipywidgets.embed.embed_snippet([box], state=json.loads({state!r})))"
        )
        box = page.widgets.only("VBoxModel").comm_id
    assert shown(html) == (ours, {box})


@pytest.mark.slow
async def test_nbconvert_shows_the_widgets_from_it(
    server: Server, kernel_id: str, tmp_path: Path
) -> None:
    async with Page(server, kernel_id) as page:
        await page.kernel_info()
        await page.run(WIDGETS)
        ours = await document(server, kernel_id)
        box = page.widgets.only("VBoxModel").comm_id
    view = {"model_id": box, "version_major": 2, "version_minor": 0}
    path = tmp_path / "widgets.ipynb"
    path.write_text(json.dumps(notebook(view, ours)))
    command = [sys.executable, "-m", "nbconvert", "--to", "html", str(path)]
    await asyncio.to_thread(subprocess.run, command, check=True, capture_output=True, timeout=90)
    assert shown(path.with_suffix(".html").read_text()) == (ours, {box})


async def test_it_has_no_password_unless_that_is_asked_for(server: Server, kernel_id: str) -> None:
    async with Page(server, kernel_id) as page:
        await page.kernel_info()
        await page.run("import ipywidgets; ipywidgets.Password(value='hunter2')")
        assert "hunter2" not in str(await document(server, kernel_id))
        assert "hunter2" in str(await document(server, kernel_id, "?reveal=true"))


def notebook(view: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    """Return a notebook that has shown one widget and was saved with its state."""
    output = {"output_type": "display_data", "metadata": {}, "data": {VIEW_TYPE: view}}
    cell = {
        "cell_type": "code",
        "execution_count": 1,
        "id": "1",
        "metadata": {},
        "outputs": [output],
        "source": "box",
    }
    metadata = {"widgets": {MEDIA_TYPE: document}}
    return {"cells": [cell], "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def shown(html: str) -> tuple[Any, set[str]]:
    """Return the state in a page, and the models that it shows views of."""
    # What could end the script early is written as an escape.
    scripts = SCRIPT.findall(html)
    (state,) = (json.loads(text) for kind, text in scripts if kind == "state")
    views = [json.loads(text) for kind, text in scripts if kind == "view"]
    return state, {view["model_id"] for view in views}
