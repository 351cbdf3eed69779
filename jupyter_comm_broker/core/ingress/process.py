"""
The life of a kernel's process, and what ends with it: comms, states, requests.

The server tells of most restarts. But some kernel managers emit no events, and some kernels restart
by themselves. So the kernel's own messages count too.
"""

from __future__ import annotations

from jupyter_comm_broker.core.comms import Comms
from jupyter_comm_broker.core.ingress.process_end import ProcessEnd
from jupyter_comm_broker.core.kernel.link_handshake import LinkHandshake
from jupyter_comm_broker.core.kernel.verification import Verification
from jupyter_comm_broker.core.requests.work import Work
from jupyter_comm_broker.core.state.changes import EndState
from jupyter_comm_broker.protocol.message import Message


class Process:
    """
    Follows the processes of one kernel, one after the other.

    Args:
        comms: the kernel's comms.
        work: what the kernel does.
        handshake: proves the link to each process.
        verification: asks a process that runs already for its comms.
        end: forgets what held for a process.
    """

    def __init__(
        self,
        comms: Comms,
        work: Work,
        handshake: LinkHandshake,
        verification: Verification,
        end: ProcessEnd,
    ) -> None:
        self._comms = comms
        self._work = work
        self._handshake = handshake
        self._verification = verification
        self._end = end
        self.epoch = 0
        """Counts the kernel's processes."""

    # -- what the server tells -----------------------------------------------------------------

    def found(self, now: float, *, running: bool, state: str) -> None:
        """
        Note that the broker is connected to a process.

        Args:
            now: the time.
            running: whether the process was there before the broker.
            state: its execution state, as far as the server knows.
        """
        self.epoch += 1
        self._work.execution.reset(state)
        self._comms.registry.begin(complete=not running)
        self._handshake.began(now, running=running)
        self._verification.began(now)
        if running:
            self._verification.find_all(now)

    def died(self, now: float, state: str) -> None:
        """Note that the process ended by itself. It starts anew, unless ``state`` is ``dead``."""
        self._ended(f"the kernel is {state}", now, "dead" if state == "dead" else "restarted")
        self._work.execution.reset(state)
        self._end.announce(state, now)
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
        self._ended(reason, now, state)
        self._work.execution.reset("starting")
        self._handshake.began(now, running=False)

    def reached_again(self, now: float, *, running: bool) -> None:
        """Note that the link to the process works again. Messages may have been missed."""
        self._comms.registry.doubt_all("the link to the kernel was broken for a while")
        if self._work.execution.state == "dead":
            self._handshake.lost()
            return
        self._handshake.began(now, running=running)
        self._verification.find_all(now)

    def gone(self, now: float) -> None:
        """Note that the kernel is gone for good."""
        self._ended("the kernel is gone", now, "gone")
        self._work.execution.reset("dead")
        self._handshake.lost()

    # -- what the kernel tells -----------------------------------------------------------------

    def said(self, status: Message, now: float) -> None:
        """Take a ``starting`` status without a parent as the first message of a new process."""
        # The known process may say it late, after its control thread has answered.
        if status.execution_state != "starting" or self._handshake.held:
            return
        if len(self._comms.registry) or self._work.execution.running is not None:
            self._ended("the kernel was restarted", now)

    def said_farewell(self, now: float) -> None:
        """
        Note a ``shutdown_reply`` on iopub, which is a process's last message.

        If the kernel manager emits no events, nothing else tells of a restart. The next process has
        often said "starting" before our subscription reached it.
        """
        self.replaced(now, "the kernel was shut down", "stopped")

    def _ended(self, reason: str, now: float, state: EndState = "restarted") -> None:
        self.epoch += 1
        self._end.happened(reason, now, state)
