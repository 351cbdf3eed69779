"""Every answer that a test gets is held against the API's own document."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from jsonschema import Draft202012Validator

from jupyter_comm_broker.web.openapi import document
from jupyter_comm_broker.web.operation import STEP
from jupyter_comm_broker.web.routes import ROUTES

DOCUMENT = document(ROUTES, "1", "/")


def without_room(schemas: dict[str, Any]) -> dict[str, Any]:
    """Return schemas that allow no property which is not written down."""
    closed = copy.deepcopy(schemas)
    for schema in closed.values():
        if "properties" in schema:
            schema["additionalProperties"] = False
    return closed


SCHEMAS = without_room(DOCUMENT["components"]["schemas"])


def operation_of(method: str, path: str) -> dict[str, Any]:
    """Return what the document says about a method of a path."""
    for template, found in DOCUMENT["paths"].items():
        pattern = "".join(
            "[^/]+" if index % 2 else re.escape(text)
            for index, text in enumerate(STEP.split(template))
        )
        if re.fullmatch(pattern, path) and method.lower() in found:
            operation: dict[str, Any] = found[method.lower()]
            return operation
    raise AssertionError(f"{method} {path} is not in the document")


def check(method: str, url: str, status: int, headers: Mapping[str, str], body: Any) -> None:
    """Hold one answer against the document; what is not written down fails."""
    responses = operation_of(method, urlsplit(url).path)["responses"]
    assert str(status) in responses, f"{status} is not documented for {method} {url}"
    answer = responses[str(status)]
    for name in answer.get("headers", {}):
        assert name in headers, f"{name} is documented and missing"
    content = answer.get("content")
    if content is None:
        assert not body, f"a body where none is documented: {body!r}"
        return
    media_type = headers["Content-Type"].partition(";")[0]
    media = content.get(media_type, content.get("*/*"))
    assert media is not None, f"{media_type} is not among {list(content)}"
    if "schema" in media:
        problems = Draft202012Validator(
            {**media["schema"], "components": {"schemas": SCHEMAS}}
        ).iter_errors(body)
        assert [f"{each.json_path}: {each.message}" for each in problems] == []
