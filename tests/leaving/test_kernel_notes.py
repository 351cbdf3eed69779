"""Each change of kernels and sessions is in the file before anybody is told of it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jupyter_comm_broker.leaving.kernel_notes import KernelNotes
from jupyter_comm_broker.leaving.left_file import LeftFile
from jupyter_comm_broker.leaving.left_kernels import LeftKernels, LeftSession, read

from .fake_server import LOG, FakeKernels, FakeSessions

FRONT = "0" * 32
A, B = (f"00000000-0000-0000-0000-00000000000{n}" for n in "ab")


class Desk:
    """A server whose kernels all stay."""

    def __init__(self, path: Path) -> None:
        self.file = LeftFile(path)
        self.file.open()
        self.kernels = FakeKernels()
        self.sessions: Any = FakeSessions(self.kernels)
        self.notes = KernelNotes(
            self.file, self.kernels, self.sessions, self.kernels.list_kernel_ids, LOG
        )
        self.notes.waiting = LeftKernels(FRONT, "http://gateway")
        self.notes.follow()

    def close(self) -> None:
        self.notes.close()
        self.file.close()
        self.sessions.end()

    @property
    def written(self) -> LeftKernels:
        return read(self.file.read() or b"")

    def session_ids(self) -> list[str]:
        return [each.session_id for each in self.written.sessions]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path / "left.json")
    yield desk
    desk.close()


async def test_the_file_follows_kernels_and_sessions(desk: Desk) -> None:
    await desk.kernels.start_kernel(kernel_id=A)
    assert desk.written == LeftKernels(FRONT, "http://gateway", (A,))
    model = await desk.sessions.save_session("s", "a", "b", "notebook", A)
    assert model["kernel"] == {"id": A}
    assert desk.written.sessions == (LeftSession("s", "a", "b", "notebook", A),)
    await desk.sessions.update_session("s", path="moved")
    assert desk.written.sessions[0].path == "moved"
    await desk.sessions.delete_session("s")
    assert desk.written == LeftKernels(FRONT, "http://gateway")


async def test_what_fails_is_followed_too_and_its_error_passes(desk: Desk) -> None:
    await desk.kernels.start_kernel(kernel_id=A)
    desk.kernels.managers[B] = desk.kernels.managers[A]
    desk.kernels.fails["c"] = ZeroDivisionError()
    with pytest.raises(ZeroDivisionError):
        await desk.kernels.start_kernel(kernel_id="c")
    assert desk.written.kernel_ids == (A, B)


async def test_sessions_of_kernels_that_end_with_the_server_are_not_kept(desk: Desk) -> None:
    await desk.kernels.start_kernel(kernel_id=A)
    await desk.kernels.start_kernel(kernel_id=B)
    await desk.sessions.save_session("s", "a", "a", "notebook", A)
    await desk.sessions.save_session("t", "b", "b", "console", B)
    del desk.kernels.managers[A]
    desk.notes.write()
    assert desk.session_ids() == ["t"]


async def test_external_kernels_are_not_named_but_their_sessions_are_kept(desk: Desk) -> None:
    desk.notes.waiting = LeftKernels(FRONT)
    await desk.kernels.start_kernel(kernel_id=A)
    await desk.sessions.save_session("s", "a", "a", "notebook", A)
    assert desk.written.kernel_ids == ()
    assert desk.session_ids() == ["s"]


async def test_what_is_not_adopted_yet_stays_in_the_file(desk: Desk) -> None:
    old = LeftSession("old", "a", "a", "notebook", A)
    desk.notes.waiting = LeftKernels(FRONT, "http://gateway", (A,), (old,))
    await desk.kernels.start_kernel(kernel_id=B)
    assert (desk.written.kernel_ids, desk.written.sessions) == ((B, A), (old,))


async def test_a_file_that_cannot_be_written_is_said_once_and_stops_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(self: Path, target: Path) -> Path:
        raise OSError("no space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", full)
        await desk.kernels.start_kernel(kernel_id=A)
        await desk.kernels.start_kernel(kernel_id=B)
    is_written = desk.notes.is_written
    assert not is_written
    (line,) = caplog.messages
    assert "no space left" in line
    assert "kernels end with this server" in line
    desk.notes.write()
    assert desk.notes.is_written
    assert desk.written.kernel_ids == (A, B)


async def test_a_database_that_is_locked_stops_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def locked() -> None:
        raise sqlite3.OperationalError("database is locked")

    with monkeypatch.context() as patched:
        patched.setattr(desk.notes, "_rows", locked)
        assert await desk.kernels.start_kernel(kernel_id=A) == A
    assert not desk.notes.is_written
    assert "database is locked" in caplog.text


async def test_nothing_is_followed_after_the_end(desk: Desk) -> None:
    await desk.kernels.start_kernel(kernel_id=A)
    desk.notes.close()
    desk.notes.close()
    await desk.kernels.start_kernel(kernel_id=B)
    assert desk.written.kernel_ids == (A,)
