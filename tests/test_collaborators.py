"""A part of the core is handed what it needs, and no more than five others."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

CORE = Path(__file__).parents[1] / "jupyter_comm_broker" / "core"
MOST = 5
VALUES = {"Limits", "Policy", "bool", "bytes", "float", "int", "str"}
"""What is read and never called. These are settings, not collaborators."""


def collaborators(part: ast.ClassDef) -> list[str]:
    """Return what a class is handed when it is made, without values."""
    for node in part.body:
        if isinstance(node, ast.FunctionDef) and node.name == "__init__":
            handed = [*node.args.args[1:], *node.args.kwonlyargs]
            named = {each.arg: ast.unparse(each.annotation) for each in handed if each.annotation}
            return [arg for arg, kind in named.items() if kind not in VALUES]
    return []


def parts(text: str) -> Iterator[ast.ClassDef]:
    return (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.ClassDef))


def test_no_part_has_more_than_five_collaborators() -> None:
    modules = sorted(CORE.rglob("*.py"))
    found = {
        f"{path.relative_to(CORE)}:{part.name}": collaborators(part)
        for path in modules
        for part in parts(path.read_text())
    }
    assert len(found) > 80
    assert {name: handed for name, handed in found.items() if len(handed) > MOST} == {}


def test_who_is_handed_more_is_found() -> None:
    text = "class A:\n    def __init__(self, a: A, b: B, *, c: C, limits: Limits, n: int): ..."
    [part] = parts(text)
    assert collaborators(part) == ["a", "b", "c"]
