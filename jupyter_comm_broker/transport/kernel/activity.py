"""
Keeping a kernel's ``last_activity`` and ``execution_state``, in the place of the stock watcher.

jupyter_server subscribes to iopub once more to follow these, and decodes every message whole
for it. Our link sees the same messages and has peeked at them already. The rules are those
of ``MappingKernelManager.start_watching_activity``, on which culling and the list of kernels
depend.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timezone
from typing import Any

from jupyter_comm_broker.errors import MalformedMessageError
from jupyter_comm_broker.protocol.message import Message


class KernelActivity:
    """Follows one kernel's activity from :meth:`take_over` to :meth:`give_back`."""

    def __init__(self, kernel_manager: Any, our_session: str) -> None:
        self._kernel = kernel_manager
        self._our_session = our_session
        self._kernels = kernel_manager.parent
        self._tracked: dict[str, bool] = {}
        self.ours = False
        """Whether the stock watcher is off and we do its work."""

    def take_over(self) -> None:
        """
        End the stock watcher's subscription, if it has one.

        The server makes a new one when a kernel is started or moves to other ports, so this
        is asked for again and again. Not by ``stop_watching_activity``: that also ends the
        server's own wait for a restart that is under way. An older server, which tracks by
        other rules, keeps its watcher.
        """
        if not hasattr(self._kernels, "track_message_type"):
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

    def followed(self, messages: Iterable[Message]) -> None:
        """Follow a batch of what the kernel published."""
        if not self.ours:
            return
        active = False
        for message in messages:
            if message.channel == "iopub":
                try:
                    active |= self._follow(message)
                except MalformedMessageError:
                    # The core has logged it; it says nothing about activity.
                    continue
        if active:
            now = datetime.now(timezone.utc)
            self._kernels.last_kernel_activity = self._kernel.last_activity = now

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
            if message.parent.session == self._our_session:
                # The broker's own questions keep no kernel from being culled, but one that
                # is done with them has started.
                if state == "idle" and kernel.execution_state == "starting":
                    kernel.execution_state = "idle"
                return False
            if self._tracks(parent_type):
                kernel.execution_state = state
            elif kernel.execution_state == "starting" and state != "starting":
                # As the stock watcher: after its start a kernel is idle, unless a request of
                # a tracked type says more.
                kernel.execution_state = "idle"
        return bool(active)

    def _tracks(self, msg_type: str) -> bool:
        tracks = self._tracked.get(msg_type)
        if tracks is None:
            tracks = self._tracked[msg_type] = bool(
                self._kernels.track_message_type(msg_type or None)
            )
        return tracks
