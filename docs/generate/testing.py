"""Writes the page of the testing room from signatures and docstrings."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from typing import Any

from docs.generate.markdown import docstring, inline, table
from docs.generate.source import attributes, signature
from jupyter_comm_broker import testing
from jupyter_comm_broker.testing import failures, plugin
from jupyter_comm_broker.testing.address import Address, Answer
from jupyter_comm_broker.testing.blocking_page import BlockingPage
from jupyter_comm_broker.testing.event_reader import EventReader, Told
from jupyter_comm_broker.testing.frontend import Frontend
from jupyter_comm_broker.testing.kernel import Kernel
from jupyter_comm_broker.testing.message import Message
from jupyter_comm_broker.testing.page import Page
from jupyter_comm_broker.testing.restore import Restored
from jupyter_comm_broker.testing.server import Server
from jupyter_comm_broker.testing.widgets import Model, Widgets

CLASSES = (Server, Kernel, Page, Frontend, BlockingPage, Widgets, EventReader, Address)
VALUES = (Message, Model, Restored, Told, Answer)


def parts() -> dict[str, str]:
    """Return the parts of the page that come from the code."""
    return {
        "package": docstring(testing.__doc__ or ""),
        "fixtures": table(("fixture", ""), _fixtures()),
        "classes": "\n".join("".join(_class(each)) for each in CLASSES),
        "values": "\n".join("".join(_value(each)) for each in VALUES),
        "errors": table(("error", ""), _errors()),
    }


def _first(text: str | None) -> str:
    """Return a docstring's first paragraph, as one line."""
    return inline(inspect.cleandoc(text or "").partition("\n\n")[0])


def _fixtures() -> Iterator[tuple[str, str]]:
    for node in ast.parse(inspect.getsource(plugin)).body:
        if isinstance(node, ast.FunctionDef):
            yield f"`{node.name}`", _first(ast.get_docstring(node))


def _class(owner: type[Any]) -> Iterator[str]:
    yield f"## {owner.__name__}\n\n"
    made = vars(owner).get("__init__")
    if made is not None and owner is not Widgets and owner is not Address:
        yield f"```python\n{owner.__name__}{signature(made)}\n```\n\n"
    bases = [each.__name__ for each in owner.__bases__ if each in CLASSES]
    if bases:
        yield f"It is a `{bases[0]}`, and has all that a `{bases[0]}` has.\n\n"
    yield docstring(inspect.getdoc(owner) or "") + "\n"
    yield table(("attribute", ""), _attributes(owner)) + "\n"
    yield table(("method", ""), _methods(owner))


def _value(owner: type[Any]) -> Iterator[str]:
    yield f"### {owner.__name__}\n\n{docstring(inspect.getdoc(owner) or '')}\n"
    said = attributes(owner)
    fields = [name for name in inspect.get_annotations(owner) if not name.startswith("_")]
    rows = [(f"`{name}`", inline(said.get(name, ""))) for name in fields]
    yield table(("field", ""), [*rows, *_properties(owner)])


def _attributes(owner: type[Any]) -> Iterator[tuple[str, str]]:
    for name, text in attributes(owner).items():
        yield f"`{name}`", inline(text)
    yield from _properties(owner)


def _properties(owner: type[Any]) -> Iterator[tuple[str, str]]:
    for name, each in vars(owner).items():
        if isinstance(each, property) and not name.startswith("_"):
            yield f"`{name}`", _first(each.__doc__)


def _methods(owner: type[Any]) -> Iterator[tuple[str, str]]:
    for name, each in vars(owner).items():
        function = each.__func__ if isinstance(each, classmethod) else each
        if inspect.isfunction(function) and not name.startswith("_"):
            yield f"`{signature(function)}`", _first(function.__doc__)


def _errors() -> Iterator[tuple[str, str]]:
    for each in vars(failures).values():
        if isinstance(each, type):
            yield f"`{each.__name__}`", _first(each.__doc__)
