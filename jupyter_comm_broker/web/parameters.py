"""What stands in a URL, read by the types that the API's document is made of."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from math import isfinite
from typing import Annotated, Any, TypeVar

import msgspec
from msgspec import Meta

from jupyter_comm_broker.errors import InvalidFieldError

COMPONENTS = "#/components/schemas/"

PATH_PARAMETERS: Mapping[str, Any] = {
    "kernel_id": Annotated[str, Meta(min_length=1, description="As GET /api/kernels lists it.")],
    "comm_id": Annotated[str, Meta(min_length=1, description="As its opener chose it.")],
    "target_name": Annotated[
        str, Meta(min_length=1, max_length=1000, description="What both ends of its comms call it.")
    ],
    "index": Annotated[int, Meta(ge=0, description="As buffers or buffer_paths list it.")],
}
"""By name, what a step of a path may be."""

ALWAYS_ALLOWED = {"token", "_xsrf"}
"""Query parameters of the server's own."""

_TIMESTAMP = re.compile(r"[0-9]+")
"""What JupyterLab adds to every URL so that no cache answers: ``?1700000000000``."""

_INTEGER = re.compile(r"(-?[0-9]{1,18})(\.0+)?")
"""To JSON schema 7.0 is an integer like any other."""

_NUMBER = re.compile(r"-?[0-9]{1,300}(\.[0-9]{1,300})?([eE][+-]?[0-9]{1,3})?")
_BOOLEANS = {"true": True, "false": False}
_AT_FIELD = re.compile(r" - at `\$\.([^.\[`]+).*`$")

Query = TypeVar("Query", bound=msgspec.Struct)


def schemas(types: Sequence[Any]) -> tuple[list[dict[str, Any]], dict[str, dict[str, Any]]]:
    """Return the JSON schemas of types, and of the named types that they refer to."""
    found, components = msgspec.json.schema_components(types, ref_template=COMPONENTS + "{name}")
    return list(found), dict(components)


@lru_cache(maxsize=100)
def properties(shape: type[msgspec.Struct]) -> dict[str, dict[str, Any]]:
    """Return the schemas of a query's parameters by name."""
    _, components = schemas((shape,))
    found: dict[str, dict[str, Any]] = components[shape.__name__]["properties"]
    return found


def read_query(arguments: Mapping[str, Sequence[bytes]], shape: type[Query]) -> Query:
    """
    Return a query's parameters.

    Raises:
        InvalidFieldError: one is unknown, given twice, or holds what it cannot.
    """
    known = properties(shape)
    found: dict[str, Any] = {}
    for name, values in arguments.items():
        if name in ALWAYS_ALLOWED or (_TIMESTAMP.fullmatch(name) and values == [b""]):
            continue
        if name not in known:
            # Tornado reads names byte by byte.
            said = name.encode("latin-1", "replace").decode("utf-8", "replace")
            names = ", ".join(sorted(known)) or "none"
            raise InvalidFieldError(said, f"unknown parameter {said!r}; known here: {names}")
        if len(values) > 1:
            raise InvalidFieldError(name, f"{name} is given {len(values)} times")
        try:
            text = values[0].decode("utf-8")
        except UnicodeDecodeError as error:
            raise InvalidFieldError(name, f"{name} is not UTF-8") from error
        found[name] = _value(text, known[name])
    return converted(found, shape)


def read_path(steps: Mapping[str, str]) -> dict[str, Any]:
    """
    Return the parameters in a path.

    Raises:
        InvalidFieldError: one holds what it cannot.
    """
    return {name: _step(name, text) for name, text in steps.items()}


def converted(value: Any, shape: type[Query]) -> Query:
    """
    Return plain values as the type that they are to have.

    Raises:
        InvalidFieldError: they do not fit; names the field.
    """
    try:
        return msgspec.convert(value, shape)
    except msgspec.ValidationError as error:
        text = str(error)
        at = _AT_FIELD.search(text)
        field = at[1] if at else ""
        raise InvalidFieldError(field, f"{field}: {_AT_FIELD.sub('', text)}") from error


@lru_cache(maxsize=100)
def _step_schema(name: str) -> dict[str, Any]:
    (schema,), _ = schemas((PATH_PARAMETERS[name],))
    return schema


def _step(name: str, text: str) -> Any:
    schema = _step_schema(name)
    try:
        return msgspec.convert(_value(text, schema), PATH_PARAMETERS[name])
    except msgspec.ValidationError as error:
        raise InvalidFieldError(name, f"{name}: {error}") from error


def _value(text: str, schema: Mapping[str, Any]) -> Any:
    """Read a text as its schema has it; what does not fit stays a text and is refused later."""
    kind = schema.get("type")
    if kind == "integer" and (whole := _INTEGER.fullmatch(text)):
        return int(whole[1])
    if kind == "number" and _NUMBER.fullmatch(text) and isfinite(float(text)):
        return float(text)
    if kind == "boolean":
        return _BOOLEANS.get(text, text)
    if kind == "array":
        return text.split(",")
    return text
