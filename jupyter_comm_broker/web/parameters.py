"""Reads the parameters in a URL, by the types that the OpenAPI document is made from."""

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
    "kernel_id": Annotated[
        str, Meta(min_length=1, description="The kernel's id, as GET /api/kernels lists it.")
    ],
    "comm_id": Annotated[
        str, Meta(min_length=1, description="The comm's id, which its opener chose.")
    ],
    "msg_id": Annotated[
        str, Meta(min_length=1, description="The request's id, as the list of runs shows it.")
    ],
    "target_name": Annotated[
        str, Meta(min_length=1, max_length=1000, description="The target's name.")
    ],
    "index": Annotated[
        int, Meta(ge=0, description="The buffer's index in buffers or buffer_paths.")
    ],
}
"""By name, the types of the parameters in a path."""

ALWAYS_ALLOWED = {"token", "_xsrf"}
"""Query parameters that jupyter_server itself reads."""

MOST_TYPES = 100
"""Schemas that are kept: more than the API has types of queries or parameters of paths."""

_TIMESTAMP = re.compile(r"[0-9]+")
"""JupyterLab adds a time to every URL, so that no cache answers: ``?1700000000000``."""

_INTEGER = re.compile(r"(-?[0-9]{1,18})(\.0+)?")
"""An integer. JSON schema takes 7.0 for one."""

_NUMBER = re.compile(r"-?[0-9]{1,300}(\.[0-9]{1,300})?([eE][+-]?[0-9]{1,3})?")
_BOOLEANS = {"true": True, "false": False}
_AT_FIELD = re.compile(r" - at `\$\.([^.\[`]+).*`$")

Query = TypeVar("Query", bound=msgspec.Struct)


def schemas(types: Sequence[Any]) -> tuple[list[dict[str, Any]], dict[str, dict[str, Any]]]:
    """Return the JSON schemas of types, and of the named types that they refer to."""
    found, components = msgspec.json.schema_components(types, ref_template=COMPONENTS + "{name}")
    return list(found), dict(components)


@lru_cache(maxsize=MOST_TYPES)
def properties(shape: type[msgspec.Struct]) -> dict[str, dict[str, Any]]:
    """Return the schemas of a query's parameters by name."""
    _, components = schemas((shape,))
    found: dict[str, dict[str, Any]] = components[shape.__name__]["properties"]
    return found


def read_query(arguments: Mapping[str, Sequence[bytes]], shape: type[Query]) -> Query:
    """
    Return a query's parameters.

    Raises:
        InvalidFieldError: a parameter is unknown, is given twice, or has a wrong value.
    """
    known = properties(shape)
    found: dict[str, Any] = {}
    for name, values in arguments.items():
        if name in ALWAYS_ALLOWED or (_TIMESTAMP.fullmatch(name) and values == [b""]):
            continue
        if name not in known:
            # tornado decodes names as latin-1.
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
        InvalidFieldError: a parameter has a wrong value.
    """
    return {name: _step(name, text) for name, text in steps.items()}


def converted(value: Any, shape: type[Query]) -> Query:
    """
    Convert plain values to a type.

    Raises:
        InvalidFieldError: the values do not fit. The error names the field.
    """
    try:
        return msgspec.convert(value, shape)
    except msgspec.ValidationError as error:
        text = str(error)
        at = _AT_FIELD.search(text)
        field = at[1] if at else ""
        raise InvalidFieldError(field, f"{field}: {_AT_FIELD.sub('', text)}") from error


@lru_cache(maxsize=MOST_TYPES)
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
    """Return a text as the value that its schema wants. One that does not fit is refused later."""
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
