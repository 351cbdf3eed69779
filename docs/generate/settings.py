"""Writes the page of settings from the traits and the limits that are no traits."""

from __future__ import annotations

import re
from dataclasses import fields
from typing import Any

from docs.generate.markdown import inline, table
from docs.generate.source import attributes
from jupyter_comm_broker.core.limits import MEBI, Limits
from jupyter_comm_broker.settings import Settings

RULE = re.compile(r" \(rules? [^)]*\)")
"""The number of a protocol fact, which readers of the settings do not need."""


def parts() -> dict[str, str]:
    """Return the parts of the page that come from the code."""
    traits = Settings.class_own_traits(config=True)
    rows = [
        (
            f"`c.CommBroker.{name}`",
            type(value).__name__,
            _number(value, name),
            str(trait.help),
        )
        for name, trait in sorted(traits.items())
        # A container's default is made anew for each object, and is not in `default_value`.
        for value in [trait.default()]
    ]
    texts = attributes(Limits)
    fixed = [
        (f"`{each.name}`", _number(each.default, each.name), inline(_text(texts, each.name)))
        for each in fields(Limits)
        if each.name not in traits
    ]
    return {
        "settings": table(("setting", "type", "default", ""), rows),
        "fixed": table(("bound", "value", ""), fixed),
    }


def _text(texts: dict[str, str], name: str) -> str:
    # Two limits may share the text below the second.
    names = [each.name for each in fields(Limits)]
    found = next(texts[each] for each in names[names.index(name) :] if each in texts)
    return RULE.sub("", found)


def _number(value: Any, name: str) -> str:
    if name.endswith("_bytes") and isinstance(value, int) and value >= MEBI:
        return f"{value} ({value // MEBI} MiB)"
    return f"{value}"
