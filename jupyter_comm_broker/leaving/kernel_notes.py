"""
Writes down which kernels and sessions a server has, before anybody is told of them.

jupyter_server tells of no change of its sessions. So the methods that change something are followed
on the very objects that the server uses. Each still does and returns what it did.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from jupyter_core.utils import ensure_async

from jupyter_comm_broker.leaving.left_file import LeftFile
from jupyter_comm_broker.leaving.left_kernels import LeftFileError, LeftKernels, LeftSession

CHANGES = (
    ("start_kernel", "shutdown_kernel"),
    ("save_session", "update_session", "delete_session"),
)
"""The methods that change something: of the kernel manager, and of the session manager."""

ROWS = "SELECT session_id, path, name, type, kernel_id FROM session"


class KernelNotes:
    """
    Keeps the file up to date.

    Args:
        file: the file.
        kernels: jupyter_server's kernel manager.
        sessions: jupyter_server's session manager.
        stays: returns the ids of the kernels that stay when the server ends.
        log: is told when the file cannot be written.
    """

    def __init__(
        self,
        file: LeftFile,
        kernels: Any,
        sessions: Any,
        stays: Callable[[], list[str]],
        log: logging.Logger,
    ) -> None:
        self._file = file
        self._kernels = kernels
        self._sessions = sessions
        self._stays = stays
        self._log = log
        self._followed: list[tuple[Any, str]] = []
        self._complaint = ""
        self.waiting = LeftKernels("")
        """What an earlier server left, as far as it is not adopted yet."""

    @property
    def is_written(self) -> bool:
        """Whether the file says what there is."""
        return not self._complaint

    def follow(self) -> None:
        """Write at every change from now on."""
        for owner, names in zip((self._kernels, self._sessions), CHANGES, strict=True):
            for name in names:
                setattr(owner, name, self._followed_by_a_note(getattr(owner, name)))
                self._followed.append((owner, name))

    def _followed_by_a_note(self, stock: Callable[..., Any]) -> Callable[..., Any]:
        async def followed(*values: Any, **named: Any) -> Any:
            try:
                return await ensure_async(stock(*values, **named))
            finally:
                self.write()

        return followed

    def write(self) -> None:
        """Write down what there is now. Whatever fails, the server goes on."""
        try:
            self._file.write(self._text())
        except LeftFileError as error:
            self._complain(str(error))
        except Exception as error:  # noqa: BLE001 - such as a database that is locked
            self._complain(f"it cannot be told which kernels there are: {error!r}")
        else:
            self._complaint = ""

    def _text(self) -> bytes:
        waiting = self.waiting
        kernel_ids = self._stays()
        known = {*kernel_ids, *waiting.kernel_ids}
        rows = [each for each in self._rows() if each.kernel_id in known]
        theirs = {each.session_id for each in rows}
        rows += [each for each in waiting.sessions if each.session_id not in theirs]
        # External kernels are found by their connection files.
        by_name = kernel_ids if waiting.gateway else []
        merged = tuple(dict.fromkeys((*by_name, *waiting.kernel_ids)))
        return LeftKernels(waiting.front_id, waiting.gateway, merged, tuple(rows)).text()

    def _rows(self) -> list[LeftSession]:
        # ``list_sessions`` would ask the gateway for each kernel, and delete rows.
        return [LeftSession(*row) for row in self._sessions.cursor.execute(ROWS).fetchall()]

    def _complain(self, why: str) -> None:
        if why != self._complaint:
            self._complaint = why
            self._log.error(
                "comm broker: %s: %s. Until it can, kernels end with this server.",
                self._file.path,
                why,
            )

    def close(self) -> None:
        """Follow nothing more. May be called twice."""
        for owner, name in self._followed:
            delattr(owner, name)
        self._followed.clear()
