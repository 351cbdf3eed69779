"""Which models a notebook needs, so that what it shows can be shown again."""

from __future__ import annotations

from typing import Any

import pytest

from jupyter_comm_broker.cli import saved_state
from jupyter_comm_broker.cli.saved_state import STATE, VIEW


def view(model_id: Any) -> dict[str, Any]:
    data = {VIEW: {"version_major": 2, "version_minor": 0, "model_id": model_id}}
    return {"output_type": "display_data", "metadata": {}, "data": data}


def notebook(*outputs: dict[str, Any], **metadata: Any) -> dict[str, Any]:
    cells = [{"cell_type": "markdown"}, {"cell_type": "code", "outputs": list(outputs)}]
    return {"cells": cells, "metadata": metadata}


def model(**state: Any) -> dict[str, Any]:
    return {"model_name": "M", "model_module": "m", "model_module_version": "1", "state": state}


def test_what_outputs_show_is_found_once_in_order() -> None:
    text = {"output_type": "stream", "name": "stdout", "text": VIEW}
    assert saved_state.shown(notebook(view("b"), text, view("a"), view("b"))) == ["b", "a"]


@pytest.mark.parametrize("odd", [view(None), view(7), {"data": {VIEW: "a"}}, {"data": None}, {}])
def test_an_output_that_shows_no_widget_is_passed_over(odd: dict[str, Any]) -> None:
    assert saved_state.shown(notebook(odd)) == []


def test_a_model_comes_with_all_that_it_refers_to_and_with_nothing_else() -> None:
    models = {
        "box": model(children=["IPY_MODEL_slider"], layout="IPY_MODEL_wide"),
        "slider": model(value=7, style={"deep": [["IPY_MODEL_style"]]}),
        "wide": model(),
        "style": model(parent="IPY_MODEL_slider"),
        "left": model(layout="IPY_MODEL_over"),
        "over": model(),
    }
    assert list(saved_state.reached(models, ["box", "gone"])) == ["box", "wide", "slider", "style"]


def test_an_output_widget_comes_with_what_it_shows() -> None:
    models = {"out": model(outputs=[view("inside")]), "inside": model(), "other": model()}
    assert list(saved_state.reached(models, ["out"])) == ["out", "inside"]


def test_models_that_refer_to_each_other_or_are_nested_deeply_end() -> None:
    deep: Any = "IPY_MODEL_b"
    for _ in range(400):
        deep = [deep]
    models = {"a": model(deep=deep), "b": model(back="IPY_MODEL_a")}
    assert list(saved_state.reached(models, ["a"])) == ["a", "b"]


def test_what_is_put_is_what_is_saved() -> None:
    made = notebook(view("a"), kernelspec={"name": "python3"})
    assert saved_state.saved(made) == {}
    saved_state.put(made, {"a": model(value=7)})
    assert saved_state.saved(made) == {"a": model(value=7)}
    assert made["metadata"]["kernelspec"] == {"name": "python3"}


@pytest.mark.parametrize(
    "widgets", [None, [], {STATE: None}, {STATE: {"state": []}}, {"another/type": {}}]
)
def test_metadata_of_another_shape_have_no_models(widgets: Any) -> None:
    assert saved_state.saved(notebook(widgets=widgets)) == {}
