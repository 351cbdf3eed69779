"""
Lets kernels outlive their server: what is done when it starts, changes something, and ends.

Only kernels that do not end by themselves are left: those of a gateway, and external ones. A kernel
that a user shuts down, or that is culled, ends as ever.
"""

from __future__ import annotations

import hashlib
import logging
import uuid
from dataclasses import replace
from pathlib import Path
from typing import Any

from jupyter_core.paths import jupyter_data_dir

from jupyter_comm_broker.leaving.adoption import Adoption
from jupyter_comm_broker.leaving.cell_journal import CellJournal
from jupyter_comm_broker.leaving.external_ids import ExternalIds
from jupyter_comm_broker.leaving.kernel_notes import KernelNotes
from jupyter_comm_broker.leaving.left_file import LeftFile
from jupyter_comm_broker.leaving.left_kernels import LeftFileError, LeftKernels, read
from jupyter_comm_broker.leaving.not_yet import rule
from jupyter_comm_broker.transport.gateway.far_end import FarEnd
from jupyter_comm_broker.transport.kernel_drivers import KernelDrivers
from jupyter_comm_broker.transport.links import gateway_of

LOCAL = (
    "comm broker: CommBroker.leave_kernels does nothing here: kernels that a server starts itself "
    "end with it. Only kernels of a gateway and external kernels stay."
)


class Leaving:
    """
    The kernels of one server that stay, and those that an earlier server left.

    Args:
        app: the server.
        path: the file in which they are written down; empty for the usual place.
        adopt_seconds: how long a gateway may give no answer when the server starts.
        log: the server's log.
    """

    def __init__(self, app: Any, path: str, adopt_seconds: float, log: logging.Logger) -> None:
        self._app = app
        self._log = log
        self._kernels = app.kernel_manager
        self._gateway = gateway_of(app)
        self._external = external_ids(self._kernels)
        self._file = LeftFile(Path(path) if path else usual_path(app, self._gateway))
        self._notes = KernelNotes(self._file, self._kernels, app.session_manager, self._stays, log)
        self._stock_shutdown_all = self._kernels.shutdown_all
        self._adoption = Adoption(
            self._notes, self._kernels, app.session_manager, FarEnd(), adopt_seconds, log
        )
        self._cells = CellJournal(self._file.path.with_suffix(".cells"), log)
        self._noted: frozenset[str] = frozenset()
        """The kernels of which the last note says that they stay."""
        self._notes.waiting = LeftKernels(uuid.uuid4().hex, self._gateway)

    @property
    def front_id(self) -> uuid.UUID:
        """Names the server to the gateway."""
        return uuid.UUID(self._notes.waiting.front_id)

    def begin(self) -> None:
        """Read what an earlier server left, and leave kernels from now on. Or log why not."""
        if not self._gateway and self._external is None:
            self._log.warning(LOCAL)
            return
        try:
            self._file.open()
        except LeftFileError as error:
            self._log.error(
                "comm broker: kernels end with this server, because of %s: %s. "
                "CommBroker.left_kernels_file names another file.",
                self._file.path,
                error,
            )
            return
        self._notes.waiting = self._left()
        self._cells.open()
        if self._external is not None:
            self._external.keep()
        if self._gateway:
            self._kernels.shutdown_all = self._leave_all
        self._notes.follow()
        self._notes.write()
        self._app.io_loop.add_callback(self._adoption.start)
        self._app.web_app.default_router.rules.insert(0, rule(self._app.base_url, self._adoption))

    def follow(self, drivers: KernelDrivers) -> None:
        """Write down which cells are under way, and tell new brokers of those that were."""
        drivers.watchers.append(self._cells.watch)
        drivers.greeters.append(self._cells.greet)

    def end(self) -> None:
        """Write down no more cells. The links are about to be closed, which is no end of a cell."""
        self._cells.close()

    def _left(self) -> LeftKernels:
        fresh = self._notes.waiting
        try:
            text = self._file.read()
            left = read(text) if text is not None else fresh
        except LeftFileError as error:
            self._set_aside(str(error))
            return fresh
        if left.gateway != self._gateway:
            theirs, ours = left.gateway or "none", self._gateway or "none"
            self._set_aside(f"its gateway is {theirs}, and this server's is {ours}")
            return replace(fresh, front_id=left.front_id)
        return left

    def _set_aside(self, why: str) -> None:
        aside = self._file.set_aside()
        self._log.error(
            "comm broker: what an earlier server left is not adopted, because of %s: %s. %s",
            self._file.path,
            why,
            f"It is now {aside}." if aside else "It will be overwritten.",
        )

    def _note(self) -> None:
        """Write down what stays, unless the file was handed over already."""
        if self._file.is_open:
            self._notes.write()
            self._noted = frozenset(self._stays())

    def _stays(self) -> list[str]:
        if self._gateway:
            return list(self._kernels.list_kernel_ids())
        return self._external.known() if self._external is not None else []

    async def _leave_all(self, now: bool = False) -> None:
        """Leave the kernels where jupyter_server would end them, if the next server finds them."""
        self._note()
        if not self._notes.is_written:
            await self._stock_shutdown_all(now=now)
            return
        for kernel_id in self._kernels.list_kernel_ids():
            if kernel_id in self._noted:
                self._log.info("comm broker: kernel %s is left at the gateway", kernel_id)
            else:
                # It was started after the last note, while the server was stopping.
                await self._kernels.shutdown_kernel(kernel_id, now=now)

    async def close(self) -> None:
        """
        Write down what there is, and let the next server use the file. May be called twice.

        The kernels are left just after this, when jupyter_server would shut them down.
        """
        await self._adoption.close()
        self._note()
        self._notes.close()
        self.end()
        if self._external is not None:
            self._external.close()
        self._file.close()


def external_ids(kernels: Any) -> ExternalIds | None:
    """Return the external kernels of a kernel manager; ``None`` if it looks for none."""
    folder = getattr(kernels, "external_connection_dir", None)
    return ExternalIds(kernels) if folder is not None else None


def usual_path(app: Any, gateway: str) -> Path:
    """Return where a server that has this folder and this gateway writes its kernels down."""
    words = "\0".join((app.root_dir, gateway, app.base_url))
    name = hashlib.sha256(words.encode(errors="surrogateescape")).hexdigest()[:16]
    return Path(jupyter_data_dir()) / "comm_broker" / f"left-{name}.json"
