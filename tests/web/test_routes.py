"""The table of routes: each is served, described and named once."""

from __future__ import annotations

from openapi_spec_validator import validate

from jupyter_comm_broker._version import __version__
from jupyter_comm_broker.web.routes import ROUTES, RUNS, handlers_beside

from .conftest import Ask


async def test_the_document_is_served(ask: Ask, jp_base_url: str) -> None:
    found = (await ask("api", "comms", "openapi.json")).body
    validate(found)
    assert found["info"]["version"] == __version__
    assert found["servers"] == [{"url": jp_base_url.rstrip("/")}]
    assert set(found["paths"]) == {route.path for route in ROUTES}


def test_every_route_does_something_and_has_a_name_of_its_own() -> None:
    assert all(route.operations() for route in ROUTES)
    names = [each.name for route in ROUTES for each in route.operations().values()]
    assert len(set(names)) == len(names)
    assert len(handlers_beside([])) == len(ROUTES)


def test_an_address_that_another_extension_has_is_left_to_it() -> None:
    beside = handlers_beside(["jupyter_server_nbmodel", "another"])
    (gone,) = {pattern for pattern, _ in handlers_beside([])} - {pattern for pattern, _ in beside}
    (pattern,) = [route.mounted()[0] for route in ROUTES if route.path == RUNS + "/{msg_id}"]
    assert gone == pattern


def test_every_operation_has_a_summary_and_an_action() -> None:
    for route in ROUTES:
        for each in route.operations().values():
            assert each.summary.endswith("."), each.name
            assert each.action in ("read", "write", "execute")
