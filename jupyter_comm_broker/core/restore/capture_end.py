"""
What happens to a captured list when its request is over.

A page that is there gives the kernel what it collected itself. Otherwise the broker does. A list
that was cut is given to nobody. Then the kernel is asked for what it has.
"""

from __future__ import annotations

from jupyter_comm_broker.core.comms import Comms
from jupyter_comm_broker.core.kernel.kernel_requests import KernelRequests
from jupyter_comm_broker.core.limits import Limits
from jupyter_comm_broker.core.requests.work import Work
from jupyter_comm_broker.core.restore.capture import Capture
from jupyter_comm_broker.core.restore.captures import Captures, outputs_of
from jupyter_comm_broker.core.restore.page_replies import PageReplies
from jupyter_comm_broker.protocol.json_text import dumps
from jupyter_comm_broker.protocol.widget import same, update_data

ABOUT = "outputs"
"""What our request is about that gives the kernel a list."""


class CaptureEnd:
    """
    Frees captures without losing a list.

    Args:
        comms: the kernel's comms.
        work: says whether the kernel is busy.
        page_replies: knows the pages.
        captures: the captures.
        kernel_requests: sends lists to the kernel.
        limits: how long a page is waited for.
    """

    def __init__(
        self,
        comms: Comms,
        work: Work,
        page_replies: PageReplies,
        captures: Captures,
        kernel_requests: KernelRequests,
        limits: Limits,
    ) -> None:
        self._comms = comms
        self._work = work
        self._page_replies = page_replies
        self._limits = limits
        self._captures = captures
        self._kernel_requests = kernel_requests

    def next_due(self) -> float | None:
        """Return when time alone concludes a capture; ``None`` for never."""
        occupied = self._work.occupied
        due = (
            capture.conclude_at(self._limits)
            for capture in self._captures
            # A busy kernel is given nothing.
            if not (occupied and capture.collected)
        )
        return min((moment for moment in due if moment is not None), default=None)

    def is_due(self, capture: Capture, now: float) -> bool:
        """Return whether the time has come to conclude a capture."""
        conclude_at = capture.conclude_at(self._limits)
        return conclude_at is not None and now >= conclude_at

    def conclude(self, capture: Capture, now: float) -> None:
        """Conclude a capture, because its request ended or its time has come."""
        if not capture.collected:
            self._captures.free(capture)
            return
        if self._work.occupied:
            # A list that is sent now would wait, and would be older than what comes meanwhile.
            return
        if capture.handed:
            if self.is_due(capture, now):
                self._captures.free(capture)
            return
        is_there = self._collects(capture.owner)
        if is_there and (capture.over_at is None or now < capture.over_at):
            until = capture.over_at or now + self._limits.output_owner_seconds
            capture.waits_for_owner(until, is_synced=False)
        elif capture.list.is_cut or (is_there and capture.is_synced):
            self._leave_to_kernel(capture)
        else:
            self._hand_over(capture, now)

    def owner_synced(self, capture: Capture, now: float) -> None:
        """Note that the kernel took a list of the owner. Free ours, if that was all of it."""
        record = self._captures.record(capture)
        ours = capture.written or capture.list.written()
        if record is None or capture.list.is_cut or same(ours, outputs_of(record)):
            self._captures.free(capture)
            return
        # The rest will follow. A page sends what it has, and waits until each list is taken.
        until = now + self._limits.output_owner_seconds
        capture.waits_for_owner(until, is_synced=True)

    def handed_over(self, msg_id: str, *, failed: bool) -> None:
        """Note that the kernel took a list of ours, or failed to."""
        self._kernel_requests.done(msg_id)
        for capture in self._captures:
            if capture.handed == msg_id:
                if failed:
                    self._leave_to_kernel(capture)
                else:
                    self._captures.free(capture)

    def _collects(self, session_id: str) -> bool:
        """Return whether a session is an attached page. A program collects nothing."""
        page = self._page_replies.get(session_id)
        return page is not None and page.attached and not page.is_program

    def _hand_over(self, capture: Capture, now: float) -> None:
        if not self._captures.mirror(capture) or capture.written is None:
            self._captures.free(capture)
            return
        data, _ = update_data({"outputs": capture.written})
        content = b'{"comm_id":%b,"data":%b}' % (dumps(capture.comm_id), data)
        msg_id = self._kernel_requests.ask(ABOUT, "shell", "comm_msg", content, now)
        capture.hands_over(msg_id, now + self._limits.output_owner_seconds)

    def _leave_to_kernel(self, capture: Capture) -> None:
        is_shown = self._captures.is_shown(capture)
        self._captures.free(capture)
        record = self._captures.record(capture)
        if is_shown and record is not None:
            because = "its collected output differs from the kernel's"
            self._comms.registry.doubt(record, because, {"outputs"})
