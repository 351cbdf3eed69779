"""A gateway behind TLS is reached with GatewayClient's own settings, and only if it is the one."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import trustme

from jupyter_comm_broker.testing.page import Page
from jupyter_comm_broker.testing.server import Server

from ..flooded import eventually
from .gateway import Gateway
from .wire import Wire


@pytest.fixture
def authority() -> trustme.CA:
    """Who signs the certificates."""
    return trustme.CA()


@pytest.fixture
def secured(gateway: Gateway, authority: trustme.CA) -> Iterator[Wire]:
    """A wire to the gateway that speaks TLS."""
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(tls)
    wire = Wire(gateway.port, tls)
    wire.open()
    yield wire
    wire.close()


def options(gateway: Gateway, wire: Wire, authority: trustme.CA, folder: Path) -> list[str]:
    """Return the options of a server that trusts what is in ``trusted.pem`` in the folder."""
    authority.cert_pem.write_to_path(str(folder / "trusted.pem"))
    ours = authority.issue_cert("front@example.org")
    ours.cert_chain_pems[0].write_to_path(str(folder / "ours.pem"))
    ours.private_key_pem.write_to_path(str(folder / "ours.key"))
    _, *others = gateway.front()
    return [
        f"--GatewayClient.url=https://127.0.0.1:{wire.port}",
        f"--GatewayClient.ca_certs={folder / 'trusted.pem'}",
        # jupyter_server uses ca_certs only for a client that has a certificate of its own.
        f"--GatewayClient.client_cert={folder / 'ours.pem'}",
        f"--GatewayClient.client_key={folder / 'ours.key'}",
        *others,
    ]


@pytest.fixture
def front(
    gateway: Gateway,
    secured: Wire,
    authority: trustme.CA,
    tmp_path: Path,
    start_server: Callable[..., Server],
) -> Server:
    """A server that reaches the gateway over TLS."""
    return start_server(options=options(gateway, secured, authority, tmp_path))


async def test_pages_of_a_kernel_behind_tls_get_their_widgets(front: Server, secured: Wire) -> None:
    kernel_id = front.start_kernel()
    async with Page(front, kernel_id) as page:
        await page.run("import ipywidgets as w; slider = w.IntSlider(value=3)")
        assert (await page.reload()).by == "control"
        assert page.widgets.only("IntSliderModel").state["value"] == 3
        secured.break_off()

        async def is_back() -> bool:
            link = await front.link(kernel_id)
            return bool(link["link"] == "proven" and link["counters"].get("link_failures"))

        await eventually(is_back, 20)
        assert await page.run("print(slider.value)") == "3\n"
    front.end_kernel(kernel_id)


async def test_a_certificate_that_is_not_trusted_any_more_is_an_obstacle_with_a_reason(
    front: Server, secured: Wire, authority: trustme.CA, tmp_path: Path
) -> None:
    kernel_id = front.start_kernel()
    async with Page(front, kernel_id) as page:
        await page.run("1")
        trusted = str(tmp_path / "trusted.pem")
        trustme.CA().cert_pem.write_to_path(trusted)
        secured.break_off()
        await page.until(lambda m: m.content == {"execution_state": "unknown"})

        async def is_said() -> bool:
            return "certificate verify failed" in front.log

        await eventually(is_said, 20)
        authority.cert_pem.write_to_path(trusted)
        assert await page.run("print(1)") == "1\n"
    front.end_kernel(kernel_id)
