"""Kernels of an earlier server are adopted, waited for, or given up; never forgotten silently."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import cast

import pytest

from jupyter_comm_broker.leaving import adoption as module
from jupyter_comm_broker.leaving.adoption import Adoption
from jupyter_comm_broker.leaving.left_kernels import LeftKernels, LeftSession
from jupyter_comm_broker.transport.gateway.far_end import FarEnd
from tests.until import until

from .fake_server import LOG, FakeFar, RefusedError
from .test_kernel_notes import FRONT, A, B, Desk

S, T = LeftSession("s", "a", "a", "notebook", A), LeftSession("t", "b", "b", "console", B)


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PAUSE", 0.01)
    monkeypatch.setattr(module, "LONGEST_PAUSE", 0.01)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path / "left.json")
    desk.notes.waiting = LeftKernels(FRONT, "http://gateway", (A, B), (S, T))
    desk.notes.write()
    yield desk
    desk.close()


@asynccontextmanager
async def adoption(desk: Desk, far: FakeFar, seconds: float = 60.0) -> AsyncIterator[Adoption]:
    made = Adoption(desk.notes, desk.kernels, desk.sessions, cast("FarEnd", far), seconds, LOG)
    made.start()
    yield made
    await made.close()


async def sessions(desk: Desk) -> list[tuple[str, str]]:
    return [(each["id"], each["kernel"]["id"]) for each in await desk.sessions.list_sessions()]


async def test_kernels_come_with_their_sessions(desk: Desk) -> None:
    async with adoption(desk, FakeFar(A, B)) as adopting:
        assert adopting.waiting == {A, B}
        await until(lambda: adopting.is_over)
    assert set(desk.kernels.managers) == {A, B}
    assert sorted(await sessions(desk)) == [("s", A), ("t", B)]
    assert set(desk.written.kernel_ids) == {A, B}
    assert sorted(desk.session_ids()) == ["s", "t"]


async def test_a_kernel_that_ended_meanwhile_is_gone_with_its_session(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    desk.kernels.missing.add(B)
    with caplog.at_level(logging.INFO):
        async with adoption(desk, FakeFar(B)) as adopting:
            await until(lambda: adopting.is_over)
    assert desk.kernels.managers == {}
    assert await sessions(desk) == []
    assert (desk.written.kernel_ids, desk.written.sessions) == ((), ())
    assert caplog.text.count("ended while no server was there") == 2


async def test_a_gateway_that_is_late_is_waited_for(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    far = FakeFar(A, B)
    far.down = "it answers 401"
    async with adoption(desk, far) as adopting:
        await until(lambda: far.asked >= 10)
        assert adopting.waiting == {A, B}
        assert set(desk.written.kernel_ids) == {A, B}
        desk.kernels.fails[A] = RefusedError()
        far.down = ""
        await until(lambda: adopting.is_over)
    assert set(desk.kernels.managers) == {A, B}
    assert caplog.text.count("it answers 401") == 1


async def test_a_gateway_that_gives_no_answer_is_given_up(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    far = FakeFar(A, B)
    far.down = "it gives no answer"
    async with adoption(desk, far, 0.05) as adopting:
        await until(lambda: adopting.is_over)
    assert f"They are: {A}, {B}" in caplog.text
    assert "it gives no answer" in caplog.text
    assert "CommBroker.adopt_seconds" in caplog.text
    assert set(desk.written.kernel_ids) == {A, B}
    assert set(desk.written.sessions) == {S, T}


async def test_a_kernel_that_cannot_be_adopted_yet_holds_up_no_other(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    """jupyter_server raises all kinds of errors when the gateway answers with garbage."""
    desk.kernels.fails[A] = KeyError("last_activity")
    async with adoption(desk, FakeFar(A, B)) as adopting:
        await until(lambda: adopting.is_over)
    assert set(desk.kernels.managers) == {A, B}
    assert "last_activity" in caplog.text


async def test_whatever_fails_nobody_waits_for_ever(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails() -> None:
        raise ZeroDivisionError("our fault")

    monkeypatch.setattr(desk.notes, "write", fails)
    async with adoption(desk, FakeFar(A, B)) as adopting:
        await until(lambda: adopting.is_over)
    assert "our fault" in caplog.text
    monkeypatch.undo()


async def test_a_session_that_is_there_already_is_not_doubled(desk: Desk) -> None:
    desk.sessions.cursor.execute(
        "INSERT INTO session VALUES (?,?,?,?,?)", ("s", "kept", "kept", "notebook", A)
    )
    await desk.kernels.start_kernel(kernel_id=A)
    async with adoption(desk, FakeFar(A, B)) as adopting:
        await until(lambda: adopting.is_over)
    (first,) = [each for each in await desk.sessions.list_sessions() if each["id"] == "s"]
    assert first["path"] == "kept"


async def test_a_server_that_ends_meanwhile_keeps_what_waits_for_the_next(desk: Desk) -> None:
    far = FakeFar(A, B)
    far.down = "not yet"
    async with adoption(desk, far):
        await until(lambda: far.asked >= 2)
    desk.notes.write()
    assert set(desk.written.kernel_ids) == {A, B}
    assert set(desk.written.sessions) == {S, T}


async def test_sessions_of_kernels_that_nobody_adopts_by_name_are_restored(desk: Desk) -> None:
    """An external kernel is in the list by itself."""
    desk.notes.waiting = LeftKernels(FRONT, "", (), (S, T))
    await desk.kernels.start_kernel(kernel_id=A)
    async with adoption(desk, FakeFar()) as adopting:
        await until(lambda: adopting.is_over)
    assert await sessions(desk) == [("s", A)]
