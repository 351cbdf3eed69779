"""The dashboard's page: who gets it, under which policy, from where it loads, what it weighs."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from tornado.httpclient import HTTPClientError, HTTPResponse

from jupyter_comm_broker.web.dashboard import page

from ..conftest import Judge

INDEX = f"""<!doctype html>
<html><head>{page.BASE_URL_MARK}
<script type="module" crossorigin src="./assets/index-a1.js"></script>
<link rel="stylesheet" crossorigin href="./assets/index-b2.css">
</head></html>
"""

FIRST_LOAD = 120_000
"""Bytes, compressed: what a person waits for before the page shows anything."""


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A page as the build leaves it."""
    monkeypatch.setattr(page, "BUILT", tmp_path / "dashboard")
    (page.BUILT / "assets").mkdir(parents=True)
    (page.BUILT / "index.html").write_text(INDEX)
    (page.BUILT / "assets" / "index-a1.js").write_text("export {}")
    (page.BUILT / "assets" / "index-b2.css").write_text("body {}")
    (page.BUILT / "assets" / "icon-c3.svg").write_text("<svg/>")
    return page.BUILT


async def refused(asking: Any) -> HTTPResponse:
    with pytest.raises(HTTPClientError) as raised:
        await asking
    response = raised.value.response
    assert response is not None
    return response


def directives(response: HTTPResponse) -> dict[str, str]:
    (policy,) = response.headers.get_list("Content-Security-Policy")
    return dict(each.strip().split(" ", 1) for each in policy.split(";"))


async def test_the_page_may_load_its_own_files_and_nothing_else(built: Path, jp_fetch: Any) -> None:
    response = await jp_fetch("comm-broker")
    policy = directives(response)
    assert policy.pop("img-src") == "'self' data: blob:"
    assert policy == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "connect-src": "'self'",
        "frame-src": "'self'",
        "frame-ancestors": "'self'",
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Cache-Control"] == "no-cache"
    assert response.headers["Content-Type"].startswith("text/html")


@pytest.mark.parametrize("jp_base_url", ["/", "/user/anna%20b/"])
async def test_the_page_stands_below_any_base_url(
    built: Path, jp_fetch: Any, jp_base_url: str
) -> None:
    text = (await jp_fetch("comm-broker")).body.decode()
    assert f'<meta name="jupyter-base-url" content="{jp_base_url}" />' in text
    assert f'src="{jp_base_url}comm-broker/assets/index-a1.js"' in text
    assert f'href="{jp_base_url}comm-broker/assets/index-b2.css"' in text
    assert (await jp_fetch("comm-broker", "assets", "index-a1.js")).body == b"export {}"


def test_a_base_url_cannot_leave_its_attribute() -> None:
    assert '"><script>' not in page.placed(INDEX, '/"><script>/')


async def test_what_it_loads_is_kept_by_browsers_and_has_its_type(
    built: Path, jp_fetch: Any
) -> None:
    for name, media_type in [
        ("index-a1.js", "text/javascript; charset=utf-8"),
        ("index-b2.css", "text/css; charset=utf-8"),
        ("icon-c3.svg", "image/svg+xml"),
    ]:
        for method in ("GET", "HEAD"):
            response = await jp_fetch("comm-broker", "assets", name, method=method)
            assert response.headers["Content-Type"] == media_type
            assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
            assert response.headers["X-Content-Type-Options"] == "nosniff"
            assert "script-src 'self'" in response.headers["Content-Security-Policy"]


async def test_nothing_but_what_was_built_is_served(built: Path, jp_fetch: Any) -> None:
    (built / "secret.txt").write_text("secret")
    for path in ("../secret.txt", "%2e%2e%2fsecret.txt", "..%5csecret.txt", "nothing.js", ".."):
        response = await refused(jp_fetch(f"comm-broker/assets/{path}"))
        assert response.code in (403, 404), path
        assert b"secret" not in response.body


async def test_without_a_login_there_is_no_page_but_its_code(
    built: Path, http_server_client: Any, jp_base_url: str
) -> None:
    path = f"{jp_base_url}comm-broker"
    response = await refused(http_server_client.fetch(path, follow_redirects=False))
    assert response.code == 302
    assert "/login?next=" in response.headers["Location"]
    for name in ("index-a1.js", "index-b2.css", "icon-c3.svg"):
        for method in ("GET", "HEAD"):
            code = await http_server_client.fetch(f"{path}/assets/{name}", method=method)
            assert code.code == 200
            assert "Set-Cookie" not in code.headers


async def test_it_takes_the_right_to_read_comms(built: Path, jp_fetch: Any) -> None:
    Judge.denied = {("write", "comms"), ("execute", "comms")}
    assert (await jp_fetch("comm-broker")).code == 200
    Judge.denied = {("read", "comms")}
    assert (await refused(jp_fetch("comm-broker"))).code == 403
    assert set(Judge.asked) == {("read", "comms")}


async def test_a_checkout_without_a_built_page_says_what_to_run(built: Path, jp_fetch: Any) -> None:
    (built / "index.html").unlink()
    response = await refused(jp_fetch("comm-broker"))
    assert response.code == 503
    assert b"pip install -e ." in response.body
    assert directives(response)["default-src"] == "'none'"


def test_the_first_load_of_the_real_page_is_small_and_names_nothing_but_its_own_files() -> None:
    built = Path(page.__file__).parents[2] / "static" / "dashboard"
    if not (built / "index.html").is_file():
        pytest.skip("the dashboard is not built here: python hatch_build.py")
    index = (built / "index.html").read_text()
    assert page.BASE_URL_MARK in index
    assert "://" not in index
    assert "<style" not in index
    assert "<script>" not in index
    assert " style=" not in index
    manifest = json.loads((built / ".vite" / "manifest.json").read_text())
    (entry,) = (name for name, each in manifest.items() if each.get("isEntry"))
    files, waiting = {"index.html"}, [entry]
    while waiting:
        each = manifest[waiting.pop()]
        files |= {each["file"], *each.get("css", [])}
        waiting += [name for name in each.get("imports", []) if manifest[name]["file"] not in files]
    weight = sum(len(gzip.compress((built / name).read_bytes())) for name in files)
    assert len(files) >= 3
    assert weight < FIRST_LOAD, f"{weight} bytes: {sorted(files)}"
    assert all(f'"./{name}"' in index for name in {manifest[entry]["file"]})


async def test_the_page_brings_the_word_without_which_nothing_can_be_sent(
    built: Path, jp_fetch: Any
) -> None:
    response = await jp_fetch("comm-broker")
    assert any(each.startswith("_xsrf=") for each in response.headers.get_list("Set-Cookie"))
