"""Writes the REST page from the OpenAPI document and the tree of errors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from http.client import responses
from inspect import getdoc
from typing import Any

from docs.generate.markdown import inline, sentence, table
from docs.generate.schemas import Schema, anchor, default, fields, kind
from docs.generate.source import attributes
from jupyter_comm_broker.core.gate.rights import RESOURCE
from jupyter_comm_broker.core.state.comm_record import Knowledge, Side
from jupyter_comm_broker.events.event_views import BY_TYPE
from jupyter_comm_broker.web.openapi import document
from jupyter_comm_broker.web.problem import STATUS_OF
from jupyter_comm_broker.web.routes import ROUTES


def parts() -> dict[str, str]:
    """Return the parts of the page that come from the code."""
    found = document(ROUTES, "", "/")
    operations: list[str] = []
    shapes: list[str] = []
    for path, methods in found["paths"].items():
        for method, operation in methods.items():
            operations += _operation(path, method, operation)
    components = found["components"]["schemas"]
    told_elsewhere = {each.__name__ for each in BY_TYPE.values()}
    for name in sorted(set(components) - told_elsewhere):
        shapes += _shape(name, components)
    return {
        "requests": _contents(found),
        "operations": "".join(operations),
        "errors": _errors(),
        "shapes": "".join(shapes),
    }


def _contents(found: Schema) -> str:
    return (
        table(
            ("request", "", "action"),
            (
                (
                    f"[`{method.upper()} {path}`](#{operation['operationId'].lower()})",
                    operation["summary"],
                    _action(operation),
                )
                for path, methods in found["paths"].items()
                for method, operation in methods.items()
            ),
        )
        + "\n"
    )


def _action(operation: Schema) -> str:
    # "Needs the right to read comms."
    action, resource = str(operation["description"]).rstrip(".").split()[4:]
    return f"`{action}`" if resource == RESOURCE else f"`{action}` on `{resource}`"


def _operation(path: str, method: str, operation: Schema) -> Iterator[str]:
    yield f"### {operation['operationId']}\n\n"
    yield f"`{method.upper()} {path}`: {operation['summary']} Action: {_action(operation)}.\n\n"
    if parameters := [each for each in operation["parameters"] if each["in"] == "query"]:
        yield _parameters(parameters) + "\n"
    if body := operation.get("requestBody"):
        yield f"Body: {_content(body)}.\n\n"
    yield _answers(operation["responses"]) + "\n"


def _parameters(parameters: list[Schema]) -> str:
    return table(
        ("parameter", "type", "default", ""),
        (
            (
                f"`{each['name']}`",
                kind(each["schema"]),
                default(each["schema"]),
                sentence(each.get("description", "")),
            )
            for each in parameters
        ),
    )


def _answers(answers: Schema) -> str:
    good = {status: each for status, each in answers.items() if int(status) < 400}
    errors = sorted((status for status in answers if status not in good), key=int)
    rows = [(f"`{status}`", _content(each), _said(status, each)) for status, each in good.items()]
    rows.append((", ".join(f"`{each}`" for each in errors), "[ProblemView](#problemview)", ""))
    return table(("status", "body", ""), rows)


def _said(status: str, answer: Schema) -> str:
    phrase = responses.get(int(status), "")
    said = "" if answer["description"] == phrase else sentence(answer["description"])
    headers = [f"Header `{name}`: {sentence(each['description'])}" for name, each in
               answer.get("headers", {}).items()]  # fmt: skip
    return " ".join([said, *headers]).strip()


def _content(answer: Schema) -> str:
    shown = []
    for media, each in answer.get("content", {}).items():
        schema: Any = each.get("schema", {})
        what = "[events](events.md)" if "x-events" in each or "x-events" in schema else _one(schema)
        shown.append(what if media == "application/json" else f"{what} as `{media}`")
    return ", or ".join(shown) or "nothing"


def _one(schema: Schema) -> str:
    return kind(schema) if schema else "bytes"


def _errors() -> str:
    rows = []
    for error, status in sorted(STATUS_OF.items(), key=lambda each: (each[1], each[0].__name__)):
        first = (getdoc(error) or "").partition("\n")[0]
        rows.append((f"`{status}`", f"`{error.__name__}`", inline(first)))
    rows += [
        ("`403`", "`not authorized`", "The user lacks the right."),
        ("`415`", "`unsupported media type`", "The body is neither JSON nor a form."),
    ]
    return table(("status", "reason", ""), sorted(rows))


def _shape(name: str, components: Mapping[str, Schema]) -> Iterator[str]:
    schema = components[name]
    yield f"### {name}\n\n"
    if whole := _whole(schema, components):
        yield f"The fields of {anchor(whole)} that were asked for.\n\n"
        return
    if text := schema.get("description"):
        yield f"{sentence(text)}\n\n"
    if "enum" in schema:
        yield _values(name, schema) + "\n"
    elif "properties" in schema:
        yield fields(schema) + "\n"
    else:
        yield f"{sentence(kind(schema))}\n\n"


def _whole(schema: Schema, components: Mapping[str, Schema]) -> str | None:
    """Return the shape that has the same fields, all of them required."""
    if schema.get("required"):
        return None
    own = schema.get("properties", {})
    same = (name for name, each in components.items() if each.get("properties") == own)
    return next((name for name in same if components[name].get("required")), None)


def _values(name: str, schema: Schema) -> str:
    of_code = {each.__name__: each for each in (Knowledge, Side)}
    texts = {}
    if enum := of_code.get(name):
        said = attributes(enum)
        texts = {str(each.value): said.get(each.name, "") for each in enum}
    return table(
        ("value", ""), ((f"`{each}`", inline(texts.get(each, ""))) for each in schema["enum"])
    )
