"""One comm, as the kernel's other end has it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from comm.base_comm import BaseComm

from jupyter_comm_broker.comms.current import current_manager
from jupyter_comm_broker.comms.message_dicts import MessageDict
from jupyter_comm_broker.errors import CommClosedError

if TYPE_CHECKING:
    from jupyter_comm_broker.comms.comm_manager import CommManager, KernelReference

Callback = Callable[[MessageDict], Any]
"""Takes a message. May be a coroutine function."""

DEFAULT_TARGET = "comm"


class Comm(BaseComm):
    """
    A comm to a kernel. Making one opens it.

    Args:
        target_name: the target in the kernel.
        data: the data of the ``comm_open``, for the kernel's handler.
        metadata: the metadata of the ``comm_open``.
        buffers: the buffers of the ``comm_open``.
        **kwargs: ``manager`` or ``kernel`` (a :class:`KernelReference`) names the kernel if there
            are several. ``comm_id``, ``target_module``, ``primary`` and ``topic`` are those of
            ``comm.base_comm.BaseComm``.

    Raises:
        NoCommManagerError: no kernel was named, and there is none or more than one.
        ValueError: a comm with this ``comm_id`` is open.
    """

    kernel: KernelReference
    comm_id: str
    target_name: str

    def __init__(
        self,
        target_name: str | None = None,
        data: dict[str, Any] | None = None,
        metadata: dict[str, Any] | None = None,
        buffers: list[bytes] | None = None,
        **kwargs: Any,
    ) -> None:
        manager = kwargs.pop("manager", None)
        kernel = kwargs.pop("kernel", None)
        if manager is None:
            manager = kernel.comm_manager if kernel is not None else current_manager()
        self._manager: CommManager = manager
        self.kernel = manager.kernel
        self.callback_errors = 0
        """How often a callback of this comm raised."""
        self._end: tuple[str, str, str] | None = None
        if kwargs.get("comm_id"):
            # BaseComm makes a topic only from an ASCII id. Other programs' ids need not be ASCII.
            kwargs.setdefault("topic", f"comm-{kwargs['comm_id']}".encode())
        super().__init__(target_name or DEFAULT_TARGET, data, metadata, buffers, **kwargs)

    def __repr__(self) -> str:
        state = "closed" if self._closed else "open"
        return f"<Comm {self.comm_id} to {self.target_name!r}, {state}>"

    def __del__(self) -> None:
        """Do nothing. A comm that this process forgets stays open for all others."""

    # -- sending -----------------------------------------------------------------------------------

    def publish_msg(
        self,
        msg_type: str,
        data: dict[str, Any] | None = None,
        metadata: dict[str, Any] | None = None,
        buffers: list[bytes] | None = None,
        **keys: Any,
    ) -> None:
        """
        Send a message on this comm.

        Args:
            msg_type: ``comm_open``, ``comm_msg`` or ``comm_close``.
            data: the message's data.
            metadata: its metadata.
            buffers: its buffers.
            **keys: further fields of its content.

        Raises:
            CommBrokerError: the message cannot be sent.
        """
        content = {**keys, "comm_id": self.comm_id, "data": {} if data is None else data}
        self._manager.publish(msg_type, content, metadata, buffers)

    def open(
        self,
        data: dict[str, Any] | None = None,
        metadata: dict[str, Any] | None = None,
        buffers: list[bytes] | None = None,
    ) -> None:
        """
        Open the kernel's end. Making a comm calls this.

        Args:
            data: the data of the ``comm_open``; by default those that the comm was made with.
            metadata: its metadata.
            buffers: its buffers.

        Raises:
            ValueError: a comm with this ``comm_id`` is open.
            CommBrokerError: the message cannot be sent.
        """
        if self._manager.comms.get(self.comm_id) not in (None, self):
            raise ValueError(f"a comm {self.comm_id!r} is open already")
        self._manager.register_comm(self)
        keys = {} if self.target_module is None else {"target_module": self.target_module}
        self._closed = False
        try:
            self.publish_msg(
                "comm_open",
                data=self._open_data if data is None else data,
                metadata=metadata,
                buffers=buffers,
                target_name=self.target_name,
                **keys,
            )
        except BaseException:
            self._closed = True
            self._manager.let_go(self)
            raise

    def send(
        self,
        data: dict[str, Any] | None = None,
        metadata: dict[str, Any] | None = None,
        buffers: list[bytes] | None = None,
    ) -> None:
        """
        Send a message to the kernel.

        Args:
            data: the message's data.
            metadata: its metadata.
            buffers: its buffers.

        Raises:
            CommClosedError: this comm is closed.
            CommBrokerError: the message cannot be sent.
        """
        if self._closed:
            at, by, reason = self._end or ("", "unknown", "it was never opened")
            raise CommClosedError(self.kernel.kernel_id, self.comm_id, at, by, reason)
        super().send(data, metadata, buffers)

    def close(
        self,
        data: dict[str, Any] | None = None,
        metadata: dict[str, Any] | None = None,
        buffers: list[bytes] | None = None,
        deleting: bool = False,
    ) -> None:
        """
        Close this comm for the kernel and all frontends. May be called twice.

        Args:
            data: the data of the ``comm_close``.
            metadata: its metadata.
            buffers: its buffers.
            deleting: do nothing. ``BaseComm`` sets it when the object is deleted.

        Raises:
            CommBrokerError: the message cannot be sent.
        """
        if self._closed or deleting:
            return
        self.mark_closed("frontend", "closed by this program")
        try:
            self.publish_msg(
                "comm_close",
                data=self._close_data if data is None else data,
                metadata=metadata,
                buffers=buffers,
            )
        finally:
            self._manager.let_go(self)

    # -- receiving ---------------------------------------------------------------------------------

    def on_msg(self, callback: Callback | None) -> None:
        """Call ``callback(msg)`` for each message of the kernel. ``None`` removes the callback."""
        super().on_msg(callback)
        if callback is not None:
            self._manager.want_messages()

    def on_close(self, callback: Callback | None) -> None:
        """Call ``callback(msg)`` when somebody else closes this comm, or its kernel ends."""
        super().on_close(callback)

    @property
    def hears(self) -> bool:
        """Whether a callback for messages is registered."""
        return self._msg_callback is not None

    def handle_msg(self, msg: MessageDict) -> None:
        """Give a message to the callback."""
        self._call("on_msg", self._msg_callback, msg)

    def handle_close(self, msg: MessageDict) -> None:
        """Give a ``comm_close`` to the callback."""
        self._call("on_close", self._close_callback, msg)

    def _call(self, name: str, callback: Callback | None, msg: MessageDict) -> None:
        if callback is not None:
            self._manager.call(self, f"{name} of comm {self.comm_id}", lambda: callback(msg))

    def mark_closed(self, by: str, reason: str) -> None:
        """Note that the comm is closed, by whom, and why."""
        self._closed = True
        self._end = (self._manager.date(), by, reason)
