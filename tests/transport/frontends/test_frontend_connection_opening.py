"""A kernel's fault is answered before the handshake, with the true reason."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import pytest
from tornado.httpclient import HTTPClientError

from jupyter_comm_broker.errors import KernelNotFoundError
from jupyter_comm_broker.transport.frontends.frontend_connection import FrontendConnection
from jupyter_comm_broker.transport.page_ports import FrontendPort
from tests.fakes.page import Page
from tests.fakes.server import Desk
from tests.until import until


@pytest.mark.parametrize(("fault", "code"), [(KernelNotFoundError("k"), 404), (ValueError(), 500)])
async def test_whatever_fails_in_following_a_kernel_is_said_before_the_handshake(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, fault: Exception, code: int
) -> None:
    kernel_id, _ = await desk.starts()

    def fails(kernel_id: str) -> None:
        raise fault

    with monkeypatch.context() as patch:
        patch.setattr(desk.broker.kernel_drivers, "driver", fails)
        with pytest.raises(HTTPClientError) as refused:
            await desk.opens(kernel_id)
    assert refused.value.code == code


async def test_a_kernel_that_goes_during_the_handshake_leaves_the_page_a_socket_and_the_truth(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    kernel_id, _ = await desk.starts()
    driver = desk.broker.kernel_drivers.driver(kernel_id)
    connect = FrontendConnection.connect

    async def goes(self: FrontendConnection) -> None:
        self.kernel_drivers.kernel_gone(kernel_id)
        await connect(self)

    monkeypatch.setattr(FrontendConnection, "connect", goes)
    page = await desk.opens(kernel_id)
    await page.hears("status", execution_state="dead")
    await page.sends("execute_request", {})
    await until(lambda: driver.broker._parts.ledger.counters["sent_to_gone_kernel"] == 1)


@pytest.mark.parametrize("kind", ["page", "connection"])
async def test_a_page_without_a_socket_behaves_towards_its_driver_as_one_with_a_socket(
    desk: Desk, kind: str
) -> None:
    kernel_id, kernel = await desk.starts()
    driver = desk.broker.kernel_drivers.driver(kernel_id)
    hears: Callable[..., Any]
    port: FrontendPort
    if kind == "page":
        port = page = Page("a")
        driver.attach("a", page)
        hears = page.hears
    else:
        opened = await desk.opens(kernel_id)
        (port,) = cast("list[FrontendConnection]", await until(lambda: desk.connections))
        hears = opened.hears
    outbox = driver.broker._parts.delivery.get("a").outbox
    for number in range(20):
        kernel.publish("stream", {"text": str(number)})
    await hears("stream", text="19")
    assert len(outbox) == 0
    port.close("enough")
    port.close("enough")
    port.flush(outbox)
