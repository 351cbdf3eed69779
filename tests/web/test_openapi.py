"""The document says what the routes do, in the words of the standard."""

from __future__ import annotations

from typing import Annotated, Any

from jsonschema import Draft202012Validator
from msgspec import Meta, Struct
from openapi_spec_validator import validate

from jupyter_comm_broker.core.state.comm_record import Knowledge
from jupyter_comm_broker.web.handler import CommBrokerHandler
from jupyter_comm_broker.web.openapi import document
from jupyter_comm_broker.web.operation import JSON, Answer, Route, operation


class Wanted(Struct):
    names: Annotated[list[str], Meta(description="Which.")]
    trust: Knowledge = Knowledge.CLEAN


class Thing(Struct):
    name: str


class Things(CommBrokerHandler):
    @operation(
        "changeThing",
        action="write",
        query=Wanted,
        body={JSON: Thing, "multipart/form-data": None},
        answers={
            200: Answer(media={JSON: list[Thing]}, headers={"ETag": "A tag."}),
            202: Answer(),
        },
        errors=(404,),
    )
    async def post(self, query: Wanted, comm_id: str) -> None:
        """Change a thing."""


ROUTES = [Route("/things/{comm_id}", [Things])]


def described() -> dict[str, Any]:
    found: dict[str, Any] = document(ROUTES, "1.2", "/base/")
    return found


def test_the_document_is_what_the_standard_asks_for() -> None:
    validate(described())
    validate(document([], "1", "/"))


def test_it_tells_version_place_and_who_may() -> None:
    found = described()
    assert (found["openapi"], found["info"]["version"]) == ("3.1.0", "1.2")
    assert found["servers"] == [{"url": "/base"}]
    assert document([], "1", "/")["servers"] == [{"url": "/"}]
    assert "write" in found["paths"]["/things/{comm_id}"]["post"]["description"]


def test_an_operation_lists_its_parameters() -> None:
    post = described()["paths"]["/things/{comm_id}"]["post"]
    path, names, trust = post["parameters"]
    assert (path["name"], path["in"], path["required"]) == ("comm_id", "path", True)
    assert (names["in"], names["style"], names["explode"]) == ("query", "form", False)
    assert (names["description"], names["schema"]) == (
        "Which.",
        {"type": "array", "items": {"type": "string"}},
    )
    assert trust["schema"]["default"] == "clean"


def test_an_operation_lists_its_bodies_answers_and_errors() -> None:
    found = described()
    post = found["paths"]["/things/{comm_id}"]["post"]
    thing = {"$ref": "#/components/schemas/Thing"}
    assert post["requestBody"]["content"] == {JSON: {"schema": thing}, "multipart/form-data": {}}
    assert list(post["responses"]) == ["200", "202", "404", "400", "403"]
    ok = post["responses"]["200"]
    assert ok["content"][JSON]["schema"] == {"type": "array", "items": thing}
    assert ok["headers"]["ETag"]["description"] == "A tag."
    assert "content" not in post["responses"]["202"]
    problem = post["responses"]["404"]["content"][JSON]["schema"]
    assert problem == {"$ref": "#/components/schemas/ProblemView"}


def test_every_named_type_is_there_and_is_a_schema() -> None:
    schemas = described()["components"]["schemas"]
    assert {"Thing", "Knowledge", "ProblemView"} <= set(schemas)
    assert "Wanted" not in schemas
    for schema in schemas.values():
        Draft202012Validator.check_schema(schema)
