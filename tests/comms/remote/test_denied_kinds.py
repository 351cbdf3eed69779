"""After a denial, calls of the same type raise for a while, with the server's reason."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from jupyter_comm_broker.comms.comm import Comm
from jupyter_comm_broker.comms.remote.address import Address
from jupyter_comm_broker.comms.remote.connecting import connect_async
from jupyter_comm_broker.comms.remote.denied_kinds import HOLDS, DeniedKinds
from jupyter_comm_broker.errors import ServerRefusedError
from jupyter_comm_broker.transport.frontends import admission
from tests.fakes.authorizer import ALL, Recording
from tests.fakes.server import EXTENSIONS, Desk
from tests.until import until


def test_a_kind_is_denied_for_as_long_as_the_servers_answer_holds() -> None:
    now = 100.0
    denied = DeniedKinds("http://here", lambda: now)
    denied.check("comm_msg")
    denied.note("comm_msg", "ann may not write comms")
    denied.check("comm_open")
    with pytest.raises(ServerRefusedError, match="ann may not write") as raised:
        denied.check("comm_msg")
    assert (raised.value.url, raised.value.status) == ("http://here", 403)
    now += HOLDS
    denied.check("comm_msg")


class TestOfAServer:
    @pytest.fixture(autouse=True)
    def rights(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
        monkeypatch.setattr(admission, "ANSWER_HOLDS", 0.0)
        Recording.grant(*ALL)
        yield
        Recording.grant(*ALL)

    @pytest.fixture
    def jp_server_config(self) -> dict[str, Any]:
        return {"ServerApp": {**EXTENSIONS["ServerApp"], "authorizer_class": Recording}}

    async def test_a_program_is_told_what_it_may_not(self, desk: Desk, address: Address) -> None:
        kernel_id, kernel = await desk.starts()
        async with await connect_async(address.url, address.token, kernel_id=kernel_id) as manager:
            comm = Comm("t", manager=manager)
            kernel.status("idle", await kernel.taken("comm_open"))
            Recording.grant("read")

            async def raised(act: Any) -> ServerRefusedError:
                while True:
                    try:
                        act()
                    except ServerRefusedError as error:
                        return error
                    await asyncio.sleep(0.01)

            assert "may not write comms" in str(await raised(lambda: comm.send({"n": 1})))
            # One that was denied its opening is closed, and says why.
            reasons: list[str] = []
            other = Comm("t", manager=manager)
            other.on_close(lambda msg: reasons.append(msg["metadata"]["reason"]))
            await until(lambda: reasons)
            assert "may not execute comms" in reasons[0]
            assert "may not execute comms" in str(await raised(lambda: Comm("t", manager=manager)))
            # A close that was denied closed nothing.
            comm.close()
            assert comm.comm_id not in manager.comms
            await until(lambda: comm.comm_id in manager.comms)
            assert kernel.requests == []
            Recording.grant(*ALL)
            again = manager.comms[comm.comm_id]
            await asyncio.sleep(HOLDS)
            again.send({"n": 2})
            assert (await kernel.taken("comm_msg")).content["data"] == {"n": 2}
