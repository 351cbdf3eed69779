"""
Output widgets whose page is gone (protocol facts 2.3 row 9, rule 23).

What is printed inside ``with out:`` is collected in the page that sent the request, and
synced back from there. After a reload that page is gone and nobody collects. So the broker
collects too: new pages are given its list, the old page's late update is kept from them,
and when the capture is over the kernel is given the list as well.
"""

from __future__ import annotations

from dataclasses import dataclass

from jupyter_comm_broker.core.context import Context
from jupyter_comm_broker.core.kernel.state_questions import Questions
from jupyter_comm_broker.core.restore.output_list import CAPTURED_TYPES, OutputList
from jupyter_comm_broker.core.restore.page_replies import Answers
from jupyter_comm_broker.core.state.comm_record import CommRecord
from jupyter_comm_broker.protocol.json_text import dumps, loads
from jupyter_comm_broker.protocol.message import Message
from jupyter_comm_broker.protocol.widget import State, read_payload, text_of

MODEL = "OutputModel"

PUSHED_AT_ONCE = 200_000
"""Bytes that are pushed without a second thought; twice as many wait twice as long."""

CUT = "[jupyter_comm_broker] more output was not kept; the limit is CommBroker.comm_state_bytes\n"


@dataclass(slots=True)
class Capture:
    """What one Output widget has collected."""

    comm_id: str
    list: OutputList
    parent: str = ""
    """The msg_id whose output it collects now; empty when it does not."""
    owner: str = ""
    """The session that sent that request: its page, if it lives, collects by itself."""
    collected: bool = False
    """Whether there is anything in the list that the kernel may not know."""
    size: int = 0
    """Bytes collected since the list was begun; a bound on what it holds."""
    push_at: float | None = None
    """When the pages are to be given what was collected since the last push."""

    @property
    def state(self) -> State:
        """The attribute as it is put into the widget's state."""
        return {"outputs": dumps(self.list.outputs)}


class OutputCapture:
    """Collects the output of all Output widgets of one kernel."""

    def __init__(self, context: Context, answers: Answers, questions: Questions) -> None:
        self._context = context
        self._answers = answers
        self._questions = questions
        self._captures: dict[str, Capture] = {}
        self._by_parent: dict[str, list[Capture]] = {}
        """Who collects the output of a request; of several, one inside the other, the last."""

    # -- the widget ----------------------------------------------------------------------------

    def changed(
        self,
        record: CommRecord,
        now: float,
        keys: frozenset[str] = frozenset({"msg_id"}),
        message: Message | None = None,
    ) -> None:
        """Follow a change of an Output widget that came from the kernel."""
        if record.model.name != MODEL or record.state is None:
            return
        if "outputs" in keys and message is not None:
            self._outputs_set(record, message)
        if "msg_id" not in keys:
            return
        parent = loads(text_of(record.state.attributes().get("msg_id")) or b'""')
        capture = self._captures.get(record.comm_id)
        if capture is not None:
            self._stop(capture)
        if parent:
            self._begin(record, str(parent))

    def _begin(self, record: CommRecord, parent: str) -> None:
        capture = self._captures.get(record.comm_id)
        if capture is None:
            capture = Capture(record.comm_id, OutputList(_outputs_of(record)))
            self._captures[record.comm_id] = capture
        request = self._context.requests.get(parent)
        capture.parent = parent
        capture.owner = request.session_id if request is not None else ""
        self._by_parent.setdefault(parent, []).append(capture)

    def _stop(self, capture: Capture) -> None:
        collecting = self._by_parent.get(capture.parent, [])
        if capture in collecting:
            collecting.remove(capture)
        if not collecting:
            self._by_parent.pop(capture.parent, None)
        capture.parent = ""

    def _outputs_set(self, record: CommRecord, message: Message) -> None:
        capture = self._captures.get(record.comm_id)
        if capture is None:
            return
        if read_payload(message.comm.data).method == "update":
            # The kernel's own code set them: that is the last word.
            capture.list = OutputList(_outputs_of(record))
            capture.collected = False
        elif not capture.parent and self._lives(message.parent.session):
            # Its page was there to the end; what it syncs is what it saw.
            self._captures.pop(record.comm_id)
        elif capture.collected:
            self._context.mirror.set_attributes(record, capture.state)

    def is_stale(self, record: CommRecord, message: Message) -> bool:
        """Whether a message only echoes what a page that is gone saw of the outputs."""
        capture = self._captures.get(record.comm_id)
        if capture is None or not capture.collected:
            return False
        payload = read_payload(message.comm.data)
        return (
            payload.method == "echo_update"
            and not self._lives(message.parent.session)
            and set(loads(payload.state)) == {"outputs"}
        )

    def _lives(self, session_id: str) -> bool:
        page = self._context.delivery.get(session_id)
        return page is not None and page.attached

    def owns(self, comm_id: str) -> bool:
        """Whether our list of a widget's outputs is better than any page's."""
        capture = self._captures.get(comm_id)
        return capture is not None and capture.collected

    def collected_by(self, comm_id: str, session_id: str) -> bool:
        """Whether this page collects a widget's outputs by itself, message by message."""
        capture = self._captures.get(comm_id)
        return capture is not None and capture.collected and capture.owner == session_id

    def settle(self) -> None:
        """
        Bring the mirror up to what has passed, before a page is given its state.

        Between two pushes the mirror lags; a page that collects by itself would lose what lies
        between them, and one that does not would lose it until the next push.
        """
        for capture in self._captures.values():
            record = self._context.registry.get(capture.comm_id)
            if capture.collected and record is not None and record.state is not None:
                self._context.mirror.set_attributes(record, capture.state)

    def closed(self, comm_id: str) -> None:
        """The widget is closed."""
        capture = self._captures.pop(comm_id, None)
        if capture is not None:
            self._stop(capture)

    def forget(self, now: float) -> None:
        """The kernel's process is another one."""
        self._captures.clear()
        self._by_parent.clear()

    # -- collecting ----------------------------------------------------------------------------

    def captured(self, message: Message, now: float) -> None:
        """Collect a message if its output belongs into an Output widget."""
        if not self._by_parent or message.header.msg_type not in CAPTURED_TYPES:
            return
        collecting = self._by_parent.get(message.parent.msg_id)
        if not collecting:
            return
        capture, limits = collecting[-1], self._context.limits
        if capture.size > limits.comm_state_bytes:
            self._context.counters["captured_output_dropped"] += 1
            return
        capture.size += message.size
        capture.list.add(message.header.msg_type, message.content)
        if capture.size > limits.comm_state_bytes:
            capture.list.add("stream", {"name": "stderr", "text": CUT})
        capture.collected = True
        if capture.push_at is None:
            # Each push carries the whole list, so a long one is pushed less often.
            pause = limits.output_push_seconds * max(1.0, capture.size / PUSHED_AT_ONCE)
            capture.push_at = now + pause

    def finished(self, msg_id: str, now: float) -> None:
        """A request ended: push the rest, and tell the kernel if nobody else will."""
        for capture in list(self._captures.values()):
            if not capture.collected or capture.parent:
                continue
            if capture.push_at is not None:
                self._push(capture, now)
            if not self._lives(capture.owner) and not self._context.occupied:
                self._hand_to_kernel(capture, now)

    def _hand_to_kernel(self, capture: Capture, now: float) -> None:
        data = {"method": "update", "state": {"outputs": capture.list.outputs}, "buffer_paths": []}
        content = {"comm_id": capture.comm_id, "data": data}
        self._questions.ask("outputs", "shell", "comm_msg", content, now)
        capture.owner = ""
        del self._captures[capture.comm_id]

    # -- telling pages -------------------------------------------------------------------------

    def next_due(self) -> float | None:
        """Return when collected output is to be pushed."""
        return min(
            (c.push_at for c in self._captures.values() if c.push_at is not None), default=None
        )

    def tick(self, now: float) -> None:
        """Push what is due."""
        for capture in list(self._captures.values()):
            if capture.push_at is not None and now >= capture.push_at:
                self._push(capture, now)

    def _push(self, capture: Capture, now: float) -> None:
        capture.push_at = None
        record = self._context.registry.get(capture.comm_id)
        if record is None or record.state is None:
            return
        self._context.mirror.set_attributes(record, capture.state)
        for frontend in list(self._context.delivery):
            if frontend.session_id != capture.owner:
                self._answers.update(frontend, capture.comm_id, capture.state, now)


def _outputs_of(record: CommRecord) -> list[dict[str, object]]:
    attributes = record.state.attributes() if record.state is not None else {}
    outputs = loads(text_of(attributes.get("outputs")) or b"[]")
    return list(outputs) if isinstance(outputs, list) else []
