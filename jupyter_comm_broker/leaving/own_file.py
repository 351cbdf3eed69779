"""Files that only their owner may write: read if that holds, and replaced as a whole."""

from __future__ import annotations

import os
import stat
import tempfile
from contextlib import suppress
from pathlib import Path

from jupyter_comm_broker.leaving.left_kernels import MOST_BYTES, LeftFileError


def read_own(path: Path) -> bytes | None:
    """
    Return the text in a file; ``None`` if there is no file.

    Raises:
        LeftFileError: it cannot be read, is too large, or others could have written it.
    """
    try:
        with path.open("rb") as file:
            _look_at_owner(os.fstat(file.fileno()))
            text = file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise LeftFileError(f"it cannot be read: {error}") from error
    if len(text) > MOST_BYTES:
        raise LeftFileError(f"it has more than {MOST_BYTES} bytes")
    return text


def _look_at_owner(found: os.stat_result) -> None:
    if not hasattr(os, "geteuid"):  # pragma: no cover - Windows has no owners
        return
    if found.st_uid != os.geteuid() or found.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise LeftFileError("others than the server's user can write it")


def replace_own(path: Path, text: bytes) -> None:
    """
    Replace what is in a file, which is then readable for its owner only.

    Raises:
        LeftFileError: the file is as it was before.
    """
    temporary = None
    try:
        # mkstemp makes it readable for its owner only.
        number, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name)
        with os.fdopen(number, "wb") as file:
            file.write(text)
        Path(temporary).replace(path)
    except OSError as error:
        if temporary is not None:
            with suppress(OSError):
                Path(temporary).unlink()
        raise LeftFileError(f"it cannot be written: {error}") from error
