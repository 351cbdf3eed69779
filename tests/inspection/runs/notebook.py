"""A notebook of outputs, which nbformat itself has checked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import nbformat

_nbformat: Any = nbformat
"""It has no types of its own for this."""


def notebook_of(outputs: Sequence[Any]) -> Any:
    """Return a notebook with one cell. Raises nbformat.ValidationError."""
    cell = {"cell_type": "code", "id": "a", "metadata": {}, "source": ""}
    whole = {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {},
        "cells": [{**cell, "execution_count": None, "outputs": list(outputs)}],
    }
    notebook = _nbformat.from_dict(whole)
    _nbformat.validate(notebook)
    return notebook
