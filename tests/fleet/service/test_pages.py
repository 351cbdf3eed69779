"""Admins see the page, and nobody else sees anything of it but its script."""

from __future__ import annotations

from typing import Any

import pytest

from jupyter_comm_broker.fleet.report import encoded
from jupyter_comm_broker.fleet.service.pages import POLICY, may_look
from tests.fleet.reports import report

from .running import VIEWERS, running


async def test_an_admin_sees_the_servers() -> None:
    async with running() as service:
        await service.reports(encoded(report("ann")))
        page = await service.asked(X_Name="admin")
        assert page.status == 200
        assert 'data-name="ann/"' in page.body
        assert 'href="/user/ann/comm-broker"' in page.body
        assert "You are admin." in page.body
        rows = await service.asked("api/rows?since=0", X_Name="admin")
        assert [each["name"] for each in rows.body["rows"]] == ["ann/"]
        again = await service.asked(
            f"api/rows?life={rows.body['life']}&since={rows.body['revision']}", X_Name="admin"
        )
        assert (again.body["rows"], again.body["whole"]) == ([], False)


@pytest.mark.parametrize("path", ["", "api/rows", "api/rows?since=0"])
@pytest.mark.parametrize("name", ["ann", "tess", "operator"])
async def test_who_is_no_admin_sees_neither_the_page_nor_a_server(path: str, name: str) -> None:
    async with running() as service:
        await service.reports(encoded(report("ann")))
        await service.reports(encoded(report("bob")), "bobs")
        answer = await service.asked(path, X_Name=name)
        assert answer.status == 403
        assert "Not for you" in answer.body
        assert "bob" not in answer.body


async def test_who_is_not_logged_in_is_sent_to_the_hub() -> None:
    async with running() as service:
        page = await service.asked()
        assert (page.status, page.headers["Location"], page.body) == (302, "/hub/login", "")
        rows = await service.asked("api/rows")
        assert rows.status == 401
        assert (await service.asked(method="POST", body=b"")).status in (401, 403)


async def test_a_hub_that_does_not_answer_is_said_to_be_down() -> None:
    async with running() as service:
        answer = await service.asked(X_Name="nobody knows")
        assert answer.status == 503
        assert "The Hub does not answer" in answer.body


async def test_the_page_has_a_strict_policy_and_is_not_kept() -> None:
    async with running() as service:
        for path in ("", "api/rows"):
            for name in ("admin", "ann"):
                headers = (await service.asked(path, X_Name=name)).headers
                assert headers["Content-Security-Policy"] == POLICY
                assert headers["X-Content-Type-Options"] == "nosniff"
                assert headers["Cache-Control"] == "no-store"
    assert "unsafe" not in POLICY


async def test_the_pages_files_have_their_types_and_nothing_else_is_served() -> None:
    async with running() as service:
        script = await service.asked("static/fleet.js")
        assert (script.status, script.headers["Content-Type"]) == (
            200,
            "text/javascript; charset=utf-8",
        )
        style = await service.asked("static/fleet.css")
        assert (style.status, style.headers["Content-Type"]) == (200, "text/css; charset=utf-8")
        for path in ("static/..", "static/../main.py", "static/%2e%2e%2fmain.py", "static/x.js"):
            assert (await service.asked(path)).status in (403, 404)


@pytest.mark.parametrize("since", ["-1", "x", "1e3", "9" * 17, "9" * 400, "\u0663"])
async def test_a_revision_that_is_none_is_refused(since: str) -> None:
    async with running() as service:
        answer = await service.asked(f"api/rows?since={since}", X_Name="admin")
        assert answer.status == 400


async def test_any_life_and_any_revision_is_answered() -> None:
    async with running() as service:
        for query in ("", "?life=", "?life=other&since=99", f"?since={2**53}"):
            answer = await service.asked(f"api/rows{query}", X_Name="admin")
            assert (answer.status, answer.body["whole"]) == (200, True)


async def test_a_server_that_falls_silent_is_marked_when_somebody_looks() -> None:
    async with running() as service:
        await service.reports(encoded(report("ann")))
        service.service.roster.rows()[0].heard_at -= 100
        rows = await service.asked("api/rows", X_Name="admin")
        assert rows.body["rows"][0]["silent"]
        assert 'class="silent"' in (await service.asked(X_Name="admin")).body


def test_admins_and_the_members_of_named_groups_may_look() -> None:
    seen = {name for name, viewer in VIEWERS.items() if may_look(viewer, ())}
    assert seen == {"admin"}
    assert {name for name, viewer in VIEWERS.items() if may_look(viewer, ["teachers"])} == {
        "admin",
        "tess",
    }


@pytest.mark.parametrize(
    "viewer",
    [{}, {"admin": "yes"}, {"admin": 1}, {"groups": None}, {"kind": "service", "admin": True}],
)
def test_a_viewer_that_the_hub_describes_badly_may_not(viewer: dict[str, Any]) -> None:
    assert not may_look(viewer, ["teachers"])
