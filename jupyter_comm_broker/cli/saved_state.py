"""The states of the widgets that a notebook shows, as the notebook's metadata have them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from jupyter_comm_broker.protocol.widget import references

VIEW = "application/vnd.jupyter.widget-view+json"
"""The media type of an output that shows a widget."""

STATE = "application/vnd.jupyter.widget-state+json"
"""The media type of a widget state document, and its key in a notebook's metadata."""

Notebook = Mapping[str, Any]
Models = Mapping[str, Any]


def shown(notebook: Notebook) -> list[str]:
    """Return the ids of the models that a notebook's outputs show, each once, in order."""
    cells = notebook.get("cells", ())
    return list(dict.fromkeys(_views([each.get("outputs", ()) for each in cells])))


def saved(notebook: Notebook) -> Models:
    """Return the models that the notebook's metadata have by now, by id."""
    widgets = notebook.get("metadata", {}).get("widgets", {})
    document = widgets.get(STATE, {}) if isinstance(widgets, dict) else {}
    models = document.get("state", {}) if isinstance(document, dict) else {}
    return models if isinstance(models, dict) else {}


def reached(models: Models, roots: Sequence[str]) -> dict[str, Any]:
    """
    Return the models that pages need to show some of them.

    Args:
        models: all models by id, as a widget state document has them.
        roots: the ids of those that are shown.

    Returns:
        Those, what their states refer to, and what Output widgets among them show.
    """
    found: dict[str, Any] = {}
    waiting = list(reversed(roots))
    while waiting:
        model_id = waiting.pop()
        if model_id in found or model_id not in models:
            continue
        found[model_id] = model = models[model_id]
        waiting += references(json.dumps(model, ensure_ascii=False).encode("utf-8", "replace"))
        waiting += _views(model)
    return found


def put(notebook: dict[str, Any], models: Models) -> None:
    """Give a notebook's metadata these models, in place of those that they have."""
    document = {"version_major": 2, "version_minor": 0, "state": dict(models)}
    notebook.setdefault("metadata", {})["widgets"] = {STATE: document}


def _views(value: Any) -> Iterator[str]:
    """Yield the ids of the models that outputs show, wherever these are in a value."""
    # No recursion: what kernels send may be nested deeply.
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict):
            view = each.get(VIEW)
            if isinstance(view, dict) and isinstance(view.get("model_id"), str):
                yield view["model_id"]
            waiting += reversed(list(each.values()))
        elif isinstance(each, (list, tuple)):
            waiting += reversed(each)
