"""What a server writes down for the next one: its gateway's kernels, and the sessions."""

from __future__ import annotations

import json
import uuid
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
    """
    A row of jupyter_server's sessions: which document uses which kernel.

    jupyter_server lets clients put any value into a row, also a number. It gets back what it had.
    """

    session_id: str
    path: Any
    name: Any
    type: Any
    kernel_id: str


NAMES = tuple(each.name for each in fields(LeftSession))


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
            tuple(dict.fromkeys(_text(each) for each in said["kernel_ids"])),
            tuple(LeftSession(**{name: row[name] for name in NAMES}) for row in said["sessions"]),
        )
    except LeftFileError:
        raise
    except (AttributeError, KeyError, RecursionError, TypeError, ValueError) as error:
        raise LeftFileError(f"it cannot be read: {error!r}") from error


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value
