"""
Writes down which cells are under way, line by line, so that the next server knows them.

What a kernel says in the very moment of a server's end reaches nobody. If that was the end of a
cell, nothing names the cell any more, and its page would wait for ever. So the next server asks
the kernel about each cell that is written down without an end. A cell that ended just before is
kept with its reply, since nobody knows what its page has got.
"""

from __future__ import annotations

import json
import logging
import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, Any

from jupyter_comm_broker.core.runs.inheritance import InheritedCell
from jupyter_comm_broker.core.state.changes import KernelChange, RunEnded, RunSent
from jupyter_comm_broker.errors import MalformedMessageError
from jupyter_comm_broker.protocol.message import Message
from jupyter_comm_broker.transport.driver import KernelDriver

UNSURE_SECONDS = 10.0
"""Seconds after its end for which it is not sure that a cell's page has got the reply."""

MOST_CELLS = 1_000
"""The cells that are kept. Of more, the oldest are forgotten."""

MOST_LINES = 10_000
"""The lines after which the file is written anew, with what counts."""

LONGEST_REPLY = 100_000
"""The most bytes of a reply that is kept. A reply has no output. Most have some hundred bytes."""

MOST_BYTES = 64 * 1024 * 1024
"""The largest file that is read."""


class CellJournal:
    """
    The file, and the cells that an earlier server left in it.

    Args:
        path: the file. Who has the lock of the file of left kernels may use it.
        log: is told when it cannot be used.
        clock: returns the seconds since 1970.
    """

    def __init__(
        self, path: Path, log: logging.Logger, clock: Callable[[], float] = time.time
    ) -> None:
        self._path = path
        self._log = log
        self._clock = clock
        self._file: IO[str] | None = None
        self._lines = 0
        self._cells: dict[tuple[str, str], dict[str, Any]] = {}
        """By kernel and msg_id."""
        self._left: dict[str, list[dict[str, Any]]] = {}
        """Those of an earlier server, by kernel."""

    # -- the file ----------------------------------------------------------------------------------

    def open(self) -> None:
        """Read what an earlier server left, and write from now on. Or log why not."""
        try:
            if self._path.exists() and self._path.stat().st_size <= MOST_BYTES:
                for line in self._path.read_text(encoding="utf-8", errors="replace").splitlines():
                    self._read(line)
            self._rewrite(max((each.get("at", 0.0) for each in self._cells.values()), default=0.0))
        except OSError as error:
            self._complain(error)
        for (kernel_id, _), cell in self._cells.items():
            self._left.setdefault(kernel_id, []).append(dict(cell))

    def _read(self, line: str) -> None:
        """Follow a line. One that is torn, or not ours, says nothing."""
        try:
            said = json.loads(line)
            key = (str(said["kernel"]), str(said["msg_id"]))
            if "header" in said:
                self._cells[key] = {**said, "session": str(said["session"])}
            elif key in self._cells:
                self._cells[key].update(at=float(said["at"]), reply=said["reply"])
        except (ValueError, LookupError, TypeError, RecursionError):
            return

    def _rewrite(self, now: float) -> None:
        """Write the file anew, without the cells whose pages know their end."""
        self._cells = {
            key: cell
            for key, cell in list(self._cells.items())[-MOST_CELLS:]
            if "at" not in cell or now - cell["at"] < UNSURE_SECONDS
        }
        self.close()
        temporary = self._path.with_suffix(".new")
        number = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        self._file = os.fdopen(number, "w", encoding="utf-8")
        self._lines = 0
        for cell in self._cells.values():
            self._write(cell)
        temporary.replace(self._path)

    def _write(self, said: dict[str, Any]) -> None:
        if self._file is not None:
            self._file.write(json.dumps(said) + "\n")
            self._file.flush()
            self._lines += 1

    def close(self) -> None:
        """Write no more. May be called twice."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _complain(self, error: OSError) -> None:
        self.close()
        self._log.error(
            "comm broker: %s: %s. If the server ends in the moment in which a cell ends, the "
            "page of the cell may wait for ever.",
            self._path,
            error,
        )

    # -- kernels -----------------------------------------------------------------------------------

    def greet(self, driver: KernelDriver) -> None:
        """Give a kernel's broker the cells that an earlier server left."""
        left = self._left.pop(driver.kernel_id, [])
        cells = [found for cell in left if (found := _inherited(cell)) is not None]
        if cells:
            driver.broker.inherit(cells, driver.now)

    def watch(self, driver: KernelDriver, changes: Sequence[KernelChange]) -> None:
        """Write down the cells that were sent, and those that are over."""
        for change in changes:
            if isinstance(change, RunSent | RunEnded):
                try:
                    self._follow(driver.kernel_id, change)
                except (OSError, ValueError) as error:
                    self._complain(error if isinstance(error, OSError) else OSError(str(error)))

    def _follow(self, kernel_id: str, change: RunSent | RunEnded) -> None:
        if self._file is None:
            return
        said: dict[str, Any] = {"kernel": kernel_id}
        if isinstance(change, RunSent):
            header = json.loads(change.header)
            said |= {"msg_id": header["msg_id"], "header": header, "session": change.session_id}
            self._cells[kernel_id, header["msg_id"]] = said
        else:
            said |= {"msg_id": change.msg_id, "at": self._clock(), "reply": _texts(change.reply)}
            if (cell := self._cells.get((kernel_id, change.msg_id))) is not None:
                cell.update(at=said["at"], reply=said["reply"])
        self._write(said)
        if self._lines >= MOST_LINES:
            self._rewrite(self._clock())


def _texts(reply: Message | None) -> list[str] | None:
    """Return a reply as it is written down; ``None`` if it is too long."""
    if reply is None or reply.size > LONGEST_REPLY:
        return None
    return [bytes(part).decode(errors="replace") for part in reply.parts[:4]]


def _inherited(cell: dict[str, Any]) -> InheritedCell | None:
    """Return a cell for the broker; ``None`` if its page knows its end, or it makes no sense."""
    texts = cell.get("reply")
    if "at" in cell and texts is None:
        return None
    try:
        request = Message("shell", [json.dumps(cell["header"]).encode(), b"{}", b"{}", b"{}"])
        reply = None
        if texts is not None:
            reply = Message("shell", [str(text).encode() for text in texts])
            reply.header, reply.content  # noqa: B018 - raises if it is no message
        return InheritedCell(request.header, cell["session"], reply)
    except (MalformedMessageError, TypeError):
        return None
