"""The OpenAPI 3.1 document, made from the routes that are served."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from jupyter_comm_broker.web.operation import JSON, STEP, Answer, Operation, Route, Stream, phrase
from jupyter_comm_broker.web.parameters import PATH_PARAMETERS, properties, schemas
from jupyter_comm_broker.web.problem import ProblemView

ALWAYS = (400, 403)
"""Statuses of every operation: for an unknown parameter, and for a user without the right."""


def document(routes: Sequence[Route], version: str, base_url: str) -> dict[str, Any]:
    """
    Return the OpenAPI document.

    Args:
        routes: the routes that are served.
        version: the package's version.
        base_url: the beginning of every path on this server.
    """
    writer = _Writer(routes)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "jupyter_comm_broker",
            "version": version,
            "description": "The comms of a Jupyter server's kernels, and the cells that they run.",
        },
        "servers": [{"url": base_url.rstrip("/") or "/"}],
        "security": [{"header": []}, {"query": []}],
        "paths": {route.path: writer.path(route) for route in routes},
        "components": {
            "schemas": writer.components,
            "securitySchemes": {
                "header": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "Authorization",
                    "description": "`token ...`, with the server's token.",
                },
                "query": {"type": "apiKey", "in": "query", "name": "token"},
            },
        },
    }


class _Writer:
    """Writes operations, and knows the schema of every type that they name."""

    def __init__(self, routes: Sequence[Route]) -> None:
        done = [each for route in routes for each in route.operations().values()]
        types = [ProblemView, *_types(done)]
        found, self.components = schemas(types)
        self._schemas = dict(zip(types, found, strict=True))
        for each in done:
            # A parameter's type may be a named type, like the levels of knowledge.
            _, used = schemas((each.query,))
            self.components |= {k: v for k, v in used.items() if k != each.query.__name__}

    def path(self, route: Route) -> dict[str, Any]:
        steps = [_step(name) for name in STEP.findall(route.path)]
        return {method: self._operation(each, steps) for method, each in route.operations().items()}

    def _operation(self, each: Operation, steps: list[dict[str, Any]]) -> dict[str, Any]:
        query = [_parameter(name, "query", schema) for name, schema in _query(each)]
        found: dict[str, Any] = {
            "operationId": each.name,
            "summary": each.summary,
            "description": f"Needs the right to {each.action} {each.resource}.",
            "parameters": [*steps, *query],
            "responses": {
                **{str(status): self._answer(status, it) for status, it in each.answers.items()},
                **{str(status): self._problem(status) for status in (*each.errors, *ALWAYS)},
            },
        }
        if each.body:
            found["requestBody"] = {"required": True, "content": self._content(each.body)}
        return found

    def _answer(self, status: int, answer: Answer) -> dict[str, Any]:
        found: dict[str, Any] = {"description": answer.description or phrase(status)}
        if answer.media:
            found["content"] = self._content(answer.media)
        if answer.headers:
            found["headers"] = {
                name: {"description": text, "schema": {"type": "string"}}
                for name, text in answer.headers.items()
            }
        return found

    def _problem(self, status: int) -> dict[str, Any]:
        return {"description": phrase(status), "content": self._content({JSON: ProblemView})}

    def _content(self, media: Any) -> dict[str, Any]:
        return {name: self._shown(shown) for name, shown in media.items()}

    def _shown(self, shown: Any) -> dict[str, Any]:
        if isinstance(shown, Stream):
            # Before OpenAPI 3.2 there is no way to describe a stream.
            events = {name: self._schemas[each] for name, each in shown.events.items()}
            return {"schema": {"type": "string"}, "x-events": events}
        return {} if shown is None else {"schema": self._schemas[shown]}


def _types(done: Iterable[Operation]) -> list[Any]:
    """Return the types of all bodies and answers, each once."""
    found: list[Any] = []
    for each in done:
        for media in (*(answer.media for answer in each.answers.values()), each.body):
            for shown in media.values():
                each_of_it = shown.events.values() if isinstance(shown, Stream) else [shown]
                found += [it for it in each_of_it if it is not None and it not in found]
    return found


def _query(each: Operation) -> list[tuple[str, dict[str, Any]]]:
    return sorted(properties(each.query).items())


def _step(name: str) -> dict[str, Any]:
    (schema,), _ = schemas((PATH_PARAMETERS[name],))
    return {**_parameter(name, "path", schema), "required": True}


def _parameter(name: str, where: str, schema: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {"name": name, "in": where, "schema": dict(schema)}
    if "description" in schema:
        found["description"] = found["schema"].pop("description")
    if schema.get("type") == "array":
        found |= {"style": "form", "explode": False}
    return found
