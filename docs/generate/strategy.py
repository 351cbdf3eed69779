"""Writes the page of restore strategies from ``jupyter_comm_broker.strategy``."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from typing import Any

from docs.generate.markdown import docstring, inline, table
from docs.generate.source import attributes, signature, texts
from jupyter_comm_broker.core.state import strategy as written
from jupyter_comm_broker.strategy import Payload, Side, Strategy

METHODS = {Strategy: ("opened", "passed"), Payload: ("of",)}
"""The methods that a package writes or calls. The broker calls the others."""


def parts() -> dict[str, str]:
    """Return the parts of the page that come from the code."""
    return {
        "package": docstring((written.__doc__ or "").partition("\n\n")[2], "toml"),
        "strategy": "".join(_class(Strategy)),
        "payload": "".join(_class(Payload)),
        "kept": inline(texts(ast.parse(inspect.getsource(written)).body)["Kept"]),
        "sides": table(("side", "value", ""), _sides()),
    }


def _class(owner: type[Any]) -> Iterator[str]:
    yield docstring(inspect.getdoc(owner) or "") + "\n"
    fields = [(f"`{name}`", inline(text)) for name, text in attributes(owner).items()]
    read = [
        (f"`{name}`", inline(inspect.getdoc(each) or ""))
        for name, each in vars(owner).items()
        if isinstance(each, property)
    ]
    yield table(("attribute", ""), [*fields, *read])
    for name in METHODS[owner]:
        method = getattr(owner, name)
        function = getattr(method, "__func__", method)
        yield f"\n### {owner.__name__}.{name}\n\n```python\n{signature(function)}\n```\n\n"
        yield docstring(inspect.getdoc(function) or "")


def _sides() -> Iterator[tuple[str, str, str]]:
    said = attributes(Side)
    for each in Side:
        yield f"`Side.{each.name}`", f"`{each.value}`", inline(said.get(each.name, ""))
