"""The gateway's settings hold for each request anew."""

from __future__ import annotations

import time
from typing import Any

import pytest
from jupyter_server.gateway.gateway_client import GatewayClient, GatewayTokenRenewerBase

from jupyter_comm_broker.transport.gateway import far_end
from jupyter_comm_broker.transport.gateway.far_end import FarEnd, GatewayUnreachableError, said

from .far import NOT_FOUND, Far, answer


class Renewer(GatewayTokenRenewerBase):
    """Gives another token each time, and takes its time."""

    given = 0
    slow = 0.0

    def get_token(self, *args: Any, **kwargs: Any) -> str:
        time.sleep(Renewer.slow)
        Renewer.given += 1
        return f"token-{Renewer.given}"


@pytest.fixture
def renewer(far: Far) -> type[Renewer]:
    Renewer.given, Renewer.slow = 0, 0.0
    client = GatewayClient.instance()
    client.gateway_token_renewer_class = Renewer
    client.gateway_token_renewer = Renewer(parent=client)
    return Renewer


async def test_a_kernel_exists_or_not_or_nothing_is_known(far: Far) -> None:
    end = FarEnd()
    far.by_id = answer(200, b'{"id": "a kernel/with signs"}')
    assert await end.has_kernel("a kernel/with signs")
    assert "/api/kernels/a+kernel%2Fwith+signs" in far.asked[0]
    far.by_id = answer(404, NOT_FOUND)
    assert not await end.has_kernel("k")
    words = [
        *((404, b"<html>"), (404, b"[1]"), (404, b'{"message": "no such route"}')),
        *((500, b"{}"), (201, b"{}")),
        *((200, b"<html>maintenance"), (200, b'{"status": "starting"}'), (200, b'{"id": "other"}')),
    ]
    for code, body in words:
        far.by_id = answer(code, body)
        with pytest.raises(GatewayUnreachableError):
            await end.has_kernel("k")


async def test_a_token_is_renewed_for_each_request(far: Far, renewer: type[Renewer]) -> None:
    end = FarEnd()
    await end.has_kernel("k")
    await end.has_kernel("k")
    assert [line.rpartition(" ")[2] for line in far.asked] == ["token-1", "token-2"]


async def test_a_renewer_that_hangs_holds_up_nothing_but_its_own_request(
    far: Far, renewer: type[Renewer], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(far_end, "RENEWAL", 0.05)
    renewer.slow = 0.3
    with pytest.raises(GatewayUnreachableError, match="settings of GatewayClient"):
        await FarEnd().channels("k", "session")


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ConnectionRefusedError(111, "Connection refused"), "no answer: [Errno 111]"),
        (TimeoutError(), "TimeoutError()"),
    ],
)
def test_what_went_wrong_is_said(error: Exception, words: str) -> None:
    assert words in said(error)
