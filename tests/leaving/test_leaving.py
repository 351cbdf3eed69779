"""What a server leaves, or why it leaves nothing."""

from __future__ import annotations

import asyncio
import json
import logging
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar

import pytest

from jupyter_comm_broker.leaving.leaving import Leaving, usual_path
from jupyter_comm_broker.leaving.left_kernels import LeftKernels, LeftSession, read

from .fake_server import LOG, FakeKernels, FakeSessions
from .test_kernel_notes import A

GATEWAY = "http://gateway:8888"


class Server:
    """A server that is started, with the file of its test."""

    started: ClassVar[list[Server]] = []

    def __init__(self, path: Path, gateway: str = GATEWAY) -> None:
        self.started.append(self)
        self.path = path
        self.kernels = FakeKernels()
        self.rules: list[Any] = []
        self.callbacks: list[Callable[[], None]] = []
        config = SimpleNamespace(gateway_enabled=bool(gateway), url=gateway)
        self.app = SimpleNamespace(
            gateway_config=config,
            kernel_manager=self.kernels,
            session_manager=FakeSessions(self.kernels),
            web_app=SimpleNamespace(default_router=SimpleNamespace(rules=self.rules)),
            io_loop=SimpleNamespace(add_callback=self.callbacks.append),
            base_url="/",
            root_dir="/notebooks",
        )
        self.leaving = Leaving(self.app, str(path), 60.0, LOG)
        self.leaving.begin()

    @property
    def written(self) -> LeftKernels:
        return read(self.path.read_bytes())


@pytest.fixture
def path(tmp_path: Path, jp_asyncio_loop: asyncio.AbstractEventLoop) -> Iterator[Path]:
    yield tmp_path / "left.json"
    while Server.started:
        server = Server.started.pop()
        jp_asyncio_loop.run_until_complete(server.leaving.close())
        server.app.session_manager.end()


async def test_kernels_are_left_where_jupyter_server_would_end_them(path: Path) -> None:
    server = Server(path)
    await server.kernels.start_kernel(kernel_id=A)
    await server.leaving.close()
    await server.kernels.shutdown_all()
    assert not server.kernels.shut
    assert server.written.kernel_ids == (A,)
    following = Server(path)
    assert following.leaving.front_id == server.leaving.front_id
    assert len(following.rules) == len(following.callbacks) == 1


async def test_a_server_that_cannot_write_ends_its_kernels(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = Server(path)

    def full(self: Path, target: Path) -> Path:
        raise OSError("no space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", full)
        await server.kernels.start_kernel(kernel_id=A)
        await server.kernels.shutdown_all()
    assert server.kernels.shut


def test_kernels_of_the_server_itself_are_not_left_and_that_is_said(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    server = Server(path, gateway="")
    assert "does nothing here" in caplog.text
    assert not path.exists()
    assert not server.rules
    assert "shutdown_all" not in vars(server.kernels)


def test_two_servers_do_not_share_kernels(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    first = Server(path)
    second = Server(path)
    assert "another server uses it" in caplog.text
    assert "CommBroker.left_kernels_file" in caplog.text
    assert "shutdown_all" not in vars(second.kernels)
    assert "shutdown_all" in vars(first.kernels)


OTHER = LeftKernels(
    uuid.UUID(int=7).hex, "http://other", (A,), (LeftSession("s", "a", "a", "notebook", A),)
)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (b'{"version": 1, "front', "cannot be read"),
        (b"\x00\xff", "cannot be read"),
        (json.dumps({"version": 99}).encode(), "version is 99"),
    ],
    ids=["torn", "foreign", "newer"],
)
def test_a_file_that_cannot_be_used_is_set_aside(
    path: Path, text: bytes, why: str, caplog: pytest.LogCaptureFixture
) -> None:
    path.write_bytes(text)
    path.chmod(0o600)
    server = Server(path)
    assert why in caplog.text
    assert path.with_suffix(".unusable").read_bytes() == text
    assert server.written.kernel_ids == ()


def test_kernels_of_another_gateway_are_not_adopted(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path.write_bytes(OTHER.text())
    path.chmod(0o600)
    server = Server(path)
    assert "http://other" in caplog.text
    assert server.written == LeftKernels(OTHER.front_id, GATEWAY)
    assert read(path.with_suffix(".unusable").read_bytes()) == OTHER


async def test_a_kernel_that_is_started_after_the_last_note_is_not_left(path: Path) -> None:
    server = Server(path)
    await server.kernels.start_kernel(kernel_id=A)
    await server.leaving.close()
    late = "00000000-0000-0000-0000-00000000000c"
    await server.kernels.start_kernel(kernel_id=late)
    await server.kernels.shutdown_all()
    assert server.kernels.list_kernel_ids() == [A] == list(server.written.kernel_ids)


def test_each_folder_and_gateway_has_a_file_of_its_own() -> None:
    apps = [
        SimpleNamespace(root_dir=root, base_url=base)
        for root in ("/a", "/b\udcff")
        for base in ("/", "/u/")
    ]
    paths = {usual_path(app, gateway) for app in apps for gateway in ("", GATEWAY)}
    assert len(paths) == 8


@pytest.fixture(autouse=True)
def _info(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
