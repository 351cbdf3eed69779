"""
Gives an external kernel the same id in each server.

jupyter_client draws a new id for a connection file whenever a server starts, so its pages would
lose their kernel. Here the id follows from the file's path and the kernel's key. Another kernel at
the same path has another key, and so another id.
"""

from __future__ import annotations

import hashlib
import hmac
import uuid
from pathlib import Path
from typing import Any


def stable_id(connection_file: Path, key: bytes) -> str:
    """
    Return the id of an external kernel.

    Args:
        connection_file: where the kernel's connection file is.
        key: the key that signs the kernel's messages. It cannot be told from the id.
    """
    path = str(connection_file.resolve()).encode(errors="surrogateescape")
    digest = hmac.new(key, path, hashlib.sha256).digest()
    return str(uuid.UUID(bytes=digest[:16], version=4))


class ExternalIds:
    """
    The external kernels of one server.

    Args:
        kernels: jupyter_server's kernel manager.
    """

    def __init__(self, kernels: Any) -> None:
        self._kernels = kernels
        self._stock = kernels.list_kernel_ids

    @property
    def _managers(self) -> dict[str, Any]:
        # jupyter_server itself reads it, and there is no other way to rename a kernel.
        managers: dict[str, Any] = self._kernels._kernels  # noqa: SLF001
        return managers

    def keep(self) -> None:
        """Give external kernels their ids from now on, before anybody is told of them."""
        self._kernels.list_kernel_ids = self._list_kernel_ids
        self._list_kernel_ids()

    def known(self) -> list[str]:
        """Return the ids of the external kernels."""
        return list(self._kernels.kernel_id_to_connection_file)

    def close(self) -> None:
        """Leave the ids to jupyter_client. May be called twice."""
        self._kernels.__dict__.pop("list_kernel_ids", None)

    def _list_kernel_ids(self) -> list[str]:
        self._stock()
        files, managers = self._kernels.kernel_id_to_connection_file, self._managers
        for drawn, file in list(files.items()):
            # jupyter_client asks for the list again while it makes a manager.
            if (manager := managers.get(drawn)) is None:
                continue
            kernel_id = stable_id(file, bytes(manager.session.key))
            if kernel_id != drawn:
                files[kernel_id], managers[kernel_id] = files.pop(drawn), managers.pop(drawn)
                manager.kernel_id = kernel_id
        return list(managers)
