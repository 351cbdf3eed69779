"""
The life of a kernel's process, and what ends with it: comms, states, requests.

The server tells of most restarts; some kernel managers emit no events, and some kernels
restart by themselves, so that the kernel's own words count too.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from jupyter_comm_broker.core.context import Context
from jupyter_comm_broker.core.kernel.link_handshake import Proof
from jupyter_comm_broker.core.kernel.verification import Verification
from jupyter_comm_broker.core.restore.page_replies import Answers
from jupyter_comm_broker.core.state.changes import EndState, ProcessEnded
from jupyter_comm_broker.protocol.message import Message


class OfOneProcess(Protocol):
    """A part that keeps what holds for one process of the kernel only."""

    def forget(self, now: float) -> None:
        """The kernel's process is another one."""


class Process:
    """
    Follows the processes of one kernel, one after the other.

    Args:
        context: the kernel's.
        answers: what pages are told by.
        proof: asks each process whether it hears us.
        verification: asks a process that was there before us for its comms.
        parts: what else forgets with a process, in this order.
    """

    def __init__(
        self,
        context: Context,
        answers: Answers,
        proof: Proof,
        verification: Verification,
        parts: Sequence[OfOneProcess],
    ) -> None:
        self._context = context
        self._answers = answers
        self._proof = proof
        self._verification = verification
        self._parts = parts

    # -- what the server tells -----------------------------------------------------------------

    def found(self, now: float, *, running: bool, state: str) -> None:
        """We are connected to one; ``running`` if it was there before us."""
        context = self._context
        context.epoch += 1
        context.execution.reset(state)
        context.registry.complete = context.registry.followed = not running
        self._proof.began(now, running=running)
        self._verification.silent_changes.looked(now)
        if running:
            self._verification.find_all(now)

    def died(self, now: float, state: str) -> None:
        """It ended by itself, and is started anew unless ``state`` is dead."""
        self._forget(f"the kernel is {state}", now, "dead" if state == "dead" else "restarted")
        self._context.execution.reset(state)
        self._announce(state, now)
        if state != "dead":
            self._proof.began(now, running=False)

    def replaced(
        self,
        now: float,
        reason: str = "the kernel was restarted",
        state: EndState = "restarted",
    ) -> None:
        """What answers from now on is another one, and not before it was heard (rule 26)."""
        self._forget(reason, now, state)
        self._context.execution.reset("starting")
        self._proof.began(now, running=False)

    def gone(self, now: float) -> None:
        """It ended for good."""
        self._forget("the kernel is gone", now, "gone")
        self._context.execution.reset("dead")
        self._proof.lost()

    # -- what the kernel tells -----------------------------------------------------------------

    def said(self, status: Message, now: float) -> None:
        """Take a status without a parent that says starting as a new process's first word."""
        # The process we know may say it late, after its control thread has answered.
        if status.content.get("execution_state") != "starting" or self._proof.held:
            return
        if len(self._context.registry) or self._context.execution.running is not None:
            self._forget("the kernel was restarted", now)

    def said_farewell(self, now: float) -> None:
        """
        It published a ``shutdown_reply``, which is a process's last word.

        Where the kernel manager emits no events nothing else tells of a restart: the next
        process has often said "starting" before our subscription reached it.
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
                self._answers.comm_gone(frontend, comm_id, reason, b"{}", now)
        context.happenings.note(ProcessEnded(reason, state))

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
