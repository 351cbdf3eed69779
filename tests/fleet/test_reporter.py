"""Reports go out at intervals and on events, and no service can do harm to a server."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any, cast

import pytest
from tornado.simple_httpclient import SimpleAsyncHTTPClient

from jupyter_comm_broker.core.state.changes import FrontendAttached, ProcessEnded
from jupyter_comm_broker.fleet.destination import destination
from jupyter_comm_broker.fleet.pace import Pace
from jupyter_comm_broker.fleet.report_maker import ReportMaker
from jupyter_comm_broker.fleet.reporter import MOST_ANSWER, Reporter, Times
from jupyter_comm_broker.transport.driver import KernelDriver
from tests.until import until

from .fake_service import FakeService, answer
from .test_destination import HUBS
from .test_report_maker import check

QUICK = Times(patience=0.5, farewell=0.5, gap=0.02)


def driver(*, closed: bool) -> KernelDriver:
    return cast("KernelDriver", SimpleNamespace(closed=closed))


class Hasty(Pace):
    """A pace for tests: each wait has a length that the test chose."""

    seconds = 0.02

    def wait(self, chance: float) -> float:
        return self.seconds


def reporter(url: str, *, pace: Pace | None = None, broken: bool = False) -> Reporter:
    def self_check() -> Any:
        if broken:
            raise ZeroDivisionError("our own fault")
        return check()

    where = destination(url, HUBS)
    maker = ReportMaker("life", where, check=self_check, brokers=list, now=lambda: 0.0)
    return Reporter(where, maker, logging.getLogger("fleet"), pace=pace or Hasty(), times=QUICK)


@asynccontextmanager
async def reporting(url: str, **how: Any) -> AsyncIterator[Reporter]:
    made = reporter(url, **how)
    made.start()
    try:
        yield made
    finally:
        await made.close()


async def test_reports_follow_each_other_with_the_servers_own_token() -> None:
    async with FakeService() as service, reporting(service.url) as one:
        await until(lambda: len(service.reports) >= 3)
        numbers = [each["number"] for each in service.reports]
        assert numbers == list(range(len(numbers)))
        assert service.reports[0]["user"] == "ann@example.org"
        assert "Authorization: token the-key" in service.heads[0]
        assert service.heads[0].startswith("POST /services/fleet/api/reports ")
        # Started twice, it reports once.
        one.start()
        assert service.most_open == 1


async def test_an_event_is_reported_soon_and_only_once() -> None:
    pace = Hasty()
    pace.seconds = 60.0
    page = driver(closed=False)
    async with FakeService() as service, reporting(service.url, pace=pace) as one:
        await until(lambda: one.sent == 1)
        one.watch(page, [])
        await asyncio.sleep(0.1)
        assert one.sent == 1
        for _ in range(100):
            one.watch(page, [FrontendAttached("a")])
        await until(lambda: one.sent == 2)
        one.watch(page, [ProcessEnded("x")])
        await until(lambda: one.sent == 3)
        one.watch(driver(closed=True), [])
        await until(lambda: one.sent == 4)
        one.greet(page)
        await until(lambda: one.sent == 5)
        await asyncio.sleep(0.1)
        assert len(service.reports) == 5


async def test_a_server_that_stops_says_farewell() -> None:
    async with FakeService() as service:
        one = reporter(service.url)
        one.start()
        await until(lambda: one.sent > 0)
        await one.close()
        assert service.reports[-1]["ended"]
        count = len(service.reports)
        await one.close()
        await asyncio.sleep(0.1)
        assert len(service.reports) == count


async def test_a_server_that_ends_without_stopping_says_farewell_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    registered: list[Any] = []
    monkeypatch.setattr("atexit.register", registered.append)
    monkeypatch.setattr("atexit.unregister", registered.remove)
    async with FakeService() as service:
        one = reporter(service.url)
        one.start()
        await until(lambda: one.sent > 0)
        (at_exit,) = registered
        await asyncio.to_thread(at_exit)
        assert [each["ended"] for each in service.reports].count(True) == 1
        await one.close()
        assert registered == []
        # Nobody listened to the latest report.
        one.pace.refused()
        count = len(service.reports)
        await asyncio.to_thread(at_exit)
        assert len(service.reports) == count


async def test_a_server_that_stops_in_the_moment_in_which_an_answer_comes_ends(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """In this moment, Python before 3.12 forgot that the task was cancelled."""
    posted: list[asyncio.Future[Any]] = []

    def fetch(*_: Any, **__: Any) -> asyncio.Future[Any]:
        posted.append(asyncio.get_running_loop().create_future())
        return posted[-1]

    monkeypatch.setattr(SimpleAsyncHTTPClient, "fetch", fetch)
    one = reporter("http://127.0.0.1:9/")
    one.start()
    await until(lambda: posted)
    posted[0].set_result(SimpleNamespace(code=503, body=b"", headers={}, error=None))
    await asyncio.wait_for(one.close(), 5)
    assert len(posted) == 1


async def test_a_server_that_stops_waits_for_nobody() -> None:
    never_started = reporter("http://127.0.0.1:9/")
    await never_started.close()
    async with FakeService() as service:
        one = reporter(service.url)
        one.start()
        await until(lambda: one.sent > 0)
        service.says = None
        begin = asyncio.get_running_loop().time()
        await one.close()
        # A report on its way is given up; the farewell has half a second here.
        assert asyncio.get_running_loop().time() - begin < 2.0


async def test_a_service_that_was_down_gets_one_report_and_no_backlog(
    caplog: pytest.LogCaptureFixture,
) -> None:
    service = FakeService()
    async with service:
        pass
    with caplog.at_level(logging.INFO):
        async with reporting(service.url) as one:
            await until(lambda: one.pace.failed >= 5)
            assert len(caplog.records) == 1
            assert "does not take reports" in caplog.text
            assert "the-key" not in caplog.text
            made = one.pace.failed
            async with service:
                await until(lambda: one.sent >= 1)
                assert service.reports[0]["number"] >= made
                assert service.most_open == 1
    assert "takes reports again" in caplog.text


LYING = {
    "refuses": answer("403 Forbidden", b"no"),
    "fails": answer("500 Oops", b"<html>" * 100),
    "is full": answer("503 Busy", b"", "Retry-After: 99999999999"),
    "redirects": answer("302 Found", b"", "Location: http://127.0.0.1:9/steal"),
    "redirects for good": answer("308 Moved", b"", "Location: /elsewhere"),
    "says garbage": b"\x00\xff\xfe not HTTP \r\n\r\n",
    "says half": b"HTTP/1.1 204 No Con",
    "hangs up": b"",
    "says too much": answer("204 No Content", b"x" * 100) + b"y" * 100_000,
    "says a long body": answer("200 OK", b"x" * (MOST_ANSWER + 1)),
    "says an impossible length": b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n",
    "says two lengths": b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
    "says an odd status": b"HTTP/1.1 999 Yes\r\nContent-Length: 0\r\n\r\n",
    "forges log lines": answer("418 Tea", b"x\n[W] forged \x1b[2J"),
    "packs a bomb": answer("418 Tea", b"\x1f\x8b" + b"x" * 50, "Content-Encoding: gzip"),
    "says a long head": b"HTTP/1.1 204 No\r\n" + b"A: " + b"x" * 200_000 + b"\r\n\r\n",
}


@pytest.mark.parametrize("says", LYING.values(), ids=LYING.keys())
async def test_whatever_the_service_says_the_server_goes_on_and_tries_again(says: bytes) -> None:
    async with FakeService(says) as service, reporting(service.url) as one:
        await until(lambda: one.pace.failed >= 2 or one.sent >= 2)
        assert one.pace.failed <= 100
        service.says = answer("204 No Content")
        await until(lambda: one.sent > 0 and one.pace.failed == 0)
        assert service.most_open == 1
        # The token went nowhere else.
        assert all(head.startswith("POST /services/fleet/api/reports ") for head in service.heads)


@pytest.mark.parametrize(
    ("says", "endless"),
    [
        (None, False),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n", True),
        (b"HTTP/1.1 100 Continue\r\n\r\n", True),
        (b"HTTP/1.1 200 OK\r\n", True),
    ],
    ids=["says nothing", "never ends", "continues", "has endless headers"],
)
async def test_a_service_that_is_slow_for_ever_is_given_up(
    says: bytes | None, endless: bool
) -> None:
    async with FakeService(says, endless=endless) as service, reporting(service.url) as one:
        begin = asyncio.get_running_loop().time()
        await until(lambda: one.pace.failed >= 2)
        assert asyncio.get_running_loop().time() - begin < 10
        assert service.most_open == 1
        service.endless = False


async def test_a_fault_in_the_making_of_a_report_is_logged_and_ends_nothing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with FakeService() as service, reporting(service.url, broken=True) as one:
        await until(lambda: one.pace.failed >= 3)
        assert service.reports == []
    assert "our own fault" in caplog.text
