"""
Who asked what, so that a reply finds its asker (protocol facts 5, rules 7 and 17).

All frontends share one set of sockets, so replies are told apart by ``parent_header.msg_id``
and, where that is not known, by ``parent_header.session``. Entries outlive the asker's
socket: a page that comes back with the same session id gets its reply.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

from jupyter_comm_broker.core.requests.execution import CONTROL, MAIN
from jupyter_comm_broker.protocol.message import Header


@dataclass(slots=True)
class Request:
    """One request that a frontend sent to the kernel."""

    session_id: str
    channel: str
    header: Header
    sent_at: float
    replied: bool = False
    started: bool = False
    finished: bool = False

    @property
    def lane(self) -> str:
        """Where the kernel runs it."""
        return CONTROL if self.channel == "control" else self.header.subshell_id or MAIN


class Requests:
    """The requests under way, by msg_id; the oldest are forgotten past a bound."""

    def __init__(self, most: int) -> None:
        self._requests: OrderedDict[str, Request] = OrderedDict()
        self._most = most
        self.forgotten = 0
        self._executing: set[str] = set()
        self.unended: dict[str, Request] = {}
        """What was replied to and not said to be over, which takes the kernel no time."""

    def __len__(self) -> int:
        return len(self._requests)

    def sent(self, request: Request) -> None:
        """Note a request on its way to the kernel."""
        msg_id = request.header.msg_id
        self._requests[msg_id] = request
        if request.header.msg_type == "execute_request" and request.lane == MAIN:
            self._executing.add(msg_id)
        if len(self._requests) > self._most:
            oldest, _ = self._requests.popitem(last=False)
            self._executing.discard(oldest)
            self.unended.pop(oldest, None)
            self.forgotten += 1

    def get(self, msg_id: str) -> Request | None:
        """Return the request that was sent as ``msg_id``, if it is still known."""
        return self._requests.get(msg_id)

    def replied(self, msg_id: str) -> None:
        """The kernel replied; the entry stays until it said idle too."""
        self._ended(msg_id, replied=True)

    def finished(self, msg_id: str) -> None:
        """The kernel said idle. Comm messages get no reply, so that is their end."""
        self._ended(msg_id, finished=True)

    @property
    def executing(self) -> bool:
        """Whether an ``execute_request`` for the main shell has not ended, or not begun."""
        return bool(self._executing)

    def lane(self, parent: Header) -> str:
        """Return where the request with this header runs, also if it was not ours."""
        request = self._requests.get(parent.msg_id)
        return request.lane if request is not None else parent.subshell_id or MAIN

    def clear(self) -> None:
        """The kernel's process is another one: nothing of this will be answered."""
        self._requests.clear()
        self._executing.clear()
        self.unended.clear()

    def _ended(self, msg_id: str, *, replied: bool = False, finished: bool = False) -> None:
        request = self._requests.get(msg_id)
        if request is None:
            return
        request.replied |= replied
        request.finished |= finished
        if request.finished:
            self._executing.discard(msg_id)
            self.unended.pop(msg_id, None)
        else:
            self.unended[msg_id] = request
        wants_reply = not request.header.msg_type.startswith("comm_") or (
            request.header.msg_type == "comm_info_request"
        )
        if request.finished and (request.replied or not wants_reply):
            del self._requests[msg_id]
