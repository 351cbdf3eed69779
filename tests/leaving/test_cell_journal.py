"""The cells under way are written down line by line, and the next server reads what it can."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from jupyter_comm_broker.core.runs.inheritance import InheritedCell
from jupyter_comm_broker.core.state.changes import FrontendAttached, RunEnded, RunSent
from jupyter_comm_broker.leaving import cell_journal as module
from jupyter_comm_broker.leaving.cell_journal import UNSURE_SECONDS, CellJournal
from jupyter_comm_broker.protocol.message import Message
from tests.core.talker import Talker

from .fake_server import LOG

PAGE, KERNEL = Talker("page"), Talker("kernel")


class Clock:
    """The seconds since 1970."""

    now = 1_000.0

    def __call__(self) -> float:
        return self.now


class Server:
    """One server after the other, with the same file and a kernel."""

    def __init__(self, path: Path) -> None:
        self.path, self.clock = path, Clock()
        self.journal = CellJournal(path, LOG, self.clock)
        self.journal.open()

    def sends(self, kernel_id: str = "k") -> Message:
        request = PAGE.write("shell", "execute_request", {"code": "work()"})
        self._watch(kernel_id, RunSent(request.header.msg_id, bytes(request.parts[0]), "page"))
        return request

    def ends(self, request: Message, kernel_id: str = "k", *, lost: bool = False) -> None:
        reply = KERNEL.write("shell", "execute_reply", {"status": "ok"}, parent=request)
        self._watch(kernel_id, RunEnded(request.header.msg_id, None if lost else reply))

    def _watch(self, kernel_id: str, change: Any) -> None:
        driver: Any = SimpleNamespace(kernel_id=kernel_id)
        self.journal.watch(driver, [FrontendAttached("page"), change])

    def inherits(self, kernel_id: str = "k") -> list[InheritedCell]:
        """Start anew. Returns the cells that the broker of a kernel is told of."""
        self.journal.close()
        self.journal = CellJournal(self.path, LOG, self.clock)
        self.journal.open()
        return self.greets(kernel_id)

    def greets(self, kernel_id: str = "k") -> list[InheritedCell]:
        told: list[InheritedCell] = []
        broker = SimpleNamespace(inherit=lambda cells, now: told.extend(cells))
        driver: Any = SimpleNamespace(kernel_id=kernel_id, broker=broker, now=0.0)
        self.journal.greet(driver)
        return told


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    made = Server(tmp_path / "left.cells")
    yield made
    made.journal.close()


def test_a_cell_without_an_end_is_inherited_by_the_broker_of_its_kernel_only(
    server: Server,
) -> None:
    request = server.sends()
    server.sends("another")
    (cell,) = server.inherits()
    assert (cell.header, cell.session_id, cell.reply) == (request.header, "page", None)
    assert server.greets() == []
    assert server.inherits("unknown") == []


def test_a_cell_that_ended_just_before_is_inherited_with_its_reply(server: Server) -> None:
    early, late = server.sends(), server.sends()
    server.ends(early)
    server.clock.now += UNSURE_SECONDS
    server.ends(late)
    (cell,) = server.inherits()
    assert cell.header == late.header
    assert cell.reply is not None
    assert (cell.reply.header.session, cell.reply.content) == ("kernel", {"status": "ok"})


def test_a_cell_of_which_the_page_was_told_that_its_end_is_lost_is_not_inherited(
    server: Server,
) -> None:
    server.ends(server.sends(), lost=True)
    assert server.inherits() == []


def test_what_a_server_sends_itself_is_not_inherited_by_itself(server: Server) -> None:
    server.sends()
    assert server.greets() == []


def test_nothing_is_written_after_the_end(server: Server) -> None:
    request = server.sends()
    server.journal.close()
    server.ends(request)
    assert len(server.inherits()) == 1


def test_a_file_that_is_torn_or_foreign_says_what_can_be_read(server: Server) -> None:
    request = server.sends()
    server.journal.close()
    with server.path.open("ab") as file:
        file.write(b'{"kernel": "k", "msg_id": 1, "header": "x", "session": []}\n')
        file.write(b'[]\n\xff\n{"kernel": "k", "msg_id"')
    assert server.inherits()[0].header == request.header


def test_only_its_owner_can_read_it(server: Server) -> None:
    server.sends()
    assert stat.S_IMODE(server.path.stat().st_mode) == 0o600


def test_it_stays_short(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_LINES", 20)
    monkeypatch.setattr(module, "MOST_CELLS", 5)
    for _ in range(200):
        server.ends(server.sends())
        server.clock.now += 1
    assert len(server.path.read_text().splitlines()) <= 40
    for _ in range(200):
        server.sends()
    assert len(server.inherits()) == 5


def test_a_folder_that_cannot_be_written_is_said_and_stops_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").touch()
    server = Server(tmp_path / "file" / "left.cells")
    server.sends()
    assert "may wait for ever" in caplog.text
