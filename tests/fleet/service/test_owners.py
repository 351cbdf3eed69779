"""The Hub is asked whose token it is, seldom, and nobody reports for others."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from jupyter_comm_broker.fleet.refusals import (
    HubNotReachedError,
    NotOwnReportError,
    UnknownReporterError,
)
from jupyter_comm_broker.fleet.service import owners
from jupyter_comm_broker.fleet.service.owners import Owner, Owners, check

from .fake_hub import ANN, FakeHub


@pytest.fixture
def hub(jp_asyncio_loop: asyncio.AbstractEventLoop) -> Iterator[FakeHub]:
    running = FakeHub()
    jp_asyncio_loop.run_until_complete(running.__aenter__())
    yield running
    jp_asyncio_loop.run_until_complete(running.__aexit__())


class Time:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


async def test_the_hub_says_whose_token_it_is_and_is_asked_once_in_five_minutes(
    hub: FakeHub,
) -> None:
    clock = Time()
    known = Owners(hub.api_url, clock)
    found = await asyncio.gather(*[known.owner("anns") for _ in range(50)])
    assert {each.name for each in found} == {"ann"}
    assert known.asked == 1
    clock.now += 299
    await known.owner("anns")
    assert known.asked == 1
    clock.now += 2
    await known.owner("anns")
    assert known.asked == 2
    assert hub.tokens == ["anns", "anns"]
    await known.close()


async def test_an_unknown_token_is_asked_about_again_soon_but_not_at_once(hub: FakeHub) -> None:
    clock = Time()
    known = Owners(hub.api_url, clock)
    for _ in range(3):
        with pytest.raises(UnknownReporterError):
            await known.owner("strangers")
    assert known.asked == 1
    hub.models["strangers"] = ANN
    clock.now += 31
    assert (await known.owner("strangers")).name == "ann"
    await known.close()


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, b"oops"),
        (302, b""),
        (200, b"not JSON"),
        (200, b"[]"),
        (200, b'{"name": 3}'),
        (200, b'{"name": "ann", "scopes": {"a": 1}}'),
        (200, b'{"name": "' + b"x" * 300_000 + b'"}'),
    ],
)
async def test_a_hub_that_makes_no_sense_is_not_taken_for_a_no(
    hub: FakeHub, status: int, body: bytes
) -> None:
    hub.says = (status, body)
    known = Owners(hub.api_url)
    with pytest.raises(HubNotReachedError):
        await known.owner("anns")
    # And that is not remembered.
    hub.says = None
    assert (await known.owner("anns")).name == "ann"
    await known.close()


async def test_a_hub_that_is_down_or_slow_holds_nothing_up(
    hub: FakeHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(owners, "PATIENCE", 0.3)
    gone = Owners("http://127.0.0.1:9/hub/api")
    with pytest.raises(HubNotReachedError):
        await gone.owner("anns")
    await gone.close()
    hub.delay = 60.0
    slow = Owners(hub.api_url)
    with pytest.raises(HubNotReachedError):
        await slow.owner("anns")
    await slow.close()


async def test_a_flood_of_strange_tokens_does_not_reach_the_hub(
    hub: FakeHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(owners, "MOST_WAITING", 20)
    monkeypatch.setattr(owners, "MOST_KEPT", 15)
    hub.delay = 0.05
    known = Owners(hub.api_url)
    found = await asyncio.gather(
        *[known.owner(f"strange {number}") for number in range(200)], return_exceptions=True
    )
    assert [type(each) for each in found].count(HubNotReachedError) == 180
    assert known.asked == 20
    assert hub.most_at_once <= owners.AT_ONCE
    assert len(known._answers) == 15
    await known.close()
    await known.close()


def test_a_server_reports_for_itself() -> None:
    check(Owner("ann", scopes=["users:activity!user=ann", "access:servers!server=ann/"]), "ann", "")
    check(Owner("ann", scopes=["access:servers!server=ann/two"]), "ann", "two")
    check(Owner("ann", scopes=["access:servers!user=ann"]), "ann", "two")


@pytest.mark.parametrize(
    ("owner", "why"),
    [
        (Owner("bob", scopes=["access:servers!server=bob/"]), "for itself only"),
        # Bob lets ann access his server. That does not make her his server.
        (Owner("ann", scopes=["access:servers!server=bob/"]), "for itself only"),
        (Owner("admin", scopes=["access:servers"]), "for itself only"),
        (Owner("bob", scopes=["access:servers!server=bob/two"]), "may not access"),
        (Owner("bob", scopes=["users:activity!user=bob"]), "may not access"),
        (Owner("bob", "service", ["access:servers"]), "belongs to a service"),
    ],
)
def test_nobody_reports_for_others(owner: Owner, why: str) -> None:
    user = "bob" if why != "for itself only" else "carl"
    user = "bob" if owner.name in ("ann", "admin") else user
    with pytest.raises(NotOwnReportError, match=why) as refused:
        check(owner, user, "")
    assert (refused.value.owner, refused.value.user) == (owner.name, user)


def test_the_hubs_answer_may_have_more_fields() -> None:
    model: Any = {**ANN, "groups": ["a"], "servers": {}, "auth_state": None}
    assert msgspec.json.decode(json.dumps(model), type=Owner).name == "ann"
