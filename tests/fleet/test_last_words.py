"""A server that ends at once says so, and waits for nobody."""

from __future__ import annotations

import asyncio
import logging

import pytest

from jupyter_comm_broker.fleet.destination import destination
from jupyter_comm_broker.fleet.last_words import say

from .fake_service import FakeService, answer
from .reports import report
from .test_destination import HUBS

LOG = logging.getLogger("fleet")


async def said(service: FakeService) -> None:
    where = destination(service.url, HUBS)
    await asyncio.wait_for(asyncio.to_thread(say, where, report(number=7), 0.3, LOG), 5)


async def test_the_last_report_says_that_no_other_follows() -> None:
    async with FakeService() as service:
        await said(service)
    (last,) = service.reports
    assert (last["number"], last["ended"]) == (8, True)
    assert "Authorization: token the-key" in service.heads[0]


@pytest.mark.parametrize(
    "says",
    [None, b"", b"garbage\r\n\r\n", b"HTTP/1.1 2", answer("302 Found", b"", "Location: /x")],
)
async def test_whatever_the_service_says_the_server_ends(says: bytes | None) -> None:
    async with FakeService(says) as service:
        await said(service)
        assert len(service.reports) == 1


async def test_without_a_service_the_server_ends() -> None:
    service = FakeService()
    async with service:
        pass
    await said(service)
