"""
The driver of one kernel: carries out what the kernel's broker decides.

It owns the link to the kernel, the kernel's frontend connections, and one timer. It hands each
batch of messages to the core, and then carries out everything that the core decided.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import uuid
from collections.abc import Callable, Sequence
from typing import Any

from jupyter_comm_broker.core.broker import KernelBroker
from jupyter_comm_broker.core.gate.rights import Right
from jupyter_comm_broker.core.limits import Limits
from jupyter_comm_broker.core.pages.page_user import NAMELESS, PageUser
from jupyter_comm_broker.core.policy import Policy
from jupyter_comm_broker.core.state.changes import KernelChange
from jupyter_comm_broker.log_lines import OneLineLog
from jupyter_comm_broker.protocol.alias import alias
from jupyter_comm_broker.protocol.message import Message
from jupyter_comm_broker.protocol.synthesis import Author
from jupyter_comm_broker.transport.alarm import Alarm, soonest
from jupyter_comm_broker.transport.kernel.activity import KernelActivity
from jupyter_comm_broker.transport.kernel.driver_listener import DriverListener
from jupyter_comm_broker.transport.kernel.kernel_link import KernelLink, MakeLink
from jupyter_comm_broker.transport.kernel.link_keeper import LinkKeeper
from jupyter_comm_broker.transport.kernel.link_use import LinkUse
from jupyter_comm_broker.transport.looks import Looks
from jupyter_comm_broker.transport.page_ports import FrontendPort, PagePorts
from jupyter_comm_broker.transport.wall_clock import WallClock

LEVELS = {name: getattr(logging, name.upper()) for name in ("debug", "info", "warning", "error")}

Greeter = Callable[["KernelDriver"], None]
"""Called with the driver of a kernel that is connected, before its first message is read."""

Watcher = Callable[["KernelDriver", Sequence[KernelChange]], None]
"""Called with what happened on a kernel, once for each batch, after the messages were sent."""


class KernelDriver:
    """
    One kernel: its broker, its link and its frontends.

    Args:
        kernel_manager: jupyter_server's manager of the kernel.
        make_link: makes the link to the kernel.
        policy, limits: what the stock settings and the operators' settings allow.
        log: the server's log.
        watchers: are told what happens on the kernel.
    """

    def __init__(
        self,
        kernel_manager: Any,
        make_link: MakeLink,
        policy: Policy,
        limits: Limits,
        log: logging.Logger,
        watchers: Sequence[Watcher] = (),
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._home = threading.get_ident()
        self.kernel_manager = kernel_manager
        self.kernel_id: str = kernel_manager.kernel_id
        self._log = OneLineLog(log, {"kernel_id": self.kernel_id})
        self._prefix = f"comm broker, kernel {self.kernel_id[:8]}: "
        self.wall_clock = WallClock(self._loop.time)
        author = Author(uuid.uuid4().hex, self.wall_clock.epoch)
        self.broker = KernelBroker(policy, limits, author)
        self._activity = KernelActivity(kernel_manager, author.session, self.broker)
        listener = DriverListener(
            self.broker,
            self._activity,
            self._tell,
            lambda: self._carry_out(self.broker.tick_after_messages),
            lambda: self._keeper.link_changed(),
            self.kernel_restarting,
        )
        self.link: KernelLink = make_link(listener)
        use = LinkUse(self._is_used, limits.gateway_release_seconds * self.link.opens_later)
        told = (self._tell, self._carry_out, self._note)
        self._keeper = LinkKeeper(self.link, self.broker, *told, use)
        self._frontends = PagePorts(self.broker, self._note)
        self._alarm = Alarm(self._loop, self._alarm_rang)
        self._looks = Looks()
        self.watchers = watchers
        self.closed = self._opened = False

    @property
    def now(self) -> float:
        """The time in seconds, by the core's clock."""
        return self._loop.time()

    # -- life ------------------------------------------------------------------------------------

    def open(self, *, running: bool, greeters: Sequence[Greeter] = ()) -> None:
        """
        Connect to the kernel.

        Args:
            running: whether the kernel ran before the broker knew it, and may have comms.
            greeters: are told of the kernel before its first message is read.

        Raises:
            LinkNotOpenedError: it cannot be connected to. Nothing stays open, no greeter was told.
        """
        self.link.open()
        self._opened = True
        self._keeper.opened(running=running)
        for greet in greeters:
            greet(self)
        state = getattr(self.kernel_manager, "execution_state", None) if running else "starting"
        self.broker.link_opened(self.now, running=running, state=state or "unknown")
        self._carry_out()

    def when_gone(self, gone: Callable[[], None]) -> None:
        """Call ``gone`` when the other end of the link says that it has no such kernel."""
        self._keeper.gone = gone

    def want(self) -> None:
        """Do as :meth:`follow_moves`, and connect again if the link was released."""
        self._keeper.want()

    def kernel_restarting(self, state: str = "restarting") -> None:
        """The kernel died. A new process will start, or none if ``state`` is ``dead``."""
        self._keeper.process_ended(self.broker.kernel_restarting, state)

    def kernel_restarted(self) -> None:
        """Somebody restarted the kernel, possibly at another address."""
        self._keeper.process_ended(self.broker.kernel_restarted)

    def follow_moves(self) -> None:
        """Connect again if the kernel's address changed or the link broke."""
        self._keeper.look()

    def forget_pages(self) -> None:
        """Tell pages and programs nothing more. Their sockets stay open."""
        self._frontends.clear()

    def close(self) -> None:
        """Close the link to the kernel. May be called twice."""
        if self.closed:
            return
        self.closed = True
        self._keeper.close()
        self.link.close()
        self._looks.close()
        self._alarm.stop()
        if self._opened:
            self._tell(self.broker.link_closed, self.now)
            self._carry_out()
        # Last, because it connects a socket for jupyter_server, and that may fail.
        self._activity.give_back()

    # -- events ----------------------------------------------------------------------------------

    def at_home(self, event: Callable[..., None], *facts: object) -> None:
        """Call ``event`` on the driver's thread. May be called from any thread."""
        if threading.get_ident() == self._home:
            event(*facts)
        else:
            self._loop.call_soon_threadsafe(event, *facts)

    def attach(self, session_id: str, frontend: FrontendPort, user: PageUser = NAMELESS) -> None:
        """
        A page has a socket. It replaces an older socket with the same session id.

        Args:
            session_id: the page's session id.
            frontend: the socket. It is closed if the session id belongs to another user.
            user: the page's user.
        """
        if reason := self.broker.refusal(session_id, user):
            frontend.close(reason)
            return
        stale = self._frontends.put(session_id, frontend)
        if stale is not None:
            self._log.warning(
                "%sreplacing the stale socket of session %s", self._prefix, alias(session_id)
            )
            stale.close("replaced by a newer socket of the same session")
        self._tell(self.broker.frontend_attached, session_id, self.now, user)
        self._carry_out()

    def detach(self, session_id: str, frontend: FrontendPort) -> None:
        """A page's socket is closed."""
        if self._frontends.get(session_id) is frontend:
            self._frontends.remove(session_id)
            self._tell(self.broker.frontend_detached, session_id, self.now, frontend.page_closed)
            self._carry_out()

    def attach_program(self, session_id: str, program: FrontendPort) -> None:
        """Let a program send under a session id of its own, and get the replies."""
        if self.broker.known.is_taken(session_id):
            raise ValueError("a program needs a session id of its own")
        self._frontends.put(session_id, program)
        self._tell(self.broker.program_attached, session_id, self.now)

    def detach_program(self, session_id: str) -> None:
        """A program sends no more. May be called twice."""
        if self._frontends.remove(session_id) is not None:
            self._tell(self.broker.program_detached, session_id)

    def frontend_sent(self, session_id: str, message: Message) -> None:
        """
        A page sent a message.

        Raises:
            MalformedMessageError: it does not follow the messaging protocol. Nothing was done.
        """
        now = self.now
        self._look_at_backlog()
        try:
            self.broker.frontend_sent(session_id, message, now)
        finally:
            self._carry_out(self.broker.tick_after_messages)

    def frontend_denied(self, session_id: str, message: Message, right: Right, who: str) -> None:
        """
        A page sent a comm message that its user may not send.

        Args:
            session_id: the page's session id.
            message: the message.
            right: the right that the user lacks.
            who: the user's name.
        """
        self._tell(self.broker.frontend_denied, session_id, message, right, who, self.now)
        self._carry_out()

    async def look(self, comm_ids: Sequence[str], seconds: float) -> bool:
        """
        Ask the kernel about comms, and wait until that is over, answered or not.

        Args:
            comm_ids: the comms.
            seconds: how long to wait at most.

        Returns:
            Whether it was over in time. It is not while the kernel is busy.
        """
        number = self.broker.look(comm_ids, self.now)
        self._loop.call_soon(self._alarm_rang)
        return await self._looks.until_over(number, seconds)

    def _is_used(self) -> bool:
        known = self.broker.known
        return bool(len(self._frontends) or known.is_recorded or known.execution_state == "busy")

    def _alarm_rang(self) -> None:
        self._keeper.wake()
        self._carry_out()

    def _tell(self, event: Callable[..., None], *facts: object) -> None:
        """Hand the core an event. An error in the core must not cost pages sockets or messages."""
        try:
            event(*facts)
        except Exception:  # noqa: BLE001 - an error of ours is logged, and the link goes on
            self.broker.count("faults")
            self._log.exception("%sthe core failed at %s", self._prefix, event.__name__)

    def _note(self, level: str, text: str, fault: BaseException | None = None) -> None:
        self._log.log(LEVELS[level], self._prefix + text, exc_info=fault)

    # -- effects ---------------------------------------------------------------------------------

    def _carry_out(self, tick: Callable[[float], float | None] | None = None) -> None:
        due = (tick or self.broker.tick)(self.now)
        effects = self.broker.take_effects()
        for line in effects.log:
            self._note(line.level, line.text, line.fault)
        # Pages first: an answer from the mirror must not wait until its check is sent.
        self._frontends.write(effects)
        if effects.to_kernel:
            self._keeper.send(effects.to_kernel)
            self._look_at_backlog()
        # After all messages: closing a page detaches it, which calls this method again.
        self._frontends.close(effects.cut_off)
        if effects.looked:
            self._looks.over(effects.looked)
        if effects.happened:
            self._happened(effects.happened)
        if not self.closed:
            self._alarm.set(soonest(due, self._keeper.next_due()))

    def _happened(self, changes: list[KernelChange]) -> None:
        for watch in list(self.watchers):
            try:
                watch(self, changes)
            except Exception:  # noqa: BLE001, PERF203 - a watcher must not stop a message
                self._log.exception("%sa watcher failed", self._prefix)

    def _look_at_backlog(self) -> None:
        self.broker.link_filled(self.link.unsent_bytes())
