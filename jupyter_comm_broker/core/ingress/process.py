"""
The life of a kernel's process, and what ends with it: comms, states, requests.

The server tells of most restarts. But some kernel managers emit no events, and some kernels restart
by themselves. So the kernel's own messages count too.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from jupyter_comm_broker.core.context import Context
from jupyter_comm_broker.core.kernel.link_handshake import LinkHandshake
from jupyter_comm_broker.core.kernel.verification import Verification
from jupyter_comm_broker.core.restore.page_replies import PageReplies
from jupyter_comm_broker.core.state.changes import EndState, ProcessEnded
from jupyter_comm_broker.protocol.message import Message


class OfOneProcess(Protocol):
    """A part that keeps what holds for one process of the kernel only."""

    def forget(self, now: float) -> None:
        """Forget it, because the kernel has a new process."""


class Process:
    """
    Follows the processes of one kernel, one after the other.

    Args:
        context: the kernel's context.
        page_replies: writes to pages.
        handshake: proves the link to each process.
        verification: asks a process that runs already for its comms.
        parts: the other parts that forget with a process, in this order.
    """

    def __init__(
        self,
        context: Context,
        page_replies: PageReplies,
        handshake: LinkHandshake,
        verification: Verification,
        parts: Sequence[OfOneProcess],
    ) -> None:
        self._context = context
        self._page_replies = page_replies
        self._handshake = handshake
        self._verification = verification
        self._parts = parts

    # -- what the server tells -----------------------------------------------------------------

    def found(self, now: float, *, running: bool, state: str) -> None:
        """
        Note that the broker is connected to a process.

        Args:
            now: the time.
            running: whether the process was there before the broker.
            state: its execution state, as far as the server knows.
        """
        context = self._context
        context.began()
        context.execution.reset(state)
        context.registry.begin(complete=not running)
        self._handshake.began(now, running=running)
        self._verification.began(now)
        if running:
            self._verification.find_all(now)

    def died(self, now: float, state: str) -> None:
        """Note that the process ended by itself. It starts anew, unless ``state`` is ``dead``."""
        self._forget(f"the kernel is {state}", now, "dead" if state == "dead" else "restarted")
        self._context.execution.reset(state)
        self._announce(state, now)
        if state == "dead":
            self._handshake.lost()
        else:
            self._handshake.began(now, running=False)

    def replaced(
        self,
        now: float,
        reason: str = "the kernel was restarted",
        state: EndState = "restarted",
    ) -> None:
        """
        Note that another process takes its place. It counts once it was heard (rule 26).

        Args:
            now: the time.
            reason: why the comms end, for people.
            state: what the end means for the kernel.
        """
        self._forget(reason, now, state)
        self._context.execution.reset("starting")
        self._handshake.began(now, running=False)

    def reached_again(self, now: float, *, running: bool) -> None:
        """Note that the link to the process works again. Messages may have been missed."""
        context = self._context
        context.registry.doubt_all("the link to the kernel was broken for a while")
        if context.execution.state == "dead":
            self._handshake.lost()
            return
        self._handshake.began(now, running=running)
        self._verification.find_all(now)

    def gone(self, now: float) -> None:
        """Note that the kernel is gone for good."""
        self._forget("the kernel is gone", now, "gone")
        self._context.execution.reset("dead")
        self._handshake.lost()

    # -- what the kernel tells -----------------------------------------------------------------

    def said(self, status: Message, now: float) -> None:
        """Take a ``starting`` status without a parent as the first message of a new process."""
        # The known process may say it late, after its control thread has answered.
        if status.execution_state != "starting" or self._handshake.held:
            return
        if len(self._context.registry) or self._context.execution.running is not None:
            self._forget("the kernel was restarted", now)

    def said_farewell(self, now: float) -> None:
        """
        Note a ``shutdown_reply`` on iopub, which is a process's last message.

        If the kernel manager emits no events, nothing else tells of a restart. The next process has
        often said "starting" before our subscription reached it.
        """
        self.replaced(now, "the kernel was shut down", "stopped")

    # -- the end of a process ------------------------------------------------------------------

    def _forget(self, reason: str, now: float, state: EndState = "restarted") -> None:
        context = self._context
        closed = context.forget(reason, now)
        for part in self._parts:
            part.forget(now)
        for frontend in list(context.delivery):
            for comm_id in closed:
                self._page_replies.comm_gone(frontend, comm_id, reason, b"{}", now)
        context.changes.note(ProcessEnded(reason, state))

    def _announce(self, state: str, now: float) -> None:
        """Tell every page a state that the kernel itself cannot tell (as the stock class does)."""
        author, delivery = self._context.author, self._context.delivery
        delivery.fan_out(
            author.write(
                "iopub",
                "status",
                {"execution_state": state},
                now=now,
                session=delivery.kernel_session,
            )
        )
