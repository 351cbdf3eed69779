"""
Removes secrets from what readers see: passwords and the contents of uploaded files.

The model's name says which attributes are secrets. If a widget's model is not known, every
attribute that is a secret in any model is removed. Each secret is replaced by a string, so that a
widget can still be built from the state. The paths of the secrets are told beside it. The length
of a password says much about it. So no size is shown that would tell the length.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jupyter_comm_broker.core.state.known_comm import KnownComm
from jupyter_comm_broker.protocol.widget import Step

REDACTED = "[redacted]"
"""Stands where a secret was."""

ANY = None
"""In a pattern: every key of a dict, and every index of a list."""

Pattern = tuple[str | None, ...]

SECRETS: Mapping[str, tuple[Pattern, ...]] = {
    "PasswordModel": (("value",),),
    # ipywidgets 8 has the contents in ``value``, ipywidgets 7 in the list ``data``.
    "FileUploadModel": (("value", ANY, "content"), ("data", ANY)),
}
"""By model name, where the secrets are in its state."""

ANY_MODEL = frozenset(SECRETS)
"""The models with secrets that a widget may have if its model is not known."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A state without its secrets."""

    state: Any
    paths: list[list[Step]]
    """The paths of the secrets."""
    hidden: frozenset[int]
    """The indices of the buffers that are secrets."""


def models_of(record: KnownComm | None) -> frozenset[str]:
    """Return the models with secrets that a comm may have. ``None`` stands for an unknown comm."""
    if record is None or (record.is_widget and not record.model.name):
        return ANY_MODEL
    return ANY_MODEL & {record.model.name}


def redacted(
    models: frozenset[str], state: Any, buffer_paths: Sequence[Sequence[Step]] = ()
) -> Shown:
    """
    Return a state, or a change of one, without its secrets.

    Args:
        models: the models with secrets that the widget may have.
        state: the state. It is not changed.
        buffer_paths: where each of its buffers belongs.

    >>> redacted(frozenset({"PasswordModel"}), {"value": "hunter2", "rows": 1})
    Shown(state={'value': '[redacted]', 'rows': 1}, paths=[['value']], hidden=frozenset())
    """
    patterns = [each for name in models for each in SECRETS.get(name, ())]
    paths: list[list[Step]] = []
    for pattern in patterns:
        state = _without(state, pattern, [], paths)
    hidden = frozenset(
        index
        for index, path in enumerate(buffer_paths)
        if any(_covers(pattern, path) for pattern in patterns)
    )
    for index in sorted(hidden):
        path = list(buffer_paths[index])
        if path not in paths:
            paths.append(path)
    return Shown(state, paths, hidden)


def redacted_data(models: frozenset[str], data: Any) -> Shown:
    """
    Return the ``data`` of a comm message without its secrets.

    Args:
        models: the models with secrets that the widget may have.
        data: the data. Those of a ``comm_open`` name the model themselves.
    """
    if not isinstance(data, dict):
        return Shown(data, [], frozenset())
    paths = data.get("buffer_paths")
    buffer_paths = [path if isinstance(path, list) else [] for path in _list(paths)]
    if isinstance(states := data.get("states"), dict):
        # The kernel's answer to a page that asked for all widgets.
        return _placed(data, "states", _all_states(states, buffer_paths))
    state = data.get("state")
    if not isinstance(state, dict):
        return Shown(data, [], frozenset())
    named = state.get("_model_name")
    if isinstance(named, str):
        # If the comm's model is not known, only this name counts. Otherwise both count.
        models = (models if models != ANY_MODEL else frozenset()) | (ANY_MODEL & {named})
    return _placed(data, "state", redacted(models, state, buffer_paths))


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _placed(data: dict[str, Any], key: str, shown: Shown) -> Shown:
    paths = [[key, *path] for path in shown.paths]
    return Shown({**data, key: shown.state}, paths, shown.hidden)


def _all_states(states: dict[str, Any], buffer_paths: Sequence[Sequence[Step]]) -> Shown:
    found: dict[str, Any] = {}
    paths: list[list[Step]] = []
    hidden: set[int] = set()
    for comm_id, entry in states.items():
        own = {
            index: path[2:]
            for index, path in enumerate(buffer_paths)
            if list(path[:2]) == [comm_id, "state"]
        }
        named = entry.get("model_name") if isinstance(entry, dict) else None
        models = ANY_MODEL & {named} if isinstance(named, str) else ANY_MODEL
        state = entry.get("state") if isinstance(entry, dict) else None
        shown = redacted(models, state, list(own.values()))
        found[comm_id] = {**entry, "state": shown.state} if isinstance(entry, dict) else entry
        paths += [[comm_id, "state", *path] for path in shown.paths]
        hidden |= {index for place, index in enumerate(own) if place in shown.hidden}
    return Shown(found, paths, frozenset(hidden))


def _without(value: Any, pattern: Pattern, at: list[Step], paths: list[list[Step]]) -> Any:
    if not pattern:
        if value is None:
            # Either no value, or the place of a buffer, whose path is listed on its own.
            return None
        paths.append(at)
        return REDACTED
    step, rest = pattern[0], pattern[1:]
    if isinstance(value, dict):
        return {
            key: _without(each, rest, [*at, key], paths) if step in (ANY, key) else each
            for key, each in value.items()
        }
    if isinstance(value, list) and step is ANY:
        return [_without(each, rest, [*at, index], paths) for index, each in enumerate(value)]
    return value


def _covers(pattern: Pattern, path: Sequence[Step]) -> bool:
    """Return whether a path leads to a secret, to a part of one, or to what holds one."""
    return all(step in (ANY, taken) for step, taken in zip(pattern, path, strict=False))
