"""Who is let in: tokens, cookies with their XSRF word, and nobody else, as on the server's own."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode

import pytest
from tornado.httpclient import HTTPClientError, HTTPResponse

from .conftest import KERNEL_1, Desk, Judge
from .test_routes_rights import BODIES, NEEDS, QUERIES, STREAM, Operation, room, steps

__all__ = ["room"]

CHANGING = [each for each in NEEDS if each[0] != "GET"]
READING = [each for each in NEEDS if each[0] == "GET" and each[1] != STREAM]
STOCK = ("api", "kernels")
"""Of the server's own, to compare with."""

Visit = Callable[..., Awaitable[HTTPResponse]]
LogIn = Callable[[], Awaitable[dict[str, str]]]


@pytest.fixture
def visit(room: Desk, http_server_client: Any, jp_base_url: str) -> Visit:
    """Ask for a path with these headers and no others."""

    async def visiting(
        path: tuple[str, ...] | list[str], headers: dict[str, str], **how: Any
    ) -> HTTPResponse:
        url = f"{jp_base_url}{'/'.join(path)}?{urlencode(how.pop('query', {}))}"
        try:
            found: Any = await http_server_client.fetch(
                url, headers=headers, follow_redirects=False, **how
            )
        except HTTPClientError as error:
            found = error.response
        assert isinstance(found, HTTPResponse)
        return found

    return visiting


async def do(visit: Visit, operation: Operation, headers: dict[str, str], **query: str) -> Any:
    method, template = operation
    how: dict[str, Any] = {"method": method}
    if (body := BODIES.get(operation)) is not None:
        how["body"] = json.dumps(body)
    return await visit(
        steps(template),
        {**headers, "Content-Type": "application/json"},
        query={**QUERIES.get(operation, {}), **query},
        **how,
    )


def cookies(*responses: HTTPResponse) -> dict[str, str]:
    found = SimpleCookie()
    for response in responses:
        for line in response.headers.get_list("Set-Cookie"):
            found.load(line)
    return {name: morsel.value for name, morsel in found.items()}


@pytest.fixture
def log_in(visit: Visit, jp_serverapp: Any) -> LogIn:
    """Fill in the form, and return the cookies that it gives."""

    async def logging_in() -> dict[str, str]:
        form = await visit(("login",), {})
        word = cookies(form)["_xsrf"]
        body = urlencode({"password": jp_serverapp.identity_provider.token, "_xsrf": word})
        entered = await visit(("login",), {"Cookie": f"_xsrf={word}"}, method="POST", body=body)
        assert entered.code == 302
        # Words are bound to who is logged in, so that the form's is no longer right.
        page = await visit(("login",), {"Cookie": header(cookies(entered))})
        return cookies(form, entered, page)

    return logging_in


def header(found: dict[str, str]) -> str:
    return "; ".join(f"{name}={value}" for name, value in found.items())


@pytest.mark.parametrize("operation", CHANGING, ids=" ".join)
async def test_a_cookie_alone_changes_nothing(
    visit: Visit, log_in: LogIn, room: Desk, operation: Operation
) -> None:
    browser = await log_in()
    for headers in (
        {"Cookie": header(browser)},
        {"Cookie": header(browser), "X-XSRFToken": "guessed"},
    ):
        answer = await do(visit, operation, headers)
        assert answer.code == 403
        problem = json.loads(answer.body)
        assert "xsrf" in problem["message"].lower()
        assert problem["reason"]
    assert Judge.asked == []
    assert room.programs[KERNEL_1].sent == []


@pytest.mark.parametrize("operation", CHANGING, ids=" ".join)
async def test_a_cookie_with_its_word_changes_what_a_token_does(
    visit: Visit, log_in: LogIn, jp_serverapp: Any, operation: Operation
) -> None:
    browser, token = await log_in(), jp_serverapp.identity_provider.token
    ways: list[tuple[dict[str, str], dict[str, str]]] = [
        ({"Cookie": header(browser), "X-XSRFToken": browser["_xsrf"]}, {}),
        ({"Cookie": header(browser)}, {"_xsrf": browser["_xsrf"]}),
        ({"Authorization": f"token {token}"}, {}),
        ({"Authorization": f"Bearer {token}"}, {}),
        ({}, {"token": token}),
    ]
    for headers, query in ways:
        answer = await do(visit, operation, headers, **query)
        assert answer.code in (200, 201, 202, 410), answer.body


@pytest.mark.parametrize("operation", [*READING, *CHANGING], ids=" ".join)
@pytest.mark.parametrize("headers", [{}, {"Authorization": "token guessed"}], ids=["none", "wrong"])
async def test_who_has_no_token_gets_what_the_server_itself_says(
    visit: Visit, room: Desk, operation: Operation, headers: dict[str, str]
) -> None:
    stock = await visit(STOCK, headers)
    answer = await do(visit, operation, headers)
    assert answer.code == stock.code == 403
    assert set(json.loads(answer.body)) == {"message", "reason"}
    assert Judge.asked == []
    assert room.programs[KERNEL_1].sent == []


async def test_pages_of_other_sites_are_met_as_the_server_itself_meets_them(
    visit: Visit, log_in: LogIn
) -> None:
    browser, codes = await log_in(), []
    without_word = {name: value for name, value in browser.items() if name != "_xsrf"}
    for headers in (
        {"Cookie": header(without_word)},
        {"Cookie": header(without_word), "Referer": "http://elsewhere.example/"},
        {"Cookie": header(browser), "Origin": "http://elsewhere.example"},
    ):
        stock = await visit(STOCK, headers)
        codes.append(stock.code)
        for operation in READING:
            assert (await do(visit, operation, headers)).code == stock.code
    assert codes[2] == 404


@pytest.fixture
def jp_server_config(jp_server_config: dict[str, Any], request: Any) -> dict[str, Any]:
    jp_server_config["ServerApp"]["allow_unauthenticated_access"] = getattr(request, "param", True)
    return jp_server_config


@pytest.mark.parametrize("jp_server_config", [False], indirect=True)
async def test_a_server_that_is_closed_to_strangers_starts_and_serves(
    visit: Visit, jp_serverapp: Any
) -> None:
    """Such a server does not start if any handler forgets to say who may call it."""
    assert jp_serverapp.allow_unauthenticated_access is False
    token = {"Authorization": f"token {jp_serverapp.identity_provider.token}"}
    for operation in READING:
        assert (await do(visit, operation, token)).code == 200
        stranger = await do(visit, operation, {})
        assert stranger.code == 403
        assert re.search("forbidden|log in", str(stranger.body), re.IGNORECASE)
