"""The reference is what the generator writes from the code, and the generator does what it says."""

from __future__ import annotations

import doctest
import importlib

import pytest

from docs.generate.markdown import docstring
from docs.generate.pages import HERE, REFERENCE, filled, pages

MODULES = sorted(path.stem for path in HERE.glob("*.py") if not path.stem.startswith("__"))


def test_the_reference_is_what_the_code_says() -> None:
    there = {path.name: path.read_text() for path in REFERENCE.glob("*.md")}
    made = pages()
    stale = sorted(name for name in {*there, *made} if there.get(name) != made.get(name))
    assert stale == [], "run: python -m docs.generate"


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_the_generator_hold(name: str) -> None:
    assert doctest.testmod(importlib.import_module(f"docs.generate.{name}")).failed == 0


def test_a_template_and_its_parts_have_to_fit() -> None:
    with pytest.raises(ValueError, match="other"):
        filled("<!-- one -->", {"one": "text", "other": "text"})
    with pytest.raises(ValueError, match="one"):
        filled("<!-- one -->", {})


def test_a_docstring_becomes_markdown() -> None:
    text = """
    Do ``it`` as :meth:`Comm.send` does::

        do(it)

    Args:
        it: what, and
            how.

    Raises:
        ValueError: not so.
    """
    assert docstring(text) == (
        "Do `it` as `Comm.send` does:\n\n```python\ndo(it)\n```\n\n\n"
        "Args:\n\n* `it`: what, and\n  how.\n\nRaises:\n\n* `ValueError`: not so.\n"
    )
