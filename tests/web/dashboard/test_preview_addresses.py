"""No spelling of an address gets at a file beside what labextensions had built."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from jupyter_server.base import handlers

from jupyter_comm_broker.web.dashboard.preview import (
    ShowLabextension,
    preview_handlers,
    stays_inside,
)

SECRET = "nobody may read this"
Visit = Callable[[str], Awaitable[tuple[int, str]]]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder of labextensions, and a secret beside everything that was built."""
    root = tmp_path / "labextensions"
    built = root / "name" / "static"
    built.mkdir(parents=True)
    (built / "a.js").write_text("built")
    (built / "out.js").symlink_to(root / "name" / "package.json")
    (built / "up").symlink_to(root / "name", target_is_directory=True)
    for beside in (tmp_path, root, root / "name"):
        (beside / "package.json").write_text(SECRET)
    source = tmp_path / "source"
    (source / "static").mkdir(parents=True)
    (source / "static" / "b.js").write_text("developed")
    (root / "developed").symlink_to(source, target_is_directory=True)
    return root


@pytest.fixture
def looked_for(monkeypatch: pytest.MonkeyPatch, place: Path) -> list[str]:
    """What files are looked for in the labextensions."""
    names: list[str] = []
    find = getattr(handlers, "filefind")  # noqa: B009 - it is only imported there

    def noting(name: str, places: Any) -> str:
        # The page of an error looks for files of the server's own.
        if place in map(Path, places):
            names.append(name)
        return str(find(name, places))

    monkeypatch.setattr(handlers, "filefind", noting)
    monkeypatch.setattr(ShowLabextension, "_static_paths", {})
    return names


@pytest.fixture
def visit(
    place: Path, jp_serverapp: Any, jp_base_url: str, http_server: Any, http_server_port: Any
) -> Visit:
    """Return what asks for an address word for word: clients tidy up what they are given."""
    served = str(preview_handlers[2][0]).replace("/comm-broker/preview/extensions/", "code/")
    rule = (re.escape(jp_base_url) + served, ShowLabextension, {"path": [str(place)]})
    jp_serverapp.web_app.add_handlers(".*$", [rule])

    async def visiting(address: str) -> tuple[int, str]:
        reader, writer = await asyncio.open_connection("127.0.0.1", http_server_port[-1])
        path = f"{jp_base_url}code/{address}"
        request = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        writer.write(request.encode("latin-1"))
        answer = (await asyncio.wait_for(reader.read(), 10)).decode("latin-1")
        writer.close()
        await writer.wait_closed()
        return int(answer.split(" ", 2)[1]), answer

    return visiting


HOSTILE = [
    "name/static/../package.json",
    "name/static/..%2fpackage.json",
    "name/static/%2e%2e/package.json",
    "name/static/%2E%2E%2Fpackage.json",
    "name/static/.%2e/package.json",
    "name/static/%252e%252e/package.json",
    "name/static/..%5cpackage.json",
    "name/static/..\\package.json",
    "name/static/a.js/../../package.json",
    "name/static//../package.json",
    "name/static/./../package.json",
    "name/static/../../../package.json",
    "name/static/..%00/package.json",
    "name/static/a.js%00.css",
    "name/static/%c0%ae%c0%ae/package.json",
    "name/static/%e2%80%a4%e2%80%a4/package.json",
    "name/static/%ef%bc%8e%ef%bc%8e/package.json",
    "name/static/..%0d%0a/package.json",
    "name/static/.../package.json",
    "name/static/..;/package.json",
    "name/%2e%2e/static/../package.json",
    "%2fetc/static/../passwd",
    "%2f%2fhost/static/share",
    "c:/static/../package.json",
    "name%2fstatic/static/../../package.json",
    "name/Static/a.js",
    "name/static/" + "a" * 5000,
]


@pytest.mark.parametrize("address", HOSTILE)
async def test_a_hostile_address_is_refused_before_a_file_is_looked_for(
    visit: Visit, looked_for: list[str], address: str
) -> None:
    status, answer = await visit(address)
    assert status in (400, 403, 404)
    assert SECRET not in answer
    assert looked_for == []


@pytest.mark.parametrize("address", ["name/static/out.js", "name/static/up/package.json"])
async def test_no_link_leads_out_of_what_was_built(visit: Visit, address: str) -> None:
    status, answer = await visit(address)
    assert status in (403, 404)
    assert SECRET not in answer


async def test_what_was_built_is_shown(visit: Visit, looked_for: list[str]) -> None:
    status, answer = await visit("name/static/a.js?v=1")
    assert (status, answer.endswith("built")) == (200, True)
    assert looked_for == ["name/static/a.js"]


def test_a_labextension_under_development_is_a_link_itself(place: Path) -> None:
    assert stays_inside(str(place / "developed" / "static" / "b.js"), "developed/static/b.js")
    assert not stays_inside(str(place / "name" / "static" / "out.js"), "name/static/out.js")
