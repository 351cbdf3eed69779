"""
What readers are not shown: passwords and the contents of uploaded files (decision 13).

Which attributes are secrets is known by the model's name alone. What stands in their place
has the type of a text, so that whoever builds a widget of it is not surprised; the paths of
what was taken out are told beside it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jupyter_comm_broker.protocol.widget import Step

REDACTED = "[redacted]"
"""Stands where a secret was."""

ANY = None
"""In a pattern: each key of a dict, each place of a list."""

Pattern = tuple[str | None, ...]

SECRETS: Mapping[str, tuple[Pattern, ...]] = {
    "PasswordModel": (("value",),),
    # ipywidgets 8 has the contents in the value; 7 has them in a list beside it.
    "FileUploadModel": (("value", ANY, "content"), ("data", ANY)),
}
"""By model name, where in its state secrets are."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A state without its secrets."""

    state: Any
    paths: list[list[Step]]
    """Where secrets were."""
    hidden: frozenset[int]
    """Which of its buffers are not to be shown, by index."""


def has_secrets(model_name: str) -> bool:
    """Whether widgets of a model hold secrets."""
    return model_name in SECRETS


def redacted(model_name: str, state: Any, buffer_paths: Sequence[Sequence[Step]] = ()) -> Shown:
    """
    Return a state, or a change of one, without its secrets; what was given stays as it is.

    >>> redacted("PasswordModel", {"value": "hunter2", "rows": 1})
    Shown(state={'value': '[redacted]', 'rows': 1}, paths=[['value']], hidden=frozenset())
    """
    patterns = SECRETS.get(model_name, ())
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


def redacted_data(model_name: str, data: Any) -> Shown:
    """
    Return the ``data`` of a comm message without its secrets.

    Args:
        model_name: the model of the comm's widget as far as it is known.
        data: what the message carries; a ``comm_open`` names the model itself.
    """
    state = data.get("state") if isinstance(data, dict) else None
    if not isinstance(state, dict):
        return Shown(data, [], frozenset())
    named = state.get("_model_name")
    paths = data.get("buffer_paths")
    shown = redacted(
        named if isinstance(named, str) else model_name,
        state,
        [path for path in paths if isinstance(path, list)] if isinstance(paths, list) else [],
    )
    return Shown(
        {**data, "state": shown.state}, [["state", *path] for path in shown.paths], shown.hidden
    )


def _without(value: Any, pattern: Pattern, at: list[Step], paths: list[list[Step]]) -> Any:
    if not pattern:
        if value is None:
            # The place of a buffer, which is told of on its own, or nothing at all.
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
    """Whether what a path leads to is a secret, or part of one, or holds one."""
    return all(step in (ANY, taken) for step, taken in zip(pattern, path, strict=False))
