"""Reads from the source the signatures as written, and the texts below attributes."""

from __future__ import annotations

import ast
import inspect
from textwrap import dedent
from typing import Any


def signature(function: Any) -> str:
    """Return a function's parameters and result as the source writes them."""
    node = ast.parse(dedent(inspect.getsource(function))).body[0]
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        raise TypeError(f"{function!r} is not a function")
    arguments = node.args
    if arguments.args and arguments.args[0].arg in ("self", "cls"):
        arguments.args = arguments.args[1:]
    result = f" -> {ast.unparse(node.returns)}" if node.returns is not None else ""
    before = "await " if isinstance(node, ast.AsyncFunctionDef) else ""
    name = "" if node.name == "__init__" else node.name
    if not name:
        result = ""
    return f"{before}{name}({ast.unparse(arguments)}){result}"


def attributes(owner: type) -> dict[str, str]:
    """Return the texts below a class's attributes, also below those that ``__init__`` sets."""
    tree = ast.parse(dedent(inspect.getsource(owner))).body[0]
    if not isinstance(tree, ast.ClassDef):
        raise TypeError(f"{owner!r} is not a class")
    bodies = [tree.body]
    bodies += [
        each.body
        for each in tree.body
        if isinstance(each, ast.FunctionDef) and each.name == "__init__"
    ]
    found: dict[str, str] = {}
    for body in bodies:
        found.update(texts(body))
    return found


def texts(body: list[ast.stmt]) -> dict[str, str]:
    """Return the texts below the names that a module, a class or a function sets."""
    found: dict[str, str] = {}
    for node, after in zip(body, [*body[1:], None], strict=True):
        name = _assigned(node)
        if name and isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant):
            found[name] = inspect.cleandoc(str(after.value.value))
    return found


def facts(error: type) -> list[str]:
    """
    Return the attributes that an error's ``__init__`` sets, in the order of the source.

    >>> from jupyter_comm_broker.errors import CommBrokerError, UnansweredError
    >>> facts(UnansweredError), facts(CommBrokerError)
    (['msg_id', 'queued_behind'], [])
    """
    made = inspect.getattr_static(error, "__init__")
    if not inspect.isfunction(made):
        return []
    tree = ast.parse(dedent(inspect.getsource(made)))
    found = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)
    ]
    found.sort(key=lambda node: (node.lineno, node.col_offset))
    return list(dict.fromkeys(node.attr for node in found))


def _assigned(node: ast.stmt) -> str:
    if isinstance(node, ast.AnnAssign):
        target: ast.expr = node.target
    elif isinstance(node, ast.Assign):
        target = node.targets[0]
    else:
        return ""
    if isinstance(target, ast.Attribute):
        return target.attr
    return target.id if isinstance(target, ast.Name) else ""
