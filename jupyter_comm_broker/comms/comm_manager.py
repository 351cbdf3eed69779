"""The open comms of one kernel, and the targets that this program has registered."""

from __future__ import annotations

import importlib
import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from jupyter_comm_broker.comms import current
from jupyter_comm_broker.comms.buffers import as_parts
from jupyter_comm_broker.comms.callbacks import Callbacks, Post, at_once
from jupyter_comm_broker.comms.comm import Comm
from jupyter_comm_broker.comms.message_dicts import MessageDict, as_dict
from jupyter_comm_broker.comms.port import CommPort, Fields
from jupyter_comm_broker.protocol.message import Message, Part

TargetCallback = Callable[[Comm, MessageDict], Any]
"""Takes a comm that the kernel opened, and its ``comm_open``. May be a coroutine function."""

LOG = logging.getLogger("jupyter_comm_broker.comms")


@dataclass(frozen=True, eq=False)
class KernelReference:
    """The kernel of a comm. It runs in another process."""

    kernel_id: str
    comm_manager: CommManager


class CommManager:
    """
    The comms of one kernel.

    ``comms`` holds every open comm, whoever opened it. Callbacks can be set on each. When a target
    is registered, this program becomes the frontend of the comms that the kernel opens to it.

    Args:
        port: the port to the kernel.
        post: runs callbacks on the right thread.
        log: the log for callbacks that raise.
    """

    kernel: KernelReference
    comms: dict[str, Comm]
    targets: dict[str, TargetCallback]

    def __init__(self, port: CommPort, post: Post = at_once, log: logging.Logger = LOG) -> None:
        self._port = port
        self._log = log
        self._callbacks = Callbacks(post, log)
        self.kernel = KernelReference(port.kernel_id, self)
        self.comms = {}
        self.targets = {}
        self._unregistered: set[str] = set()
        """Open comms that the program does not want here."""
        self.callback_errors = 0
        """How often a callback raised."""
        self.is_open = True
        """Whether the kernel can be reached, now or later."""
        port.listen(self)
        current.opened(self)

    def __repr__(self) -> str:
        return f"<CommManager of kernel {self.kernel.kernel_id}, {len(self.comms)} comms>"

    # -- targets and comms -------------------------------------------------------------------------

    def register_target(self, target_name: str, f: TargetCallback | str) -> None:
        """
        Call ``f(comm, open_msg)`` for each comm that the kernel opens to a target.

        Args:
            target_name: the target.
            f: the handler, or its import path, as in ``"package.module.name"``.

        Raises:
            ImportError: the handler cannot be imported.
        """
        self.targets[target_name] = _imported(f) if isinstance(f, str) else f
        self._port.want_messages()
        self._port.adopt(target_name)

    def unregister_target(
        self, target_name: str, f: TargetCallback | str | None = None
    ) -> TargetCallback:
        """
        Undo :meth:`register_target`, and return the handler.

        Raises:
            KeyError: the target is not registered, or has another handler.
        """
        registered = self.targets[target_name]
        if f is not None and registered != (_imported(f) if isinstance(f, str) else f):
            raise KeyError(f"target {target_name!r} has another handler: {registered!r}")
        del self.targets[target_name]
        self._port.release(target_name)
        return registered

    def register_comm(self, comm: Comm) -> str:
        """Add a comm, and return its id. A new comm calls this itself."""
        self.comms[comm.comm_id] = comm
        self._unregistered.discard(comm.comm_id)
        return comm.comm_id

    def unregister_comm(self, comm: Comm) -> None:
        """Remove a comm and its callbacks, without closing it. Raises KeyError if it is unknown."""
        del self.comms[comm.comm_id]
        self._unregistered.add(comm.comm_id)
        comm.on_msg(None)
        comm.on_close(None)

    def let_go(self, comm: Comm) -> None:
        """Remove a comm that is closed. It keeps its callbacks, as it may be opened again."""
        if self.comms.get(comm.comm_id) is comm:
            del self.comms[comm.comm_id]

    def get_comm(self, comm_id: str) -> Comm | None:
        """Return an open comm, or ``None``."""
        return self.comms.get(comm_id)

    def current(self) -> AbstractContextManager[None]:
        """Return a context in which new comms belong to this manager."""
        return current.using(self)

    def close(self) -> None:
        """Disconnect from the kernel. Its comms stay open. May be called twice."""
        self.is_open = False
        current.closed(self)
        self._port.close()
        self._callbacks.close()

    # -- what comms ask ----------------------------------------------------------------------------

    def publish(
        self,
        msg_type: str,
        content: Fields,
        metadata: Fields | None,
        buffers: Sequence[Part] | None,
    ) -> None:
        """
        Send a comm message.

        Args:
            msg_type: ``comm_open``, ``comm_msg`` or ``comm_close``.
            content: its content.
            metadata: its metadata; ``None`` for none.
            buffers: its buffers.

        Raises:
            CommBrokerError: the message cannot be sent.
            TypeError: a buffer is none, or its bytes do not lie one behind the other.
        """
        self._port.send(msg_type, content, metadata, as_parts(buffers or ()))

    def want_messages(self) -> None:
        """Ask the port for single messages, because a callback wants them."""
        self._port.want_messages()

    def call(
        self,
        comm: Comm,
        what: str,
        callback: Callable[[], Any],
        failed: Callable[[], Any] | None = None,
    ) -> None:
        """
        Call a user's callback for a comm. An error in it is logged and counted.

        Args:
            comm: the comm.
            what: a name of the callback, for the log.
            callback: the callback with its arguments bound.
            failed: called if the callback raises.
        """

        def count() -> None:
            self.callback_errors += 1
            comm.callback_errors += 1
            self._port.callback_failed(comm.comm_id)
            if failed is not None:
                failed()

        with current.using(self):
            self._callbacks.call(what, callback, count)

    def date(self) -> str:
        """Return the time as an ISO date, as in messages."""
        return datetime.now(timezone.utc).isoformat()

    # -- what the port tells (port.CommListener) ---------------------------------------------------

    @property
    def waiting(self) -> int:
        """How many messages wait for callbacks."""
        return self._callbacks.waiting

    def comm_found(self, comm_id: str, target_name: str) -> None:
        """Add an open comm."""
        comm = self.comms.get(comm_id)
        if comm_id in self._unregistered:
            return
        if comm is None:
            self._track(comm_id, target_name)
        elif target_name and not comm.primary:
            comm.target_name = target_name

    def comm_said(self, message: Message) -> None:
        """Handle a ``comm_open`` or ``comm_msg`` of the kernel."""
        content = message.comm
        if message.header.msg_type == "comm_open":
            handler = self.targets.get(content.target_name)
            comm = self.comms.get(content.comm_id) or self._track(
                content.comm_id, content.target_name
            )
            if handler is not None:
                self._callbacks.post(lambda: self._open(comm, handler, message))
        elif (known := self.comms.get(content.comm_id)) is not None:
            # The callback is looked up later, because a handler may set it until then.
            self._callbacks.post(lambda: self._hear(known, message))

    def comm_ended(self, comm_id: str, by: str, reason: str, message: Message) -> None:
        """
        Note that a comm is closed, and call its ``on_close``.

        Args:
            comm_id: the comm.
            by: the side that closed it.
            reason: why it was closed.
            message: the ``comm_close``, or a message in its place.
        """
        comm = self.comms.pop(comm_id, None)
        self._unregistered.discard(comm_id)
        if comm is not None:
            comm.mark_closed(by, reason)
            self._callbacks.post(lambda: comm.handle_close(as_dict(message)))

    def kernel_gone(self, reason: str) -> None:
        """Note that the kernel is gone."""
        self.is_open = False
        current.closed(self)
        self._log.debug("comm broker: kernel %s: %s", self.kernel.kernel_id, reason)

    # -- inside ------------------------------------------------------------------------------------

    def _track(self, comm_id: str, target_name: str) -> Comm:
        comm = Comm(target_name, manager=self, comm_id=comm_id, primary=False)
        comm.target_name = target_name
        self.register_comm(comm)
        return comm

    def _open(self, comm: Comm, handler: TargetCallback, message: Message) -> None:
        def reject() -> None:
            with self._logged(f"closing comm {comm.comm_id}, whose handler raised,"):
                comm.close()

        with self._logged(f"reading the comm_open of {comm.comm_id}"):
            msg = as_dict(message)
            what = f"the handler of target {comm.target_name!r}"
            self.call(comm, what, lambda: handler(comm, msg), reject)

    def _hear(self, comm: Comm, message: Message) -> None:
        if comm.hears:
            with self._logged(f"reading a comm_msg of {comm.comm_id}"):
                comm.handle_msg(as_dict(message))

    @contextmanager
    def _logged(self, what: str) -> Iterator[None]:
        try:
            yield
        except Exception:  # noqa: BLE001 - an error must not stop the next messages
            self._log.exception("comm broker: %s failed", what)


def _imported(path: str) -> TargetCallback:
    module, _, name = path.rpartition(".")
    if not module:
        raise ImportError(f"{path!r} names no module; use package.module.name")
    try:
        found: TargetCallback = getattr(importlib.import_module(module), name)
    except AttributeError as error:
        raise ImportError(f"{module!r} has no {name!r}") from error
    return found
