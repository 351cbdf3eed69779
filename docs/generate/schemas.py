"""Writes JSON schemas for people: a type in a few words, and a table of fields."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from docs.generate.markdown import sentence, table

Schema = Mapping[str, Any]


def anchor(name: str) -> str:
    """Return a link to a shape on the same page."""
    return f"[{name}](#{name.lower()})"


def kind(schema: Schema) -> str:
    """
    Return a value's type and bounds in a few words.

    >>> kind({"type": "array", "items": {"type": "integer", "minimum": 1}})
    'list of integer, at least 1'
    """
    if "$ref" in schema:
        return anchor(schema["$ref"].rpartition("/")[2])
    if "anyOf" in schema:
        return " or ".join(kind(each) for each in schema["anyOf"])
    if "enum" in schema:
        return ", ".join(f"`{json.dumps(each)}`" for each in schema["enum"])
    said = schema.get("type")
    if said == "array":
        return f"list of {kind(schema['items'])}" if schema.get("items") else "list"
    if said == "object":
        values = schema.get("additionalProperties")
        return f"object of {kind(values)}" if isinstance(values, dict) and values else "object"
    if said == "string" and schema.get("contentEncoding") == "base64":
        return "base64"
    if said is None:
        return "anything"
    return f"{said}{_bounds(schema)}"


def _bounds(schema: Schema) -> str:
    words = {
        "minimum": "at least",
        "maximum": "at most",
        "exclusiveMinimum": "more than",
        "maxLength": "at most",
    }
    said = []
    for name, word in words.items():
        value = schema.get(name)
        # Nobody needs to read that a count is not negative.
        if value is not None and not (name == "minimum" and value == 0):
            unit = " characters" if name == "maxLength" else ""
            said.append(f"{word} {value:,}{unit}")
    return "".join(f", {each}" for each in said)


def default(schema: Schema) -> str:
    """Return a default as people write it; empty if there is none."""
    return f"`{json.dumps(schema['default'])}`" if "default" in schema else ""


def fields(schema: Schema) -> str:
    """Return an object's fields as a table."""
    required = set(schema.get("required", ()))
    return table(
        ("field", "type", ""),
        (
            (f"`{name}`", kind(each), _meaning(name, each, required))
            for name, each in schema.get("properties", {}).items()
        ),
    )


def _meaning(name: str, schema: Schema, required: set[str]) -> str:
    said = sentence(schema.get("description", ""))
    if name not in required:
        without = default(schema)
        said = f"{said} Without it {without}." if without else f"{said} May be missing."
    return said.strip()
