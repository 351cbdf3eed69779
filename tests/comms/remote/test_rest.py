"""The list of comms is read whole, and refusals say what the server said."""

from __future__ import annotations

import pytest

from jupyter_comm_broker.comms.remote import rest as module
from jupyter_comm_broker.comms.remote.address import Address
from jupyter_comm_broker.comms.remote.rest import Rest
from jupyter_comm_broker.errors import ServerRefusedError
from tests.fakes.server import Desk
from tests.until import until


async def test_kernels_and_all_pages_of_comms(
    desk: Desk, address: Address, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PAGE", "2")
    kernel_id, kernel = await desk.starts()
    for number in range(5):
        content = {"comm_id": f"c{number}", "target_name": f"t{number}", "data": {}}
        kernel.publish("comm_open", content)
    registry = desk.broker.kernel_drivers.driver(kernel_id).broker._parts.comms.registry
    await until(lambda: len(registry) == 5)
    rest = Rest(address)
    assert await rest.kernels() == [kernel_id]
    assert await rest.comms(kernel_id) == {f"c{number}": f"t{number}" for number in range(5)}
    rest.close()
    rest.close()


async def test_what_the_server_refuses_is_told_with_its_status(
    desk: Desk, address: Address
) -> None:
    rest, stranger = Rest(address), Rest(Address(address.url, "wrong"))
    with pytest.raises(ServerRefusedError) as missing:
        await rest.comms("no-such-kernel")
    with pytest.raises(ServerRefusedError) as forbidden:
        await stranger.kernels()
    assert (missing.value.status, forbidden.value.status) == (404, 403)
    rest.close()
    stranger.close()
