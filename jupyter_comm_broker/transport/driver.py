"""
Carrying out for one kernel what its broker decided: the sockets, the timer and the log.

It owns the link to the kernel, the frontend connections attached to it and one timer. Each
batch of messages goes into the core, then everything the core wants is done, once.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from jupyter_comm_broker.core.broker import KernelBroker
from jupyter_comm_broker.core.context import Policy
from jupyter_comm_broker.core.gate.rights import Right
from jupyter_comm_broker.core.limits import Limits
from jupyter_comm_broker.core.pages.outbox import Outbox
from jupyter_comm_broker.core.pages.shared_outbox import SharedBatch
from jupyter_comm_broker.core.state.changes import Happening
from jupyter_comm_broker.errors import MalformedMessageError
from jupyter_comm_broker.protocol.message import Message
from jupyter_comm_broker.protocol.synthesis import Author
from jupyter_comm_broker.transport.alarm import Alarm
from jupyter_comm_broker.transport.kernel.activity import KernelActivity
from jupyter_comm_broker.transport.kernel.kernel_link import KernelLink, ZmqKernelLink

LEVELS = {name: getattr(logging, name.upper()) for name in ("debug", "info", "warning", "error")}


class FrontendPort(Protocol):
    """What a driver needs of a frontend connection."""

    def flush(self, outbox: Outbox) -> None:
        """Write what waits, as much as the socket takes."""

    def offer(self, batch: SharedBatch, wire: dict[str, bytes], outbox: Outbox) -> bool:
        """Write what all pages get. ``False`` if something else has to be written first."""

    @property
    def ready(self) -> bool:
        """Whether the socket takes more."""

    def close(self, reason: str) -> None:
        """Close the socket and say why."""


Watcher = Callable[["KernelDriver", Sequence[Happening]], None]
"""Is told what happened on a kernel, batch by batch, after the messages are on their way."""


class KernelDriver:
    """One kernel: its broker, its link, its frontends."""

    def __init__(
        self,
        kernel_manager: Any,
        policy: Policy,
        limits: Limits,
        log: logging.Logger,
        watchers: Sequence[Watcher] = (),
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._home = threading.get_ident()
        self.kernel_manager = kernel_manager
        self.kernel_id: str = kernel_manager.kernel_id
        self._log = logging.LoggerAdapter(log, {"kernel_id": self.kernel_id})
        self._prefix = f"comm broker, kernel {self.kernel_id[:8]}: "
        author = Author(uuid.uuid4().hex, time.time() - self._loop.time())
        self.broker = KernelBroker(policy, limits, author)
        self.link: KernelLink = ZmqKernelLink(
            kernel_manager, self._kernel_sent, self._kernel_sent_unreadable
        )
        self._activity = KernelActivity(kernel_manager, author.session)
        self._frontends: dict[str, FrontendPort] = {}
        self._alarm = Alarm(self._loop, self._alarm_rang)
        self.watchers = watchers
        self.closed = False

    @property
    def now(self) -> float:
        """The time the core is told."""
        return self._loop.time()

    # -- life ------------------------------------------------------------------------------------

    def open(self, *, running: bool) -> None:
        """Connect to the kernel. ``running`` says whether it was there before us."""
        self.link.open()
        state = getattr(self.kernel_manager, "execution_state", None) if running else "starting"
        self.broker.link_opened(self.now, running=running, state=state or "unknown")
        self._carry_out()

    def kernel_restarting(self, state: str = "restarting") -> None:
        """The kernel died and is started anew, or is ``dead``. Called before the new process."""
        if self.closed:
            return
        # Pages get what the old process still said before they hear that it is gone.
        self.link.drain()
        self._tell(self.broker.kernel_restarting, self.now, state)
        self._carry_out()

    def kernel_restarted(self) -> None:
        """Somebody restarted the kernel, maybe on other ports."""
        self.link.drain()
        if self.link.moved():
            self.link.close()
            self.link.open()
        self._tell(self.broker.kernel_restarted, self.now)
        self._carry_out()

    def follow_moves(self) -> None:
        """Connect anew if the kernel listens elsewhere, which only a restart can cause."""
        if not self.closed and self.link.moved():
            self.kernel_restarted()

    def close(self) -> None:
        """Let go of the kernel; safe twice."""
        if self.closed:
            return
        self.closed = True
        self._activity.give_back()
        self._tell(self.broker.link_closed, self.now)
        self._carry_out()
        self.link.close()
        self._alarm.stop()

    # -- events ----------------------------------------------------------------------------------

    def at_home(self, event: Callable[..., None], *facts: object) -> None:
        """Tell of an event from any thread: at once on our own, else as soon as it comes round."""
        if threading.get_ident() == self._home:
            event(*facts)
        else:
            self._loop.call_soon_threadsafe(event, *facts)

    def attach(self, session_id: str, frontend: FrontendPort) -> None:
        """A page has a socket; an older one with the same session id no longer counts."""
        stale = self._frontends.get(session_id)
        self._frontends[session_id] = frontend
        if stale is not None:
            self._log.warning(
                "%sreplacing the stale socket of session %s", self._prefix, session_id
            )
            stale.close("replaced by a newer socket of the same session")
        self._tell(self.broker.frontend_attached, session_id, self.now)
        self._carry_out()

    def detach(self, session_id: str, frontend: FrontendPort) -> None:
        """A page's socket is gone."""
        if self._frontends.get(session_id) is frontend:
            del self._frontends[session_id]
            self._tell(self.broker.frontend_detached, session_id, self.now)
            self._carry_out()

    def attach_program(self, session_id: str, program: FrontendPort) -> None:
        """A program in the server will send here, and hears what answers it."""
        self._frontends[session_id] = program
        self._tell(self.broker.program_attached, session_id, self.now)

    def detach_program(self, session_id: str) -> None:
        """A program sends no more; safe twice."""
        if self._frontends.pop(session_id, None) is not None:
            self._tell(self.broker.program_detached, session_id)

    def frontend_sent(self, session_id: str, message: Message) -> None:
        """
        A page sent a message.

        Raises:
            MalformedMessageError: it is not what the protocol says; nothing was done.
        """
        now = self.now
        self._look_at_backlog()
        try:
            self.broker.frontend_sent(session_id, message, now)
        finally:
            self.broker.tick(now)
            self._carry_out()

    def frontend_denied(self, session_id: str, message: Message, right: Right, who: str) -> None:
        """A page sent a comm message to which its user, ``who``, has not the right."""
        now = self.now
        self._tell(self.broker.frontend_denied, session_id, message, right, who, now)
        self.broker.tick(now)
        self._carry_out()

    def _kernel_sent(self, messages: list[Message]) -> None:
        now = self.now
        for message in messages:
            self._tell(self.broker.kernel_sent, message, now)
        if not self.broker.proof.held:
            self._activity.take_over()
            self._activity.followed(messages)
        self.broker.tick(now)
        self._carry_out()

    def _kernel_sent_unreadable(self, channel: str, error: MalformedMessageError) -> None:
        # What follows is carried out with the batch that it came in.
        self._tell(self.broker.kernel_sent_unreadable, channel, error, self.now)

    def _alarm_rang(self) -> None:
        self.broker.tick(self.now)
        self._carry_out()

    def _tell(self, event: Callable[..., None], *facts: object) -> None:
        """Hand the core an event; a fault in there must cost no page its socket or its messages."""
        try:
            event(*facts)
        except Exception:  # noqa: BLE001 - a fault of ours is logged, and the link goes on
            self.broker.context.counters["faults"] += 1
            self._log.exception("%sthe core failed at %s", self._prefix, event.__name__)

    # -- effects ---------------------------------------------------------------------------------

    def _carry_out(self) -> None:
        effects = self.broker.take_effects()
        for line in effects.log:
            self._log.log(LEVELS[line.level], self._prefix + line.text, exc_info=line.fault)
        for message in effects.to_kernel:
            self.link.send(message)
        if effects.to_kernel:
            self._look_at_backlog()
        touched = effects.touched
        if effects.shared is not None:
            touched |= self._share(effects.shared)
        for session_id in touched:
            self._flush(session_id)
        for session_id, reason in effects.cut_off:
            if (port := self._frontends.get(session_id)) is not None:
                port.close(reason)
        if effects.happened:
            self._happened(effects.happened)
        if not self.closed:
            self._alarm.set(self.broker.next_due())

    def _happened(self, happenings: list[Happening]) -> None:
        for watch in list(self.watchers):
            try:
                watch(self, happenings)
            except Exception:  # noqa: BLE001, PERF203 - who only watches must not stop a message
                self._log.exception("%sa watcher failed", self._prefix)

    def _share(self, batch: SharedBatch) -> set[str]:
        """Write one batch to all who keep up. Returns who did not take it."""
        wire: dict[str, bytes] = {}
        behind = set()
        for frontend in batch.frontends:
            port, taken = self._frontends.get(frontend.session_id), False
            try:
                taken = port is not None and port.offer(batch, wire, frontend.outbox)
            except Exception:  # noqa: BLE001 - one page must not cost the others their messages
                self._log.exception(
                    "%scannot write to session %s", self._prefix, frontend.session_id
                )
            if not taken:
                self.broker.context.delivery.fell_behind(frontend, batch)
                behind.add(frontend.session_id)
        return behind

    def _look_at_backlog(self) -> None:
        # While the core holds everything back it counts for itself.
        if not self.broker.proof.held:
            self.broker.context.backlog = Counter(self.link.unsent_bytes())

    def _flush(self, session_id: str) -> None:
        delivery = self.broker.context.delivery
        port, frontend = self._frontends.get(session_id), delivery.get(session_id)
        if port is None or frontend is None:
            return
        try:
            port.flush(frontend.outbox)
            if port.ready:
                delivery.caught_up(frontend)
        except Exception:  # noqa: BLE001 - one page must not cost the others their messages
            self._log.exception("%scannot write to session %s", self._prefix, session_id)
