"""
The file in which a server writes down which kernels it leaves.

It is replaced as a whole, so a server that is killed leaves the older text or the newer one. Only
its owner can read it, because whoever knows the front id can take over the server's connections at
the gateway. One server uses it at a time.
"""

from __future__ import annotations

import errno
from pathlib import Path
from typing import IO

from jupyter_comm_broker.leaving.left_kernels import LeftFileError
from jupyter_comm_broker.leaving.own_file import read_own, replace_own

try:
    import fcntl
except ImportError:  # pragma: no cover - Windows has no such lock
    fcntl = None  # type: ignore[assignment]


class LeftFile:
    """
    One file, from :meth:`open` to :meth:`close`.

    Args:
        path: where it is. Its folder is made if it is missing.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock: IO[bytes] | None = None
        self._written: bytes | None = None

    @property
    def is_open(self) -> bool:
        """Whether this server uses the file."""
        return self._lock is not None

    def open(self) -> None:
        """
        Take the file for this server.

        Raises:
            LeftFileError: another server uses it, or its folder cannot be written to.
        """
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = self.path.with_suffix(".lock").open("ab")
        except OSError as error:
            raise LeftFileError(f"it cannot be used: {error}") from error
        if fcntl is not None:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                lock.close()
                busy = error.errno in (errno.EWOULDBLOCK, errno.EACCES)
                why = "another server uses it" if busy else f"it cannot be locked: {error}"
                raise LeftFileError(why) from error
        self._lock = lock

    def read(self) -> bytes | None:
        """
        Return the text in the file; ``None`` if there is no file.

        Raises:
            LeftFileError: it cannot be read, is too large, or others could have written it.
        """
        return read_own(self.path)

    def write(self, text: bytes) -> None:
        """
        Replace what is in the file.

        Raises:
            LeftFileError: the file is as it was before.
        """
        if text == self._written and self.path.exists():
            return
        replace_own(self.path, text)
        self._written = text

    def set_aside(self) -> Path | None:
        """Rename a file that cannot be used. Returns its new name; ``None`` if that fails."""
        aside = self.path.with_suffix(".unusable")
        try:
            return self.path.replace(aside)
        except OSError:
            return None

    def close(self) -> None:
        """Let other servers use it. May be called twice."""
        if self._lock is not None:
            self._lock.close()
            self._lock = None
