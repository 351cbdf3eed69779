"""
Ends requests whose idle the kernel published and dropped.

A kernel's publishing end drops what does not fit its queue (fact 2.3.12), also the ``idle`` after a
flood. Then the cell runs for ever in every page, and a slider waits for ever. Replies go over
another socket and are never dropped, and a shell handles its requests one after the other. So a
later request that is busy on the shell proves that those replied to before are over. Where no later
request comes, the broker asks a question of its own. Requests that began inside a cell are over
with it.

A request without a reply may also have let the next request in (a callback that polls). So it
counts as over only if something was lost since it began.

A cell may let other requests run inside it. ipykernel 6 then names the last of them in the cell's
idle, in place of the cell. So a second idle of one request is the idle of the request around it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from jupyter_comm_broker.core.ledger import Ledger
from jupyter_comm_broker.core.losses.later_question import LaterQuestion
from jupyter_comm_broker.core.losses.lost_messages import LostMessages
from jupyter_comm_broker.core.requests.execution import Running
from jupyter_comm_broker.core.requests.request import MAIN
from jupyter_comm_broker.core.requests.work import Work
from jupyter_comm_broker.core.timed import SOON
from jupyter_comm_broker.protocol.message import COMM_TYPES, Header, Message, Part

PublishIdle = Callable[[Header, Part, float], None]
"""
Publishes the idle of a request in the kernel's name, because every page has heard of the busy.

Takes the request's header, its JSON or nothing, and the time.
"""


class LostIdles:
    """
    Watches the requests that were replied to and have no idle.

    Args:
        ledger: counts and logs.
        work: the requests under way.
        question: the question that shows that earlier requests are over.
        publish_idle: publishes the idles that are missing.
        lost: says whether messages were lost.
    """

    def __init__(
        self,
        ledger: Ledger,
        work: Work,
        question: LaterQuestion,
        publish_idle: PublishIdle,
        lost: LostMessages,
    ) -> None:
        self._ledger = ledger
        self._work = work
        self._question = question
        self._publish_idle = publish_idle
        self._lost = lost
        self._suspect = ""
        """The msg_id of the request that may be over and has no idle."""
        self._look_at: float | None = None
        self._ended_inside: deque[str] = deque(maxlen=16)
        """The last requests that ended while the main shell was busy without a break."""
        self._misnamed: set[str] = set()
        """Requests whose idle named another one, and whose reply has not come."""

    # -- suspecting ----------------------------------------------------------------------------

    def next_due(self) -> float | None:
        """Return when to look again; ``None`` for never. Requests that end in time keep it."""
        return self._look_at if self._suspected() == self._suspect else SOON

    def tick(self, now: float) -> None:
        """Ask the kernel, if a request has waited long enough for its idle."""
        suspect = self._suspected()
        if suspect != self._suspect:
            self._suspect = suspect
            self._question.forget()
            self._question.begin(now)
            if self._look_at is None:
                self._look_at = self._question.due
        if self._look_at is None or now < self._look_at:
            return
        ask_at = self._question.due or now
        if suspect and now >= ask_at and self._question.can_be_asked:
            self._question.ask(now)
        ask_at = self._question.due or now
        self._look_at = max(ask_at, now + self._question.patience) if suspect else None

    def _suspected(self) -> str:
        """Return the request on the main shell that should be over; empty for none."""
        for msg_id, request in self._work.requests.unended.items():
            if request.lane == MAIN:
                return msg_id
        running = self._work.execution.innermost(MAIN)
        # Comm messages get no reply that would tell.
        return running.header.msg_id if running and _has_no_reply(running) else ""

    # -- concluding ----------------------------------------------------------------------------

    def before(self, status: Message, now: float) -> None:
        """End the requests that a status proves to be over, before the status is followed."""
        msg_id = status.parent.msg_id
        if not msg_id:
            return
        lane = self._work.requests.lane(status.parent)
        inside = self._work.execution.inside(lane, msg_id)
        if inside and _says(status, "idle"):
            for each in inside:
                self._end(each.header, each.text, now)
        if lane == MAIN:
            self._find_misnamed(status, now)
        if self._question.is_heard(msg_id):
            self._end_unended(MAIN, self._question.asked_at, now)
            self._end_unreplied(MAIN, now)
            return
        later = self._work.requests.get(msg_id)
        if later is not None and self._work.requests.unended:
            self._end_unended(later.lane, later.sent_at, now)
        if (before := self._work.execution.innermost(lane)) is not None and (
            before.header.msg_id != msg_id and _has_no_reply(before) and _says(status, "busy")
        ):
            self._end_unreplied(lane, now)

    def _find_misnamed(self, status: Message, now: float) -> None:
        """End the request whose idle names another one, which had ended inside it."""
        msg_id, running = status.parent.msg_id, self._work.execution.innermost(MAIN)
        if running is None:
            self._ended_inside.clear()
            self._misnamed.clear()
        elif _says(status, "idle"):
            if msg_id not in self._ended_inside:
                self._ended_inside.append(msg_id)
            elif _has_no_reply(running) or running.header.msg_id in self._work.requests.unended:
                self._end(running.header, running.text, now)
            else:
                self._misnamed.add(running.header.msg_id)

    def _end_unreplied(self, lane: str, now: float) -> None:
        running = self._work.execution.innermost(lane)
        if (
            running is not None
            and _has_no_reply(running)
            and self._lost.suspected_since(running.began_at)
        ):
            self._end(running.header, running.text, now)

    def _end_unended(self, lane: str, sent_before: float, now: float) -> None:
        # A reply overtakes what waits on iopub. So nothing is proven of requests that were sent
        # later.
        for request in list(self._work.requests.unended.values()):
            is_earlier = request.lane == lane and request.sent_at < sent_before
            # Some kernels reply when they begin, and say idle when they are done.
            is_over = request.header.msg_id in self._misnamed or self._lost.suspected_since(
                request.sent_at
            )
            if is_earlier and is_over:
                self._end(request.header, b"", now)

    def _end(self, header: Header, parent: Part, now: float) -> None:
        """Publish the idle in the kernel's name, because every page has heard of the busy."""
        self._misnamed.discard(header.msg_id)
        self._ledger.counters["lost_idles"] += 1
        self._ledger.log(
            "warning", f"the kernel's idle for {header.msg_type} {header.msg_id} was lost; sent it"
        )
        self._publish_idle(header, parent, now)


def _has_no_reply(running: Running) -> bool:
    return running.header.msg_type in COMM_TYPES


def _says(status: Message, state: str) -> bool:
    return status.execution_state == state
