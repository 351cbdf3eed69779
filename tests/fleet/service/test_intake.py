"""A report is taken from the server that it is about. Any other is refused with a reason."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import pytest

from jupyter_comm_broker.fleet.refusals import ReportError
from jupyter_comm_broker.fleet.report import MOST_BYTES, encoded
from jupyter_comm_broker.fleet.service import intake
from tests.fleet.reports import report

from .fake_hub import ANN
from .running import Running, running


def users(service: Running) -> list[tuple[str, str]]:
    return [row.key for row in service.service.roster.rows()]


async def test_a_server_reports_and_is_shown() -> None:
    async with running() as service:
        answer = await service.reports(encoded(report("ann")))
        assert (answer.status, answer.body) == (204, "")
        assert users(service) == [("ann", "")]
        for header in ("token bobs", "Bearer bobs", "TOKEN   bobs"):
            answer = await service.asked(
                "api/reports", body=encoded(report("bob", life=header)), Authorization=header
            )
            assert answer.status == 204
            service.service.roster.rows()[1].heard_at -= 10
        assert users(service) == [("ann", ""), ("bob", "")]
        assert service.hub.tokens == ["anns", "bobs"]


@pytest.mark.parametrize(
    ("token", "said", "status", "reason", "message"),
    [
        (None, {}, 401, "UnknownReporterError", "needs the server's own token"),
        ("strangers", {}, 401, "UnknownReporterError", "does not know this token"),
        ("bobs", {}, 403, "NotOwnReportError", "for itself only"),
        ("anns", {"server_name": "two"}, 403, "NotOwnReportError", "may not access that server"),
        ("operators", {}, 403, "NotOwnReportError", "belongs to a service"),
        ("anns", {"user": "ANN"}, 403, "NotOwnReportError", "for itself only"),
        ("anns", {"user": "ann/"}, 403, "NotOwnReportError", "for itself only"),
    ],
)
async def test_nobody_reports_for_another_server(
    token: str | None, said: dict[str, Any], status: int, reason: str, message: str
) -> None:
    async with running() as service:
        answer = await service.reports(encoded(report(**{"user": "ann", **said})), token)
        assert (answer.status, answer.body["reason"]) == (status, reason)
        assert message in answer.body["message"]
        assert users(service) == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"[]",
        b"\x00\xff",
        b'{"user": "ann"}',
        encoded(report("ann")).replace(b'"number":0', b'"number":"0"'),
        encoded(report("ann")).replace(b'"number":0', b'"number":-1'),
        encoded(report("ann")).replace(b'"interval":20.0', b'"interval":1e999'),
    ],
)
async def test_what_is_no_report_is_refused(body: bytes) -> None:
    async with running() as service:
        answer = await service.reports(body)
        assert (answer.status, answer.body["reason"]) == (400, "MalformedReportError")
        assert users(service) == []


async def test_a_huge_report_is_cut_off_before_it_is_read(caplog: pytest.LogCaptureFixture) -> None:
    async with running() as service:
        with caplog.at_level(logging.INFO):
            answer = await service.reports(b" " * (MOST_BYTES + 1))
        # tornado closes the connection: 599 is its client's word for that.
        assert answer.status in (400, 413, 599)
        assert users(service) == []
        assert service.hub.tokens == []


async def test_who_reports_too_often_is_told_when_to_come_again() -> None:
    async with running() as service:
        assert (await service.reports(encoded(report("ann")))).status == 204
        answer = await service.reports(encoded(report("ann", number=1)))
        assert (answer.status, answer.headers["Retry-After"]) == (429, "1")


async def test_a_full_page_takes_no_other_server() -> None:
    async with running(most=1) as service:
        assert (await service.reports(encoded(report("ann")))).status == 204
        answer = await service.reports(encoded(report("bob")), "bobs")
        assert (answer.status, answer.body["reason"]) == (503, "FleetFullError")
        assert users(service) == [("ann", "")]


async def test_a_hub_that_is_down_is_said_to_be_down() -> None:
    async with running() as service:
        service.hub.says = (500, b"")
        answer = await service.reports(encoded(report("ann")))
        assert (answer.status, answer.body["reason"]) == (503, "HubNotReachedError")
        assert answer.headers["Retry-After"] == "30"
        service.hub.says = None
        assert (await service.reports(encoded(report("ann")))).status == 204


async def test_what_waited_while_the_service_was_held_up_is_not_believed() -> None:
    async with running() as service:
        service.service.pulse._beat_at -= 60.0
        answer = await service.reports(encoded(report("ann")))
        assert (answer.status, answer.body["reason"]) == (503, "OldReportError")
        assert users(service) == []
        service.service.pulse._deaf_until = 0.0
        assert (await service.reports(encoded(report("ann")))).status == 204


async def test_other_methods_and_paths_are_errors_without_a_traceback() -> None:
    async with running() as service:
        for method in ("GET", "PUT", "DELETE"):
            answer = await service.asked("api/reports", method=method)
            assert (answer.status, answer.body) == (
                405,
                {"message": "Method Not Allowed", "reason": "Method Not Allowed"},
            )
        assert (await service.asked("api/elsewhere")).status == 404


async def test_refusals_are_counted_and_logged_a_few_times(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with running() as service:
        with caplog.at_level(logging.WARNING):
            for _ in range(50):
                await service.reports(b"{}")
        assert service.service.intake.counted["MalformedReportError"] == 50
        refused = [each for each in caplog.records if "refused a report" in each.message]
        assert len(refused) == intake.LOGGED


async def test_a_report_forges_no_line_of_the_log(caplog: pytest.LogCaptureFixture) -> None:
    async with running() as service:
        service.hub.models["anns"] = {**ANN, "name": "x\n[W] forged"}
        with caplog.at_level(logging.WARNING):
            answer = await service.reports(encoded(report("y\n[W] forged too")))
        assert answer.status == 403
        assert all("\n" not in each.message for each in caplog.records)


def test_each_refusal_has_a_status() -> None:
    assert set(intake.STATUS_OF) == set(ReportError.__subclasses__())


async def test_hundreds_of_servers_that_report_at_once_are_taken() -> None:
    async with running() as service:
        for number in range(300):
            service.hub.models[f"token{number}"] = {
                "name": f"user{number}",
                "scopes": [f"access:servers!server=user{number}/"],
            }
        answers = await asyncio.gather(
            *[
                service.reports(encoded(report(f"user{number}")), f"token{number}")
                for number in range(300)
            ]
        )
        assert {each.status for each in answers} == {204}
        assert len(users(service)) == 300
