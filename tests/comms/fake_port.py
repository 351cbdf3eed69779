"""A port that notes what is sent, and tells its listener what a test says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from jupyter_comm_broker.comms.port import CommListener, Fields
from jupyter_comm_broker.errors import CommBrokerError
from jupyter_comm_broker.protocol.message import Message, Part
from jupyter_comm_broker.protocol.synthesis import Author


class FakePort:
    """A port, and the kernel behind it."""

    def __init__(self, comms: Mapping[str, str] | None = None, kernel_id: str = "k") -> None:
        self.kernel_id = kernel_id
        self.sent: list[tuple[str, Any, Any, list[bytes]]] = []
        self.adopted: set[str] = set()
        self.failed: list[str] = []
        self.wanted = False
        self.closed = False
        self.refusal: CommBrokerError | None = None
        self._comms = dict(comms or {})
        self._author = Author("kernel")
        self._listener: CommListener | None = None

    # -- CommPort ----------------------------------------------------------------------------------

    def listen(self, listener: CommListener) -> None:
        self._listener = listener
        for comm_id, target_name in self._comms.items():
            listener.comm_found(comm_id, target_name)

    def send(
        self, msg_type: str, content: Fields, metadata: Fields | None, buffers: Sequence[Part]
    ) -> None:
        if self.refusal is not None:
            raise self.refusal
        self.sent.append((msg_type, content, metadata, [bytes(each) for each in buffers]))

    def want_messages(self) -> None:
        self.wanted = True

    def adopt(self, target_name: str) -> None:
        self.adopted.add(target_name)

    def release(self, target_name: str) -> None:
        self.adopted.discard(target_name)

    def callback_failed(self, comm_id: str) -> None:
        self.failed.append(comm_id)

    def close(self) -> None:
        self.closed = True

    # -- the kernel --------------------------------------------------------------------------------

    @property
    def listener(self) -> CommListener:
        assert self._listener is not None
        return self._listener

    def writes(self, msg_type: str, content: Any, buffers: Sequence[bytes] = ()) -> Message:
        return self._author.write("iopub", msg_type, content, now=0.0, buffers=buffers)

    def opens(self, comm_id: str, target_name: str, data: Any = None) -> None:
        content = {"comm_id": comm_id, "target_name": target_name, "data": data or {}}
        self.listener.comm_found(comm_id, target_name)
        self.listener.comm_said(self.writes("comm_open", content))

    def says(self, comm_id: str, data: Any, buffers: Sequence[bytes] = ()) -> None:
        content = {"comm_id": comm_id, "data": data}
        self.listener.comm_said(self.writes("comm_msg", content, buffers))

    def ends(self, comm_id: str, data: Any = None, reason: str = "closed by the kernel") -> None:
        message = self.writes("comm_close", {"comm_id": comm_id, "data": data or {}})
        self.listener.comm_ended(comm_id, "kernel", reason, message)
