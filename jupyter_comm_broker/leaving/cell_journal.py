"""
Writes down which cells are under way, line by line, so that the next server knows them.

What a kernel says in the very moment of a server's end reaches nobody. If that was the end of a
cell, nothing names the cell any more, and its page would wait for ever. So the next server asks
the kernel about each cell that is written down without an end. A cell that ended just before is
kept with its reply, since nobody knows what its page has got.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from io import FileIO
from pathlib import Path
from typing import Any

from jupyter_comm_broker.core.runs.inheritance import InheritedCell
from jupyter_comm_broker.core.state.changes import KernelChange, RunEnded, RunSent
from jupyter_comm_broker.errors import MalformedMessageError
from jupyter_comm_broker.leaving.left_kernels import LeftFileError
from jupyter_comm_broker.leaving.own_file import read_own, replace_own
from jupyter_comm_broker.protocol.json_text import dumps, dumps_strictly, loads
from jupyter_comm_broker.protocol.message import Message
from jupyter_comm_broker.transport.driver import KernelDriver

UNSURE_SECONDS = 10.0
"""Seconds after its end for which it is not sure that a cell's page has got the reply."""

MOST_CELLS = 1_000
"""The cells that are kept. Of more, the oldest are forgotten."""

MOST_LINES = 10_000
"""The lines after which the file is written anew, with what counts."""

OUTCOME = ("status", "execution_count", "ename")
"""What is kept of a reply. The rest may be long, or a secret."""


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
        self._file: FileIO | None = None
        self._lines = 0
        self._cells: dict[tuple[str, str], dict[str, Any]] = {}
        """By kernel and msg_id."""
        self._left: dict[str, list[dict[str, Any]]] = {}
        """Those of an earlier server, by kernel."""

    # -- the file ----------------------------------------------------------------------------------

    def open(self) -> None:
        """Read what an earlier server left, and write from now on. Or log why not."""
        try:
            for line in (read_own(self._path) or b"").split(b"\n"):
                self._read(line)
            self._rewrite(max((each.get("at", 0.0) for each in self._cells.values()), default=0.0))
        except (LeftFileError, OSError) as error:
            self._complain(error)
        for (kernel_id, _), cell in self._cells.items():
            self._left.setdefault(kernel_id, []).append(dict(cell))

    def _read(self, line: bytes) -> None:
        """Follow a line. One that is torn, or not ours, says nothing."""
        try:
            said = loads(line)
            key = (str(said["kernel"]), str(said["msg_id"]))
            if "header" in said:
                at = {"at": float(said["at"])} if "at" in said else {}
                self._cells[key] = {**said, "session": str(said["session"]), **at}
            elif key in self._cells:
                self._cells[key].update(at=float(said["at"]), reply=said["reply"])
        except (MalformedMessageError, ValueError, LookupError, TypeError):
            return

    def _rewrite(self, now: float) -> None:
        """Write the file anew, without the cells whose pages know their end."""
        self._forget_known_ends(now)
        self.close()
        lines = [_line(cell) for cell in self._cells.values()]
        replace_own(self._path, b"".join(lines))
        self._file = self._path.open("ab", buffering=0)
        self._lines = len(lines)

    def _forget_known_ends(self, now: float) -> None:
        unsure = {
            key: cell
            for key, cell in self._cells.items()
            if "at" not in cell or now - cell["at"] < UNSURE_SECONDS
        }
        # Of too many, those go first whose end is known.
        order = sorted(unsure, key=lambda key: "at" not in unsure[key])
        self._cells = {key: unsure[key] for key in order[-MOST_CELLS:]}

    def close(self) -> None:
        """Write no more. May be called twice."""
        file, self._file = self._file, None
        if file is not None:
            file.close()

    def _complain(self, error: Exception) -> None:
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
                except (LeftFileError, OSError) as error:
                    self._complain(error)

    def _follow(self, kernel_id: str, change: RunSent | RunEnded) -> None:
        if self._file is None:
            return
        said: dict[str, Any] = {"kernel": kernel_id}
        if isinstance(change, RunSent):
            header = loads(change.header)
            said |= {"msg_id": change.msg_id, "header": header, "session": change.session_id}
            self._cells[kernel_id, change.msg_id] = said
        else:
            said |= {"msg_id": change.msg_id, "at": self._clock(), "reply": _texts(change.reply)}
            if (cell := self._cells.get((kernel_id, change.msg_id))) is not None:
                cell.update(at=said["at"], reply=said["reply"])
        self._file.write(_line(said))
        self._lines += 1
        if len(self._cells) > 2 * MOST_CELLS:
            self._forget_known_ends(self._clock())
        if self._lines >= MOST_LINES:
            self._rewrite(self._clock())


def _line(said: dict[str, Any]) -> bytes:
    return dumps_strictly(said) + b"\n"


def _texts(reply: Message | None) -> list[str] | None:
    """Return a reply as it is written down; ``None`` if there is none."""
    if reply is None:
        return None
    try:
        content = {key: reply.content[key] for key in OUTCOME if key in reply.content}
    except MalformedMessageError:
        return None
    parts = [*reply.parts[:3], dumps(content)]
    return [bytes(part).decode(errors="replace") for part in parts]


def _inherited(cell: dict[str, Any]) -> InheritedCell | None:
    """Return a cell for the broker; ``None`` if its page knows its end, or it makes no sense."""
    texts = cell.get("reply")
    if "at" in cell and texts is None:
        return None
    try:
        request = Message("shell", [dumps(cell["header"]), b"{}", b"{}", b"{}"])
        reply = None
        if texts is not None:
            reply = Message("shell", [str(text).encode() for text in texts])
            reply.header, reply.content  # noqa: B018 - raises if it is no message
        return InheritedCell(request.header, cell["session"], reply)
    except (MalformedMessageError, TypeError):
        return None
