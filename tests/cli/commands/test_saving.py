"""``save``: which notebook and which models are meant, and when nothing is written."""

from __future__ import annotations

from typing import Any

import pytest

from jupyter_comm_broker.cli.exits import Exit
from jupyter_comm_broker.cli.saved_state import STATE, VIEW, saved

from ..conftest import Run
from ..counter import KERNEL, Counter
from .test_running import a_run, lays_runs

CONTENTS = "/api/contents/course/x.ipynb"
AT = {"last_modified": "2026-01-01T00:00:00Z", "hash": "abc"}
MODEL = {"model_name": "M", "model_module": "m", "model_module_version": "1", "state": {}}


def cell(*model_ids: str, cell_id: str = "cell") -> dict[str, Any]:
    outputs = [
        {"output_type": "display_data", "metadata": {}, "data": {VIEW: {"model_id": each}}}
        for each in model_ids
    ]
    code: dict[str, Any] = {
        "cell_type": "code",
        "source": "",
        "metadata": {},
        "execution_count": None,
    }
    return {**code, "id": cell_id, "outputs": outputs}


def lays(
    counter: Counter,
    *cells: dict[str, Any],
    metadata: dict[str, Any] | None = None,
    then: dict[str, Any] = AT,
) -> None:
    """Lay a file ready, and what it is when it is about to be written."""
    content = {"nbformat": 4, "nbformat_minor": 5, "metadata": metadata or {}, "cells": list(cells)}
    file = {"path": "course/x.ipynb", "content": content, **AT}
    counter.lays(CONTENTS, file, {"path": "course/x.ipynb", "content": None, **then})
    counter.lays(CONTENTS, {"path": "course/x.ipynb"}, method="PUT")


@pytest.fixture(autouse=True)
def kernel(counter: Counter) -> None:
    counter.lays_kernels(a="course/x.ipynb")
    document = {"version_major": 2, "version_minor": 0, "state": {"a": MODEL, "b": MODEL}}
    counter.lays(f"/api/kernels/{KERNEL}/comms", document)


def written(counter: Counter) -> Any:
    """Return what was saved; ``None`` if nothing was."""
    requests = counter.of("PUT", CONTENTS)
    return requests[0].json["content"] if requests else None


def test_the_models_that_the_notebook_shows_are_saved(run: Run, counter: Counter) -> None:
    lays(counter, cell("a"))
    ended = run("save", "x.ipynb")
    assert (ended.code, ended.out) == (0, "saved 1 model in course/x.ipynb\n")
    assert saved(written(counter)) == {"a": MODEL}
    document = counter.of("GET", f"/api/kernels/{KERNEL}/comms")[0]
    assert (document.headers["Accept"], document.query) == (STATE, {})


def test_a_dry_run_saves_nothing(run: Run, counter: Counter) -> None:
    lays(counter, cell("a", "b"))
    ended = run("save", "x", "--dry-run")
    assert (ended.code, ended.out) == (0, "would save 2 models in course/x.ipynb\n")
    assert written(counter) is None


@pytest.mark.parametrize("change", [{"last_modified": "2026-01-02T00:00:00Z"}, {"hash": "def"}])
def test_a_file_that_was_changed_meanwhile_is_left_alone(
    run: Run, counter: Counter, change: dict[str, str]
) -> None:
    lays(counter, cell("a"), then={**AT, **change})
    run("save", "x").failed(Exit.REFUSED, "was changed meanwhile, so it was not saved")
    assert written(counter) is None


def test_a_notebook_that_would_not_be_valid_is_left_alone(run: Run, counter: Counter) -> None:
    lays(counter, cell("a"), {**cell(cell_id="two"), "source": 7})
    run("save", "x").failed(Exit.FAILED, "would be no valid notebook")
    assert written(counter) is None


def test_what_is_there_already_is_not_written_again(run: Run, counter: Counter) -> None:
    lays(counter, cell("a"), metadata={"widgets": {STATE: {"state": {"a": MODEL}}}})
    ended = run("save", "x")
    assert (ended.code, ended.out) == (0, "course/x.ipynb has all of it already: 1 model\n")
    assert written(counter) is None


def test_what_an_earlier_kernel_had_stays_if_it_is_shown(run: Run, counter: Counter) -> None:
    old = {"widgets": {STATE: {"state": {"old": MODEL, "unused": MODEL}}}}
    lays(counter, cell("a", "old", "nowhere"), metadata=old)
    told = run("save", "x", "--json").json
    assert (told["models"], told["missing"], told["saved"]) == (2, ["nowhere"], True)
    assert sorted(saved(written(counter))) == ["a", "old"]


def test_outputs_are_put_in_only_where_asked_and_where_no_page_saved_them(
    run: Run, counter: Counter
) -> None:
    ended = {"state": "ended", "is_saved": False, "execution_count": 3}
    lays_runs(
        counter,
        a_run("late", cell_id="one", **ended),
        a_run("early", cell_id="one", **ended),
        a_run("saved", cell_id="two", **{**ended, "is_saved": True}),
        a_run("goes on", cell_id="three", **{**ended, "state": "running"}),
        a_run("elsewhere", cell_id="gone", **ended),
    )
    shows = cell("b")["outputs"]
    counter.lays(f"/api/kernels/{KERNEL}/requests/late/outputs", {"outputs": shows})
    cells = [cell(cell_id=each) for each in ("one", "two", "three")]
    lays(counter, *cells)
    assert run("save", "x").out.endswith("has all of it already: 0 models\n")
    lays(counter, *cells)
    assert run("save", "x", "--outputs").out.startswith("saved the output of 1 cell and 1 model")
    one, two, three = written(counter)["cells"]
    assert (one["outputs"], one["execution_count"]) == (shows, 3)
    assert (two["outputs"], three["outputs"]) == ([], [])


def test_a_notebook_that_shows_no_widget_gets_no_metadata(run: Run, counter: Counter) -> None:
    lays_runs(counter, a_run(state="ended", is_saved=False, execution_count=3))
    counter.lays(f"/api/kernels/{KERNEL}/requests/r1/outputs", {"outputs": []})
    lays(counter, cell())
    assert run("save", "x", "--outputs").code == Exit.OK
    assert written(counter)["metadata"] == {}


def test_a_cell_without_an_id_gets_no_output_of_a_run_without_a_cell(
    run: Run, counter: Counter
) -> None:
    lays_runs(counter, a_run(cell_id=None, state="ended", is_saved=False, execution_count=3))
    lays(counter, {key: value for key, value in cell().items() if key != "id"})
    assert run("save", "x", "--outputs", "--json").json["cells"] == 0


def test_a_kernel_without_a_session_is_named(run: Run, counter: Counter) -> None:
    counter.lays("/api/sessions", [])
    lays(counter, cell("a"))
    assert run("save", "course/x.ipynb").code == Exit.NOT_FOUND
    assert run("save", "course/x.ipynb", "--kernel", KERNEL[:4]).code == Exit.OK
    assert saved(written(counter)) == {"a": MODEL}


def test_a_kernel_of_two_notebooks_is_asked_which(run: Run, counter: Counter) -> None:
    sessions = [{"path": each, "kernel": {"id": KERNEL}} for each in ("x.ipynb", "y.ipynb")]
    counter.lays("/api/sessions", sessions)
    run("save", KERNEL[:4]).failed(Exit.USAGE, "which notebook", "x.ipynb, y.ipynb")
