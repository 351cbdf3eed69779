"""The document that draws a widget: kept apart by its policy; its code is everybody's."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from tornado.httpclient import HTTPResponse

from jupyter_comm_broker.web.dashboard import preview
from jupyter_comm_broker.web.dashboard.preview import (
    LABEXTENSIONS_MARK,
    POLICY,
    ShowLabextension,
    ShowPreviewAsset,
    placed,
    preview_handlers,
)

from ..conftest import Desk, Judge

PAGE = f"<html><head>{LABEXTENSIONS_MARK}</head></html>"
FIRST = ("comm-broker", "preview", "frame")


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "index.html").write_text(PAGE)
    monkeypatch.setattr(preview, "BUILT", tmp_path)
    return tmp_path


async def visit(jp_fetch: Any, *path: str, **how: Any) -> HTTPResponse:
    found: HTTPResponse = await jp_fetch(*path, raise_error=False, **how)
    return found


def rules(policy: str) -> dict[str, list[str]]:
    return {name: rest for name, *rest in (each.split() for each in policy.split("; "))}


async def test_the_document_comes_with_its_policy(built: Path, desk: Desk, jp_fetch: Any) -> None:
    answer = await visit(jp_fetch, *FIRST)
    assert answer.code == 200
    assert answer.headers["Content-Security-Policy"] == POLICY
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert Judge.asked == [("read", "comms")]


def test_the_policy_keeps_the_document_apart() -> None:
    told = rules(POLICY)
    # Without allow-same-origin: no cookies, no storage, no way to other pages of the server.
    assert told["sandbox"] == ["allow-scripts"]
    assert told["default-src"] == told["connect-src"] == ["'none'"]
    assert told["base-uri"] == told["form-action"] == ["'none'"]
    assert told["frame-ancestors"] == ["'self'"]
    assert told["script-src"] == ["'self'", "blob:", "'unsafe-eval'"]
    elsewhere = {"http:", "https:", "*", "ws:", "wss:"}
    assert not elsewhere.intersection(*[told[each] for each in told])


async def test_who_may_not_read_comms_has_no_document(
    built: Path, desk: Desk, jp_fetch: Any
) -> None:
    Judge.denied = {("read", "comms")}
    assert (await visit(jp_fetch, *FIRST)).code == 403


async def test_who_is_not_logged_in_has_no_document(built: Path, desk: Desk, jp_fetch: Any) -> None:
    answer = await visit(jp_fetch, *FIRST, headers={"Authorization": ""}, follow_redirects=False)
    assert answer.code == 302
    assert "login" in answer.headers["Location"]


async def test_a_checkout_without_the_build_says_what_to_do(
    built: Path, desk: Desk, jp_fetch: Any
) -> None:
    (built / "index.html").unlink()
    answer = await visit(jp_fetch, *FIRST)
    assert answer.code == 503
    assert b"has not been built" in answer.body


def test_labextensions_stand_in_the_document_and_break_out_of_nothing() -> None:
    name = '"><script>alert(1)</script>'
    page = placed(PAGE, [{"name": name, "load": "a", "extension": "b", "style": None}])
    assert "<script>" not in page
    content = page.partition('content="')[2].partition('"')[0]
    assert json.loads(unescape(content))[0]["name"] == name


@pytest.mark.parametrize("handler", [ShowPreviewAsset, ShowLabextension])
async def test_code_is_for_documents_without_an_origin_and_without_a_login(
    handler: Any, jp_serverapp: Any, jp_base_url: str, jp_fetch: Any, tmp_path: Path
) -> None:
    place = tmp_path / "name" / "static"
    place.mkdir(parents=True)
    (place / "code.js").write_text("let one = 1;")
    rule = (rf"{re.escape(jp_base_url)}code/(.+)", handler, {"path": str(tmp_path)})
    jp_serverapp.web_app.add_handlers(".*$", [rule])
    answer = await visit(
        jp_fetch, "code", "name", "static", "code.js", headers={"Authorization": ""}
    )
    assert (answer.code, answer.body) == (200, b"let one = 1;")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "javascript" in answer.headers["Content-Type"]


@pytest.mark.parametrize(
    "path",
    ["anywidget/package.json", "bqplot/schemas/plugin.json", "../static/secret", "static/x.js"],
)
def test_of_a_labextension_only_what_was_built_is_served(path: str) -> None:
    pattern = preview_handlers[2][0]
    assert re.fullmatch(pattern, f"/comm-broker/preview/extensions/{path}") is None
    built = "/comm-broker/preview/extensions/@jupyter-widgets/maps/static/remoteEntry.1.js"
    assert re.fullmatch(pattern, built)
