"""What a server writes down for the next one: its gateway's kernels, and the sessions."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from typing import Any

from jupyter_comm_broker.errors import CommBrokerError

VERSION = 1
"""The version of the text. An older server does not read a newer text."""

MOST_BYTES = 16 * 1024 * 1024
"""The largest text that is read. Ten thousand sessions take a tenth of it."""


class LeftFileError(CommBrokerError):
    """The file of left kernels cannot be used."""


@dataclass(frozen=True, slots=True)
class LeftSession:
    """A row of jupyter_server's sessions: which document uses which kernel."""

    session_id: str
    path: str | None
    name: str | None
    type: str | None
    kernel_id: str


@dataclass(frozen=True, slots=True)
class LeftKernels:
    """
    The kernels that stay when the server ends.

    Args:
        front_id: names the server to the gateway. The next server uses the same.
        gateway: the gateway's URL; empty if the server has none.
        kernel_ids: the gateway's kernels that are this server's.
        sessions: the sessions of kernels that stay.
    """

    front_id: str
    gateway: str = ""
    kernel_ids: tuple[str, ...] = ()
    sessions: tuple[LeftSession, ...] = ()

    def text(self) -> bytes:
        """Return this as it is written down."""
        return json.dumps({"version": VERSION, **asdict(self)}, indent=1).encode()

    def sessions_of(self, kernel_id: str) -> list[LeftSession]:
        """Return the sessions of one kernel."""
        return [each for each in self.sessions if each.kernel_id == kernel_id]


def read(text: bytes) -> LeftKernels:
    """
    Return what is written down in a text.

    Args:
        text: what :meth:`LeftKernels.text` returned once, or anything else.

    Raises:
        LeftFileError: it is not such a text, or one of a newer version.
    """
    try:
        said = json.loads(text)
        version = said["version"]
        if not isinstance(version, int) or version > VERSION:
            raise LeftFileError(f"its version is {version!r}, and this server reads {VERSION}")
        return LeftKernels(
            uuid.UUID(said["front_id"]).hex,
            _text(said["gateway"]),
            tuple(_unique(str(uuid.UUID(each)) for each in said["kernel_ids"])),
            tuple(_session(each) for each in said["sessions"]),
        )
    except LeftFileError:
        raise
    except (AttributeError, KeyError, RecursionError, TypeError, ValueError) as error:
        raise LeftFileError(f"it cannot be read: {error!r}") from error


def _session(row: dict[str, Any]) -> LeftSession:
    session_id, kernel_id = _text(row["session_id"]), str(uuid.UUID(row["kernel_id"]))
    others = {
        each.name: None if row[each.name] is None else _text(row[each.name])
        for each in fields(LeftSession)
        if each.name not in ("session_id", "kernel_id")
    }
    return LeftSession(session_id=session_id, kernel_id=kernel_id, **others)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value


def _unique(names: Iterable[str]) -> Iterable[str]:
    return dict.fromkeys(names)
