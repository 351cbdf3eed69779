"""
Who asked what, so that a reply finds its asker (fact 5.1, rules 7 and 17).

All frontends share one set of sockets. So the asker of a reply is found by
``parent_header.msg_id``, or by ``parent_header.session`` if that id is not known. Entries outlive
the asker's socket. A page that comes back with the same session id gets its reply.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Iterable

from jupyter_comm_broker.core.requests.request import MAIN, Request, Stage, Word
from jupyter_comm_broker.protocol.message import COMM_TYPES, Header


class Requests:
    """The requests under way, by msg_id. Above a bound the oldest are forgotten."""

    MOST_SENDERS = 1_000
    MOST_ALIKE = 100
    """The most requests with the same msg_id. Scripts that count from 1 send such."""

    def __init__(self, most: int) -> None:
        self._requests: OrderedDict[str, Request] = OrderedDict()
        self._most = most
        self.forgotten = 0
        self._executing: set[str] = set()
        self._senders: OrderedDict[str, str] = OrderedDict()
        """The sender's session id by the session of its headers, where the two differ."""
        self._behind: dict[str, deque[Request]] = {}
        """By msg_id the requests that came while another one with this id was under way."""
        self.unended: dict[str, Request] = {}
        """Requests that were replied to and have no idle yet. Normally that takes no time."""

    def __len__(self) -> int:
        return len(self._requests)

    def sent(self, request: Request) -> None:
        """Note a request on its way to the kernel."""
        msg_id, session = request.header.msg_id, request.header.session
        if msg_id in self._requests:
            self._behind.setdefault(msg_id, deque(maxlen=self.MOST_ALIKE)).append(request)
        else:
            self._requests[msg_id] = request
        if session != request.session_id:
            # The latest counts: who used that session before may be gone.
            self._senders[session] = request.session_id
            self._senders.move_to_end(session)
            if len(self._senders) > self.MOST_SENDERS:
                self._senders.popitem(last=False)
        if request.header.msg_type == "execute_request" and request.lane == MAIN:
            self._executing.add(msg_id)
        if len(self._requests) > self._most:
            oldest, _ = self._requests.popitem(last=False)
            self._executing.discard(oldest)
            self.unended.pop(oldest, None)
            self._behind.pop(oldest, None)
            self.forgotten += 1

    def get(self, msg_id: str) -> Request | None:
        """Return the request that was sent as ``msg_id``, if it is still known."""
        return self._requests.get(msg_id)

    def sender(self, session: str) -> str:
        """Return the session id of who sent requests with this session in their headers."""
        return self._senders.get(session, "")

    def awaiting(self, msg_id: str) -> Request | None:
        """Return the request that a reply is for: the first with this id that lacks one."""
        first = self._requests.get(msg_id)
        if first is None or first.lacks_reply or msg_id not in self._behind:
            return first
        return next((each for each in self._behind[msg_id] if each.lacks_reply), first)

    def replied(self, msg_id: str) -> None:
        """Note that the kernel replied. The request stays until the kernel said idle too."""
        if (request := self.awaiting(msg_id)) is not None:
            if request.hear(Word.REPLY) is not Stage.REPLIED:
                self._over(msg_id)
            elif self._requests[msg_id] is request:
                self.unended[msg_id] = request

    def finished(self, msg_id: str) -> None:
        """Note that the kernel said idle. This ends a comm message, which gets no reply."""
        if (request := self._requests.get(msg_id)) is not None:
            self._executing.discard(msg_id)
            if request.hear(Word.IDLE) is Stage.OVER:
                self._over(msg_id)

    def dropped(self, sent_before: float, running: Iterable[str]) -> set[str]:
        """
        Note that cells for the main shell are not run, because the kernel is past them.

        Their replies still find their askers, if they come after all.

        Args:
            sent_before: the time before which they were sent.
            running: the msg_ids of the requests that the kernel runs.

        Returns:
            Their msg_ids.
        """
        still = set(running)
        gone = {
            msg_id
            for msg_id in self._executing - still
            if self._requests[msg_id].sent_at < sent_before
        }
        self._executing -= gone
        return gone

    def given_up(self, msg_id: str) -> None:
        """Forget a request of which no word will come any more."""
        if msg_id in self._requests:
            self._executing.discard(msg_id)
            self._over(msg_id)

    def all(self) -> list[Request]:
        """Return the requests under way, oldest first."""
        return list(self._requests.values())

    @property
    def executing(self) -> bool:
        """Whether an ``execute_request`` for the main shell is under way."""
        return bool(self._executing)

    def comm_messages(self) -> list[Request]:
        """Return the comm messages for the main shell that have not ended, oldest first."""
        return [
            request
            for request in self._requests.values()
            if request.header.msg_type in COMM_TYPES and request.lane == MAIN
        ]

    def lane(self, parent: Header) -> str:
        """Return the lane of the request with this header, also if it did not pass the broker."""
        request = self._requests.get(parent.msg_id)
        return request.lane if request is not None else parent.subshell_id or MAIN

    def clear(self) -> None:
        """Forget all requests, because the kernel has a new process and answers none of them."""
        self._requests.clear()
        self._behind.clear()
        self._executing.clear()
        self.unended.clear()

    def _over(self, msg_id: str) -> None:
        del self._requests[msg_id]
        self.unended.pop(msg_id, None)
        if behind := self._behind.get(msg_id):
            request = self._requests[msg_id] = behind.popleft()
            if request.header.msg_type == "execute_request" and request.lane == MAIN:
                self._executing.add(msg_id)
            if request.stage is Stage.REPLIED:
                self.unended[msg_id] = request
        if not behind:
            self._behind.pop(msg_id, None)
