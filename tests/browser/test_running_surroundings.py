"""Notebooks that are long, old or timed, and a page where others run the cells."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from .cells import Cells, document, save
from .reloading import LONG, reload_while_it_counts, run

if TYPE_CHECKING:
    from .desk import Desk
    from .lab import Lab
    from .server import Server

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

TRACKER = "@jupyterlab/notebook-extension:tracker"

REPLACED = """new MutationObserver((_, observer) => {
    const element = document.getElementById("jupyter-config-data");
    if (!element?.nextSibling) return;
    observer.disconnect();
    const config = JSON.parse(element.textContent);
    config.disabledExtensions = ["@jupyterlab/notebook-extension:cell-executor"];
    const executor = {name: "other_executor", load: "static/load.js", extension: "./extension"};
    config.federated_extensions.push(executor);
    element.textContent = JSON.stringify(config);
}).observe(document, {childList: true, subtree: true})"""
"""Changes the settings of a page, before anybody reads them, as an installed extension does."""

OTHER_EXECUTOR = """
let shared;
window._JUPYTERLAB ??= {};
window._JUPYTERLAB.other_executor = {
  init(scope) { shared = scope; },
  async get() {
    const [notebook] = Object.values(shared["@jupyterlab/notebook"]);
    const { INotebookCellExecutor, runCell } = (await notebook.get())();
    const activate = () => ({ runCell });
    const plugin = { id: "other:plugin", provides: INotebookCellExecutor, activate };
    return () => ({ __esModule: true, default: { ...plugin, autoStart: true } });
  },
};
"""
"""An extension that runs the cells in place of JupyterLab."""


def has_reply_to_last_stream(lab: Lab) -> bool:
    """Whether a page has the reply to what printed last."""
    printed = [passed.parent_id for passed in lab.wire.messages if passed.msg_type == "stream"]
    replies = [each.parent_id for each in lab.wire.messages if each.msg_type == "execute_reply"]
    return bool(printed) and printed[-1] in replies


@pytest.mark.long
def test_a_long_notebook_whose_running_cell_is_out_of_sight(desk: Desk, subject: Server) -> None:
    """JupyterLab draws a cell of a long notebook when it is scrolled to."""
    notebook = desk.notebook(subject, [*(f"{n}" for n in range(300)), LONG])
    lab = desk.page(subject)
    cells = Cells(lab)
    lab.page.set_viewport_size({"width": 1280, "height": 900})
    lab.open_notebook(notebook)
    lab.run_all()
    lab.wait_until(lambda: notebook.running, 60, "the long cell runs")
    save(lab, notebook)
    lab.reload()
    lab.pause(2)
    lab.let_go(notebook)
    lab.wait_until(lambda: has_reply_to_last_stream(lab), 30, "the page has the reply")
    lab.pause(1)
    save(lab, notebook)
    last = document(subject, notebook)["cells"][-1]
    assert last["execution_count"] == 302
    lines = "".join(last["outputs"][0]["text"]).splitlines()
    assert lines == [f"line {n}" for n in range(len(lines))]
    assert len(lines) > 20
    assert not cells.told
    assert lab.errors == []


@pytest.mark.long
def test_times_are_recorded(desk: Desk, subject: Server) -> None:
    """A cell has the same times as one without a reload has, and a cell that waits as well."""
    subject.configure(TRACKER, {"recordTiming": True})
    try:
        lab, cells, notebook = run(desk, subject, [LONG, "print('line 0')"])
        reload_while_it_counts(lab, cells, 1)
        lab.let_go(notebook)
        cells.show_prompts("[1]", "[2]", "[3]")
        save(lab, notebook)
        read: list[Any] = [
            each["metadata"].get("execution") for each in document(subject, notebook)["cells"]
        ]
        assert read[1] == read[0]
        assert read[2] == read[0]
        assert len(read[0]) == 5
        assert lab.errors == []
    finally:
        subject.configure(TRACKER, {})


@pytest.mark.long
def test_a_notebook_without_ids(desk: Desk, subject: Server) -> None:
    """Before nbformat 4.5 a run finds its cell by the source, if no other cell has it."""
    notebook = desk.notebook(subject, [LONG, "time.sleep(0)", "time.sleep(0)"])
    path = subject.notebooks / notebook.path
    read = json.loads(path.read_text())
    for each in read["cells"]:
        del each["id"]
    path.write_text(json.dumps({**read, "nbformat_minor": 4}))
    lab = desk.page(subject)
    cells = Cells(lab)
    lab.open_notebook(notebook)
    lab.run_all()
    reload_while_it_counts(lab, cells, 1)
    lab.let_go(notebook)
    cells.show_prompts("[1]", "[2]", "[ ]", "[ ]")
    last = int(subject.evaluate(notebook.path, "n"))
    assert cells.numbers(1) == list(range(last + 1))
    assert len(cells.told) == 1
    assert "several cells" in cells.told[0]
    assert lab.errors == []


def test_another_executor_is_left_alone(desk: Desk, subject: Server) -> None:
    """Where another extension runs the cells, the plug-in says so once and does nothing."""
    lab, cells, _ = run(desk, subject, [LONG])
    lab.wait_until(lambda: bool(cells.numbers(1)), 60, "the cell counts")
    lab.page.add_init_script(REPLACED)
    lab.page.route(
        "**/other_executor/static/load.js",
        lambda route: route.fulfill(body=OTHER_EXECUTOR, content_type="text/javascript"),
    )
    lab.reload()
    lab.wait_until(lambda: lab.status() == "busy", 20, "the page has its kernel")
    lab.pause(1)
    assert cells.prompts == ["[ ]", "[ ]"]
    assert len(cells.told) == 1
    assert "another extension" in cells.told[0]
