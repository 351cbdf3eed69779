"""One word for handler and document: what it does, who may, what it takes."""

from __future__ import annotations

import re

from msgspec import Struct

from jupyter_comm_broker.web.handler import CommBrokerHandler
from jupyter_comm_broker.web.operation import JSON, Answer, NoQuery, Route, operation, phrase


class Body(Struct):
    name: str


class Shows(CommBrokerHandler):
    @operation("showThing", action="read", answers={200: Answer(media={JSON: Body})})
    async def get(self, query: NoQuery, comm_id: str) -> None:
        """Show a thing.

        And more.
        """


class Makes(CommBrokerHandler):
    @operation(
        "makeThing",
        action="execute",
        answers={201: Answer()},
        body={JSON: Body},
        errors=(400,),
    )
    async def post(self, query: NoQuery, comm_id: str) -> None:
        """Make a thing."""


def test_an_operation_is_what_was_said_of_it() -> None:
    found = Route("/things", [Shows]).operations()
    assert list(found) == ["get"]
    assert (found["get"].name, found["get"].summary) == ("showThing", "Show a thing.")
    assert (found["get"].action, found["get"].query, found["get"].body) == ("read", NoQuery, {})


def test_the_methods_of_a_route_may_live_in_several_handlers() -> None:
    route = Route("/things/{comm_id}", [Shows, Makes])
    found = route.operations()
    assert {method: each.name for method, each in found.items()} == {
        "get": "showThing",
        "post": "makeThing",
    }
    assert (found["post"].body, found["post"].errors) == ({JSON: Body}, (400,))
    assert issubclass(route.handler(), Shows)
    assert issubclass(route.handler(), Makes)


def test_a_route_matches_its_path_and_nothing_longer() -> None:
    pattern, handler = Route("/api/things.json/{comm_id}/x", [Shows]).mounted()
    assert handler is Shows
    found = re.fullmatch(pattern, "/api/things.json/a%2Fb/x")
    assert found is not None
    assert found.groupdict() == {"comm_id": "a%2Fb"}
    for other in ("/api/thingsxjson/a/x", "/api/things.json/a/b/x", "/api/things.json//x"):
        assert re.fullmatch(pattern, other) is None


def test_a_status_has_a_phrase() -> None:
    assert (phrase(404), phrase(299)) == ("Not Found", "299")
