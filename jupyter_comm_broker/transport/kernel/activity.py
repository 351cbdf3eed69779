"""
Keeps a kernel's ``last_activity`` and ``execution_state``, in place of the stock watcher.

jupyter_server follows them with a second subscription to iopub, and decodes every message for it.
Our link sees the same messages and has read their headers already. The rules are those of
``MappingKernelManager.start_watching_activity``. Culling and the list of kernels depend on them.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta, timezone
from typing import Any

from jupyter_server.services.kernels.kernelmanager import MappingKernelManager

from jupyter_comm_broker.core.broker import KernelBroker
from jupyter_comm_broker.errors import MalformedMessageError
from jupyter_comm_broker.protocol.message import Message

FINEST = timedelta(seconds=0.1)
"""
While the kernel works, activity is noted again only after this time: setting a trait is slow.

The end of a request is always noted, so that ``last_activity`` of a kernel at rest is exact. Only
what a thread publishes afterwards may be noted that much too early.
"""


class KernelActivity:
    """
    Follows one kernel's activity from :meth:`take_over` to :meth:`give_back`.

    Args:
        kernel_manager: the server's manager of the kernel.
        our_session: the session of the broker's own questions.
        broker: the kernel's broker.
    """

    def __init__(self, kernel_manager: Any, our_session: str, broker: KernelBroker) -> None:
        self._kernel = kernel_manager
        self._our_session = our_session
        self._broker = broker
        self._kernels = kernel_manager.parent
        kind = type(self._kernels)
        self._tracks_as_stock = all(
            getattr(kind, name, None) is getattr(MappingKernelManager, name)
            for name in ("start_watching_activity", "stop_watching_activity")
        )
        self._tracked: dict[str, bool] = {}
        self.ours = False
        """Whether the stock watcher is off and we do its work."""

    def take_over(self) -> None:
        """
        End the stock watcher's subscription, if it has one.

        The server makes a new subscription when a kernel is started or moves to other ports, so
        this is called for every batch. It does not use ``stop_watching_activity``, because that
        also ends the server's own wait for a restart. Kernels of a class that tracks by other
        rules keep its watcher.
        """
        if not self._tracks_as_stock:
            return
        stream = getattr(self._kernel, "_activity_stream", None)
        if stream is not None:
            if not stream.closed():
                stream.close()
            self._kernel._activity_stream = None  # noqa: SLF001 - the one place that ends it
            self.ours = True

    def give_back(self) -> None:
        """Let the stock watcher follow the kernel again, if the kernel still runs."""
        if self.ours and self._kernel.kernel_id in self._kernels:
            self.ours = False
            self._kernels.start_watching_activity(self._kernel.kernel_id)

    def without_answers(self, messages: Iterable[Message]) -> list[Message]:
        """Return a batch without the answers to our questions. They are no activity."""
        ours, is_answer = self._our_session, self._broker.is_answer
        # Nearly no message has a parent of ours, so nearly none costs a call.
        return [each for each in messages if each.parent.session != ours or not is_answer(each)]

    def followed(self, messages: Iterable[Message]) -> None:
        """Follow a batch of messages from the kernel."""
        if not self.ours:
            return
        active = rested = False
        for message in messages:
            counts, is_end = self._heard(message, active)
            active = active or counts
            rested = rested or is_end
        now = datetime.now(timezone.utc)
        if rested or (active and not self._is_noted(now)):
            self._kernels.last_kernel_activity = self._kernel.last_activity = now

    def _is_noted(self, now: datetime) -> bool:
        latest = getattr(self._kernel, "last_activity", None)
        return latest is not None and timedelta(0) <= now - latest < FINEST

    def _heard(self, message: Message, is_active: bool) -> tuple[bool, bool]:
        """
        Return whether a message counts as activity, and whether it ends a piece of work.

        Args:
            message: the message.
            is_active: whether another one of its batch counts already. In a flood of updates, the
                rest of a batch is not looked at.
        """
        try:
            msg_type, is_iopub = message.header.msg_type, message.channel == "iopub"
            is_status = msg_type == "status"
            if is_active and is_iopub and not is_status:
                return True, False
            is_idle = is_status and message.execution_state == "idle"
            if (is_status or not is_iopub) and message.parent.session == self._our_session:
                # A thread may ask something on stdin under our question. That is no reply.
                if is_idle or msg_type.endswith("_reply"):
                    self._answered()
                return False, False
            counts = is_iopub and self._follow(message)
        except MalformedMessageError:
            # The core has logged it, and it says nothing about activity.
            return False, False
        return counts, counts and is_idle

    def _answered(self) -> None:
        """
        Note that the kernel is done with a question of the broker's own. That is no activity.

        Such a kernel is no longer starting. It may be called busy although it is idle, and would
        then never be culled. That happens if a cell's idle was lost, if it named our question
        (ipykernel 6), or if another process answers by now. A reply counts too, because the first
        statuses of a new process are lost if it answers before we are subscribed.
        """
        was, core_says = self._kernel.execution_state, self._broker.known.execution_state
        if was == "starting" or (was == "busy" and core_says in ("idle", "starting")):
            self._kernel.execution_state = "idle"

    def _follow(self, message: Message) -> bool:
        """Follow one message. Returns whether it counts as activity."""
        kernel, msg_type, parent_type = (
            self._kernel,
            message.header.msg_type,
            message.parent.msg_type,
        )
        counts = self._tracks(msg_type) or self._tracks(parent_type)
        active = counts or kernel.execution_state == "busy"
        if msg_type == "status":
            state = message.content.get("execution_state")
            if self._tracks(parent_type):
                kernel.execution_state = state
            elif kernel.execution_state == "starting" and state != "starting":
                # As in the stock watcher: a kernel that has started is idle, until a request of
                # a tracked type says otherwise.
                kernel.execution_state = "idle"
        return bool(active)

    def _tracks(self, msg_type: str) -> bool:
        tracks = self._tracked.get(msg_type)
        if tracks is None:
            tracks = self._tracked[msg_type] = bool(
                self._kernels.track_message_type(msg_type or None)
            )
        return tracks
