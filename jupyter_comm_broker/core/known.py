"""
What one kernel's broker knows, for readers.

Nothing here changes the core. Counts and waiting messages are handed out as values. Comms are
handed out as they are, with a type of which nothing can be set.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from jupyter_comm_broker.core.histogram import Histogram
from jupyter_comm_broker.core.limits import Limits
from jupyter_comm_broker.core.pages.frontend import Frontend
from jupyter_comm_broker.core.parts import Parts
from jupyter_comm_broker.core.policy import Policy
from jupyter_comm_broker.core.requests.execution import Running
from jupyter_comm_broker.core.runs.known_run import KnownRun
from jupyter_comm_broker.core.state.comm_record import Side
from jupyter_comm_broker.core.state.known_comm import KnownComm
from jupyter_comm_broker.core.state.registry import Closing
from jupyter_comm_broker.core.state.targets import Evidence
from jupyter_comm_broker.protocol.message import Message


@dataclass(frozen=True, slots=True)
class KnownFrontend:
    """The facts about one frontend, and what waits for it."""

    session_id: str
    attached: bool
    attached_at: float
    waiting_messages: int
    waiting_bytes: int
    oldest: Message | None
    """The message that has waited longest."""
    peak_bytes: int
    conflated: int
    dropped: int
    received: int
    restoring: bool
    """Whether it is building the widgets that it was given."""


@dataclass(frozen=True, slots=True)
class KnownState:
    """What is kept of states, and how far the mirror agrees with the kernel."""

    bytes: int
    given_up: int
    pending_updates: int
    step: str
    """What a verification waits for."""
    registry_complete: bool


class Known:
    """
    Everything that readers may ask a broker.

    Args:
        parts: the parts of the kernel's broker.
    """

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    @property
    def policy(self) -> Policy:
        """What the server's settings allow."""
        return self._parts.policy

    @property
    def limits(self) -> Limits:
        """How much of everything is kept, and how long things are waited for."""
        return self._parts.limits

    # -- comms -----------------------------------------------------------------------------------

    def comms(self) -> list[KnownComm]:
        """Return the live comms in the order of their opening."""
        return list(self._parts.comms.registry)

    def comm(self, comm_id: str) -> KnownComm | None:
        """Return a live comm; ``None`` if there is none with this id."""
        return self._parts.comms.registry.get(comm_id)

    def is_live(self, comm: KnownComm) -> bool:
        """Return whether a comm is still open. Another comm may have its id by now."""
        return self._parts.comms.registry.get(comm.comm_id) is comm

    def comm_count(self) -> int:
        """Return how many comms are open."""
        return len(self._parts.comms.registry)

    def closing(self, comm_id: str) -> Closing | None:
        """Return how a comm ended; ``None`` if that is not remembered."""
        return self._parts.comms.registry.closing(comm_id)

    def parents(self, comm_ids: set[str]) -> dict[str, list[str]]:
        """Return for each of these widgets which widgets refer to it."""
        return self._parts.comms.registry.parents(comm_ids)

    def pending(self) -> set[str]:
        """Return the comms with a frontend's update that the kernel has not begun with."""
        return set(self._parts.comms.mirror.pending.comm_ids())

    def targets(self) -> Iterable[tuple[Side, str, Evidence]]:
        """Return which target names are known on which side, and by what evidence."""
        return self._parts.comms.targets.listed()

    def passed_before(self) -> Counter[str]:
        """Return how much passed on comms that are gone."""
        return Counter(self._parts.comms.registry.past)

    def state(self) -> KnownState:
        """Return what is kept of all states."""
        mirror = self._parts.comms.mirror
        return KnownState(
            mirror.budget.bytes,
            mirror.budget.given_up,
            len(mirror.pending),
            self._parts.verification.step.value,
            self._parts.comms.registry.complete,
        )

    # -- frontends -------------------------------------------------------------------------------

    def frontends(self) -> list[KnownFrontend]:
        """Return all frontends, also absent ones that are still waited for."""
        return [self._frontend(each) for each in self._parts.delivery]

    def attached(self) -> list[str]:
        """Return the session ids of the frontends that have a socket."""
        return [each.session_id for each in self._parts.delivery.attached]

    def is_taken(self, session_id: str) -> bool:
        """Return whether a frontend or a program has this session id."""
        return self._parts.delivery.get(session_id) is not None

    def waiting(self) -> tuple[int, int]:
        """Return how many messages wait for frontends, and their bytes. Each counts once."""
        delivery = self._parts.delivery
        messages, size = delivery.waiting.in_common
        for frontend in delivery:
            messages += len(frontend.outbox)
            size += frontend.outbox.bytes
        return messages, size

    def _frontend(self, frontend: Frontend) -> KnownFrontend:
        outbox = frontend.outbox
        messages, size, oldest = self._parts.delivery.waiting.kept(frontend)
        return KnownFrontend(
            frontend.session_id,
            frontend.attached,
            frontend.attached_at,
            messages,
            size,
            oldest,
            outbox.peak,
            outbox.conflated,
            outbox.dropped,
            frontend.received,
            bool(frontend.catch_ups),
        )

    # -- the kernel ------------------------------------------------------------------------------

    @property
    def execution_state(self) -> str:
        """``unknown``, ``starting``, ``idle``, ``busy``, ``restarting`` or ``dead``."""
        return self._parts.work.execution.state

    def running(self) -> Running | None:
        """Return the request that keeps the kernel busy, if any; the main shell's first."""
        return self._parts.work.execution.running

    @property
    def main_is_busy(self) -> bool:
        """Whether a message that is sent to the main shell now must wait."""
        return self._parts.work.execution.main_is_busy

    @property
    def is_recorded(self) -> bool:
        """Whether somebody wants to see messages and changes of state."""
        return self._parts.comms.changes.traffic

    @property
    def link(self) -> str:
        """How far the link is known to work."""
        return self._parts.handshake.link

    @property
    def is_held(self) -> bool:
        """Whether messages wait until the kernel can be reached."""
        return self._parts.handshake.held

    @property
    def answers_control(self) -> bool | None:
        """Whether the kernel answers on its control channel; ``None`` if that is not known."""
        return self._parts.handshake.answers_control

    @property
    def kernel_info(self) -> bytes | None:
        """The content of the kernel's latest ``kernel_info_reply``, unchanged."""
        return self._parts.work.kernel_info.content

    @property
    def life(self) -> tuple[str, int]:
        """A value that changes whenever the numbers of comms and states begin anew."""
        return self._parts.author.session, self._parts.process.epoch

    def requests_under_way(self) -> int:
        """Return how many requests the kernel has not ended."""
        return len(self._parts.work.requests)

    def backlog(self) -> Counter[str]:
        """Return the bytes of messages that wait for the kernel here, by channel."""
        return Counter(self._parts.held.backlog)

    # -- runs ------------------------------------------------------------------------------------

    def runs(self) -> list[KnownRun]:
        """Return the runs that are kept, in the order in which they were sent."""
        return [self._parts.runs.known(run) for run in self._parts.runs]

    def run(self, msg_id: str) -> KnownRun | None:
        """Return the run of a request; ``None`` if it is not known."""
        run = self._parts.runs.get(msg_id)
        return None if run is None else self._parts.runs.known(run)

    def run_outputs(self, msg_id: str) -> list[dict[str, Any]]:
        """Return the output of a run as nbformat has it; empty if the run is not known."""
        run = self._parts.runs.get(msg_id)
        return [] if run is None else run.outputs.as_notebook()

    def run_ending(self, msg_id: str, lines: int) -> Iterator[dict[str, Any]]:
        """Return the outputs of a run, the last one first. Of each text only its last lines."""
        run = self._parts.runs.get(msg_id)
        return iter(()) if run is None else run.outputs.from_the_end(lines)

    def run_bytes(self) -> int:
        """Return the bytes of output that are kept of all runs."""
        return self._parts.runs.bytes

    # -- counting and dating ---------------------------------------------------------------------

    def counters(self) -> Counter[str]:
        """Return the counters."""
        return Counter(self._parts.ledger.counters)

    def restores(self) -> Histogram:
        """Return how long restores took so far."""
        copy = Histogram()
        copy.include(self._parts.ledger.restore_seconds)
        return copy

    def date(self, at: float) -> str:
        """Return a time of the core as an ISO 8601 date."""
        return self._parts.author.date(at)

    def epoch_seconds(self, at: float) -> float:
        """Return a time of the core as seconds since 1970."""
        return self._parts.author.epoch(at)
