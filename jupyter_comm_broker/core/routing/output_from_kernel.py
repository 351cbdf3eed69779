"""The kernel's output: collected for Output widgets, limited, kept by run, and passed on."""

from __future__ import annotations

from functools import partial

from jupyter_comm_broker.core.ledger import Ledger
from jupyter_comm_broker.core.outboxes.kind import Kind
from jupyter_comm_broker.core.pages.delivery import Delivery
from jupyter_comm_broker.core.pages.kernel_voice import KernelVoice
from jupyter_comm_broker.core.policy import Policy
from jupyter_comm_broker.core.restore.output_capture import OutputCapture
from jupyter_comm_broker.core.routing.output_limit import OutputLimit
from jupyter_comm_broker.core.runs.holders import Holders
from jupyter_comm_broker.protocol.json_text import dumps
from jupyter_comm_broker.protocol.message import Message

ALWAYS_SENT = frozenset({"execute_input"})
"""Output that no rate limit counts, as in jupyter_server."""


class OutputFromKernel:
    """
    Follows the kernel's output, and passes on what is within the rate limit.

    Args:
        ledger: counts and logs.
        delivery: the pages.
        voice: tells pages of output that is not shown.
        capture: the output that is collected.
        holders: follows runs, and the pages that show their cells.
        policy: how much output may pass.
    """

    def __init__(
        self,
        ledger: Ledger,
        delivery: Delivery,
        voice: KernelVoice,
        capture: OutputCapture,
        holders: Holders,
        policy: Policy,
    ) -> None:
        self._ledger = ledger
        self._delivery = delivery
        self._voice = voice
        self._capture = capture
        self._holders = holders
        self._policy = policy
        self._limit = OutputLimit(policy)

    @property
    def is_collected(self) -> bool:
        """Whether output is collected. Then any message may make a timer due."""
        return self._capture.collects

    def is_collected_under(self, msg_id: str) -> bool:
        """Return whether an Output widget collects the output of a request."""
        return self._capture.collects_under(msg_id)

    def request_began(self, msg_id: str, now: float) -> None:
        """Note that the kernel begins with a request."""
        self._holders.began(msg_id, now)

    def request_ended(self, msg_id: str, now: float) -> None:
        """Start the rate limit anew, because a request ended."""
        self._limit.reset()
        self._holders.idled(msg_id, now)

    def replied(self, message: Message, given: str, now: float) -> None:
        """
        Give a reply or a question on stdin to the other pages that show its cell.

        Args:
            message: the reply or the question.
            given: the session id that it is for.
            now: the time.
        """
        step = partial(self._holders.heard, message, given, now)
        self._ledger.shielded("following a reply", step)

    def published(self, message: Message, now: float) -> None:
        """Follow output of iopub and pass it on."""
        msg_type = message.header.msg_type
        if msg_type == "error" and self._policy.hide_tracebacks is not None:
            told = {"evalue": "Execution error", "traceback": [self._policy.hide_tracebacks]}
            message = message.with_content({"ename": "ExecutionError", **told})
        if msg_type == "stream" and self._voice.is_complained_of(message.parts[3]):
            return
        self._ledger.shielded("capturing output", lambda: self._capture.captured(message, now))
        if msg_type not in ALWAYS_SENT:
            admitted, notice = self._limit.admit(message.size, msg_type == "stream", now)
            if notice:
                self._notify(notice, message, now)
            if not admitted:
                self._ledger.counters["output_over_limit"] += 1
                return
        self._fan_out(message, now)

    def _fan_out(self, message: Message, now: float) -> None:
        # Written out, and not by the ledger's shield: each line that is printed comes through here.
        try:
            captured = self._capture.collects_under(message.parent.msg_id)
            self._holders.published(message, now, captured=captured)
        except Exception as fault:  # noqa: BLE001 - whatever is wrong with us, the message passes
            self._ledger.stumbled("keeping output of a run", fault)
        self._delivery.fan_out(message, Kind.OUTPUT)

    def _notify(self, notice: str, cause: Message, now: float) -> None:
        self._ledger.log("warning", notice.strip().splitlines()[0])
        session, parent = cause.header.session, cause.parent_text
        content = dumps({"name": "stderr", "text": notice})
        self._fan_out(self._voice.publish("stream", content, now, parent, session=session), now)
