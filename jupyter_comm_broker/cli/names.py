"""Finds a kernel or comm by its id, the beginning of its id, or a notebook's name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath

from jupyter_comm_broker.cli.client import Client, comm_path
from jupyter_comm_broker.cli.exits import CommandError, Exit, RefusalError
from jupyter_comm_broker.cli.wording import printable, short_length

SHOWN = 5
"""How many kernels or comms an error lists."""


@dataclass(frozen=True, slots=True)
class Kernel:
    """A running kernel."""

    kernel_id: str
    paths: tuple[str, ...] = ()
    """The notebooks and consoles that use it."""

    @property
    def label(self) -> str:
        """The name that people know it by: its notebook, or the beginning of its id."""
        named = PurePosixPath(self.paths[0]).name if self.paths else ""
        return printable(named, 40) or self.kernel_id[:8]

    def is_called(self, name: str) -> bool:
        """Return whether its notebook has this path, or a path that ends with it."""
        wanted = PurePosixPath(name).parts
        for path in self.paths:
            parts = PurePosixPath(path).parts
            stem = (*parts[:-1], PurePosixPath(path).stem)
            if wanted and wanted in (parts[-len(wanted) :], stem[-len(wanted) :]):
                return True
        return False


@dataclass(frozen=True, slots=True)
class CommName:
    """One comm of one kernel."""

    kernel_id: str
    comm_id: str

    @property
    def path(self) -> str:
        """The comm's path in the API."""
        return comm_path(self.kernel_id, self.comm_id)


class Names:
    """Finds kernels and comms of one server."""

    def __init__(self, client: Client) -> None:
        self._client = client

    @cached_property
    def kernels(self) -> dict[str, Kernel]:
        """The running kernels by id. Empty if the user may not list kernels."""
        try:
            ids = [each["id"] for each in self._client.get("/api/kernels")]
            sessions = self._client.get("/api/sessions")
        except RefusalError as error:
            # A user who may only see comms must name kernels by their ids.
            if error.exit_code is Exit.NOT_ALLOWED and "token" not in str(error):
                return {}
            raise
        paths: dict[str, tuple[str, ...]] = dict.fromkeys(ids, ())
        for session in sessions:
            kernel_id, path = (session.get("kernel") or {}).get("id"), session.get("path") or ""
            if kernel_id in paths and path:
                paths[kernel_id] = (*paths[kernel_id], path)
        return {kernel_id: Kernel(kernel_id, found) for kernel_id, found in paths.items()}

    def label(self, kernel_id: str) -> str:
        """Return the name that people know a kernel by."""
        return self.kernels.get(kernel_id, Kernel(kernel_id)).label

    def kernel(self, name: str) -> str:
        """
        Return the id of the kernel with this name.

        Raises:
            CommandError: there is none, or more than one.
        """
        if not self.kernels or name in self.kernels:
            return name
        meant = [each for each in self.kernels.values() if each.kernel_id.startswith(name)]
        meant = meant or [each for each in self.kernels.values() if each.is_called(name)]
        if not meant:
            there = _some(self.kernels.values(), lambda each: f"{each.kernel_id[:8]} {each.label}")
            message = f"no kernel or notebook {printable(name)!r}; the running kernels are: {there}"
            raise CommandError(Exit.NOT_FOUND, message)
        if len(meant) > 1:
            length = short_length(each.kernel_id for each in meant)
            several = _some(meant, lambda each: f"{each.kernel_id[:length]} ({each.label})")
            message = f"{printable(name)!r} may be several kernels: {several}"
            raise CommandError(Exit.USAGE, message)
        return meant[0].kernel_id

    def comm(self, name: str, kernel: str | None = None) -> CommName:
        """
        Return the comm with this name.

        Args:
            name: its id, or the beginning of its id.
            kernel: the name of its kernel; by default all kernels are searched.

        Raises:
            CommandError: there is none, or more than one.
        """
        kernel_id = None if kernel is None else self.kernel(kernel)
        if not name:
            raise CommandError(Exit.USAGE, "an empty name names no comm; see jupyter comms list")
        meant = self._beginning(name, kernel_id)
        exact = [each for each in meant if each.comm_id == name]
        meant = exact or meant
        if len(meant) == 1:
            return meant[0]
        if meant:
            length = short_length(each.comm_id for each in meant)
            several = _some(
                meant, lambda each: f"{each.comm_id[:length]} on {self.label(each.kernel_id)}"
            )
            advice = "give more of the id, or name the kernel with --kernel"
            message = f"{printable(name)!r} may be several comms: {several}; {advice}"
            raise CommandError(Exit.USAGE, message)
        raise self._missing(name, [kernel_id] if kernel_id else list(self.kernels))

    def _beginning(self, name: str, kernel_id: str | None) -> list[CommName]:
        query = {"text": name, "kernel": kernel_id, "fields": "kernel_id,comm_id"}
        listed, _ = self._client.pages("/api/comms", query)
        found = [CommName(each["kernel_id"], each["comm_id"]) for each in listed]
        return [each for each in found if each.comm_id.startswith(name)]

    def _missing(self, name: str, kernel_ids: Sequence[str]) -> CommandError:
        # A kernel remembers for a while when, by whom and why a comm was closed.
        for kernel_id in kernel_ids:
            closed = self._closed(CommName(kernel_id, name))
            if closed is not None:
                return closed
        return CommandError(
            Exit.NOT_FOUND, f"no comm {printable(name)!r}; jupyter comms list shows the open comms"
        )

    def _closed(self, comm: CommName) -> RefusalError | None:
        try:
            self._client.get(comm.path, buffers="omit")
        except RefusalError as error:
            return error if error.status == 410 else None
        return None


def _some(all_of_them: Iterable[Kernel | CommName], say: Callable[..., str]) -> str:
    said = [printable(say(each)) for each in all_of_them]
    more = f" and {len(said) - SHOWN} more" if len(said) > SHOWN else ""
    return (", ".join(said[:SHOWN]) or "none") + more
