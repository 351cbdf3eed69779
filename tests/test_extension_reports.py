"""The extension reports to a fleet service if it is told where, and if a Hub started the server."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from jupyter_comm_broker._version import __version__
from tests.fakes.server import Desk
from tests.fleet.fake_service import FakeService
from tests.until import until


@pytest.fixture
def service(
    jp_asyncio_loop: asyncio.AbstractEventLoop, monkeypatch: pytest.MonkeyPatch
) -> Iterator[FakeService]:
    """A service, and the environment that a Hub gives to a server."""
    running = FakeService()
    jp_asyncio_loop.run_until_complete(running.__aenter__())
    monkeypatch.setenv("JUPYTERHUB_API_TOKEN", "the-key")
    monkeypatch.setenv("JUPYTERHUB_USER", "ann")
    monkeypatch.setenv("JUPYTER_COMM_FLEET_URL", running.url)
    yield running
    jp_asyncio_loop.run_until_complete(running.__aexit__())


async def test_a_hub_tells_by_environment_where_to_report(service: FakeService, desk: Desk) -> None:
    await until(lambda: service.reports)
    first = service.reports[0]
    assert (first["user"], first["version"], first["in_path"]) == ("ann", __version__, True)
    assert first["kernels"] == {"running": 0, "busy": 0, "unlinked": 0, "busy_seconds": 0.0}
    kernel_id, kernel = await desk.starts()
    page = await desk.opens(kernel_id)
    kernel.publish("comm_open", {"comm_id": "c", "target_name": "plot", "data": {}})
    await page.hears("comm_open")
    # A new kernel and a new page are events. Five seconds are the least between two reports.
    last = await until(
        lambda: next((each for each in service.reports if each["comms"]["open"]), None)
    )
    assert (last["kernels"]["running"], last["pages"]["attached"]) == (1, 1)
    assert last["comms"]["targets"] == {"plot": 1}
    await desk.extension.stop_extension()
    assert service.reports[-1]["ended"]


async def test_nothing_is_reported_unless_it_is_told_where(desk: Desk) -> None:
    assert desk.extension.fleet_url == ""
    assert desk.extension.reporter is None


@pytest.mark.parametrize(
    "jp_server_config",
    [{"CommBroker": {"fleet_url": "http://127.0.0.1:9/services/fleet/"}}],
    indirect=True,
)
async def test_a_server_that_no_hub_started_goes_on_without_reports(desk: Desk) -> None:
    assert desk.extension.fleet_url == "http://127.0.0.1:9/services/fleet/"
    assert desk.extension.reporter is None
    check = await desk.get("api", "comms", "broker")
    assert check["in_path"]
