"""While kernels wait to be adopted, nobody is told that they do not exist."""

from __future__ import annotations

import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

import pytest
from jupyter_server.serverapp import ServerApp
from tornado.httpclient import HTTPClientError
from tornado.httputil import HTTPServerRequest

from jupyter_comm_broker.leaving.adoption import Adoption
from jupyter_comm_broker.leaving.not_yet import NotYet, rule

from .test_kernel_notes import A, B


def adoption(*waiting: str, is_over: bool = False) -> Adoption:
    return cast("Adoption", SimpleNamespace(waiting=frozenset(waiting), is_over=is_over))


def waits(path: str, method: str = "GET", base_url: str = "/u/", **how: Any) -> bool:
    request = SimpleNamespace(method=method, path=path.partition("?")[0])
    matcher = NotYet(base_url, adoption(A, **how))
    return matcher.match(cast("HTTPServerRequest", request)) is not None


@pytest.mark.parametrize(
    ("path", "method"),
    [
        ("/u/api/sessions", "GET"),
        ("/u/api/sessions", "POST"),
        ("/u/api/sessions?x=1", "GET"),
        ("/u/api/sessions/s", "PATCH"),
        ("/u/api/kernels", "GET"),
        ("/u/api/kernels/", "GET"),
        (f"/u/api/kernels/{A}", "GET"),
        (f"/u/api/kernels/{A}", "DELETE"),
        (f"/u/api/kernels/{A}/channels?session_id=s", "GET"),
        (f"/u/api/kernels/{A}/restart", "POST"),
        (f"/u/api/kernels/{A}/comms", "GET"),
    ],
)
def test_what_would_hide_a_kernel_waits(path: str, method: str) -> None:
    assert waits(path, method)
    assert not waits(path, method, is_over=True)


@pytest.mark.parametrize(
    ("path", "method"),
    [
        ("/u/api/kernels", "POST"),
        (f"/u/api/kernels/{B}", "GET"),
        (f"/u/api/kernels/{B}/channels", "GET"),
        ("/u/api/kernelspecs", "GET"),
        ("/u/api/sessionsx", "GET"),
        ("/u/api/contents/api/sessions", "GET"),
        ("/api/sessions", "GET"),
        ("/u/lab", "GET"),
    ],
)
def test_everything_else_passes(path: str, method: str) -> None:
    assert not waits(path, method)


def test_a_base_url_is_no_pattern() -> None:
    assert waits("/a.b+(c)/api/sessions", base_url="/a.b+(c)/")
    assert not waits("/axb/api/sessions", base_url="/a.b/")
    assert waits("/api/sessions", base_url="/")


async def test_a_server_answers_503_until_it_is_over(
    jp_serverapp: ServerApp, jp_fetch: Callable[..., Any], jp_base_url: str
) -> None:
    waiting = adoption(A)
    jp_serverapp.web_app.default_router.rules.insert(0, rule(jp_base_url, waiting))
    for method in ("GET", "DELETE"):
        with pytest.raises(HTTPClientError) as refused:
            await jp_fetch("api", "kernels", A, method=method)
        answer = refused.value.response
        assert answer is not None
        assert (answer.code, answer.headers["Retry-After"]) == (503, "2")
        assert "has not adopted its kernels" in json.loads(answer.body)["message"]
    with pytest.raises(HTTPClientError) as refused:
        await jp_fetch("api", "sessions", headers={"Authorization": "token wrong"})
    assert refused.value.code == 403
    assert (await jp_fetch("api", "kernelspecs")).code == 200
    waiting.is_over = True  # type: ignore[misc]
    assert json.loads((await jp_fetch("api", "sessions")).body) == []
