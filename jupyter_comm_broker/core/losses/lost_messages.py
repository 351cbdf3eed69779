"""
Notices that the kernel published a message that never came (fact 2.3.12).

A kernel's end drops messages above its own send limit, 1,000 by default, without a word. If a
kernel numbers its messages, every loss shows. All that it sends passes here, but not its replies to
clients that are connected directly; a status shows each of these. A lost message may have been an
update, so every state is then doubted. Kernels that number otherwise are not followed.
"""

from __future__ import annotations

from jupyter_comm_broker.core.comms import Comms
from jupyter_comm_broker.core.ledger import Ledger
from jupyter_comm_broker.core.losses.message_numbers import FEW, MessageNumbers
from jupyter_comm_broker.core.requests.work import Work
from jupyter_comm_broker.protocol.message import Message
from jupyter_comm_broker.protocol.synthesis import Author

MOST_SESSIONS = 8
"""The most sessions that are followed. A kernel has one, which may change. Others may show up."""

GRACE = 1.0
"""Seconds that a number may come later over another socket. Too few only cost a check."""

PAUSE = 0.25
"""Seconds between two doubts of everything. In a flood of losses, one says as much as a hundred."""


MOST_DIGITS = 18
"""The most digits of a number. No session sends more messages than that."""


class LostMessages:
    """
    Accounts for every message of the kernel, over all channels.

    Args:
        ledger: counts and logs.
        comms: the kernel's comms, which are doubted.
        work: the requests under way.
        author: tells our own requests from those of others.
    """

    def __init__(self, ledger: Ledger, comms: Comms, work: Work, author: Author) -> None:
        self._ledger = ledger
        self._comms = comms
        self._work = work
        self._author = author
        self._sessions: dict[str, MessageNumbers] = {}
        self._doubted_at = float("-inf")

    @property
    def numbered(self) -> bool:
        """Whether the kernel was seen to number its messages."""
        return bool(self._sessions)

    def suspected_since(self, when: float) -> bool:
        """Return whether a message may have been lost since ``when``, noticed or not."""
        if not self._sessions:
            return True
        return any(numbers.passed_at >= when for numbers in self._sessions.values())

    def heard(self, message: Message, now: float) -> None:
        """Account for a message that came on any channel."""
        session, number = _numbered(message.header.msg_id)
        if not session:
            return
        over_iopub = message.channel == "iopub"
        numbers = self._sessions.get(session)
        if numbers is None:
            self._met(session, number, message)
            return
        numbers.came(number, over_iopub, now)
        if over_iopub and message.header.msg_type == "status":
            self._excuse(numbers, number, message)

    def _met(self, session: str, number: int, message: Message) -> None:
        # A kernel that relays messages of others (ipyparallel) relays no statuses of theirs.
        if message.header.msg_type == "status":
            if len(self._sessions) >= MOST_SESSIONS:
                del self._sessions[next(iter(self._sessions))]
            self._sessions[session] = MessageNumbers(number, GRACE)

    def _excuse(self, numbers: MessageNumbers, number: int, status: Message) -> None:
        """Expect no reply to a request that did not pass here and that is over now."""
        parent = status.parent
        if (
            parent.msg_type.endswith("_request")
            and not self._author.wrote(parent.session)
            and self._work.requests.get(parent.msg_id) is None
            and status.execution_state == "idle"
        ):
            numbers.excuse(number)

    # -- what is lost ----------------------------------------------------------------------------

    def next_due(self) -> float | None:
        """Return when a number will have been missing for too long; ``None`` for never."""
        due = [numbers.next_due() for numbers in self._sessions.values() if numbers.missing]
        soonest = min((each for each in due if each is not None), default=None)
        return None if soonest is None else max(soonest, self._doubted_at + PAUSE)

    def tick(self, now: float) -> None:
        """Doubt every state and the list of comms, if a message was lost."""
        if now < self._doubted_at + PAUSE:
            return
        lost = sum(numbers.take_lost(now) for numbers in self._sessions.values())
        if lost:
            self._doubted_at = now
            self._ledger.counters["lost_before_us"] += lost
            level = "warning" if lost > FEW else "info"
            self._ledger.log(level, f"{lost} messages of the kernel never came; asking it again")
            self._comms.registry.doubt_all("messages of the kernel were lost")

    def flooded(self) -> None:
        """
        Doubt everything after a flood, if the kernel's messages have no numbers.

        The kernel's end or ours may have dropped some. Where messages have numbers, each loss is
        noticed.
        """
        self._ledger.counters["receive_limit_reached"] += 1
        if not self.numbered:
            if self._comms.registry.complete:
                self._ledger.log(
                    "warning", "the kernel sent more than is kept unread; asking it again"
                )
            self._comms.registry.doubt_all("the kernel sent more than is kept unread")

    def forget(self, now: float) -> None:
        """Forget the sessions, because the kernel has a new process."""
        self._sessions.clear()


def _numbered(msg_id: str) -> tuple[str, int]:
    session, _, number = msg_id.rpartition("_")
    if session and number.isdecimal() and len(number) <= MOST_DIGITS:
        return session, int(number)
    return "", 0
