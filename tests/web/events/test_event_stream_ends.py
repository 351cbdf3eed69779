"""Whose token is revoked reads no further, and there are only so many readers."""

from __future__ import annotations

from typing import Any

import pytest
from jupyter_server.auth import User

from jupyter_comm_broker.events.event_readers import EventReaders
from tests.until import until

from ..conftest import Desk, Judge, Reading


async def test_a_revoked_token_ends_the_stream_with_a_word(
    desk: Desk, reading: Reading, jp_serverapp: Any, caplog: pytest.LogCaptureFixture
) -> None:
    async with reading() as reader:
        await reader.begins()
        await reader.beats()
        jp_serverapp.identity_provider.token = "another"
        await reader.ends()
        assert "no longer logged in" in caplog.text
    await until(lambda: not len(desk.events.readers))


async def test_a_right_that_is_taken_away_ends_it_too(desk: Desk, reading: Reading) -> None:
    async with reading() as reader:
        await reader.begins()
        Judge.denied = {("read", "comms")}
        await reader.ends()


@pytest.mark.parametrize("fault", [True, False])
async def test_a_provider_that_may_take_its_time_is_asked_with_the_first_request(
    desk: Desk, reading: Reading, jp_serverapp: Any, monkeypatch: pytest.MonkeyPatch, fault: bool
) -> None:
    provider, asked, known = jp_serverapp.identity_provider, [], [True]
    right = provider.get_user

    async def get_user(handler: Any) -> Any:
        asked.append((handler.request.uri, handler.request.headers["Authorization"]))
        if not known[0] and fault:
            raise ZeroDivisionError
        return await right(handler) if known[0] else None

    monkeypatch.setattr(provider, "get_user", get_user)
    async with reading(types="opened") as reader:
        await reader.begins()
        await until(lambda: len(asked) > 2)
        assert len(set(asked)) == 1
        known[0] = False
        await reader.ends()


async def test_one_reader_too_many_is_told_the_limit_and_when_to_come_back(
    desk: Desk, reading: Reading
) -> None:
    desk.events.readers = EventReaders(1, 9)
    async with reading() as first:
        await first.begins()
        async with reading() as second:
            assert second.status == 503
            told = await second.body()
            assert (told["limit"], told["setting"]) == (1, "CommBroker.event_readers")
            assert int(second.headers["Retry-After"]) > 0
    await until(lambda: not len(desk.events.readers))
    async with reading() as third:
        await third.begins()


async def test_a_users_own_limit_is_a_429(
    desk: Desk, reading: Reading, jp_serverapp: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jp_serverapp.identity_provider, "get_user", lambda handler: User("ann"))
    desk.events.readers = EventReaders(9, 1)
    async with reading() as first:
        await first.begins()
        async with reading() as second:
            assert second.status == 429
            assert (await second.body())["setting"] == "CommBroker.event_readers_per_user"
