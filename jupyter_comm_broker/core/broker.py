"""
The broker of one kernel. It is told what happened, and notes what must be done.

Only the methods here change its state. It has no I/O, no clock and no event loop: ``now`` is passed
in, in seconds of any clock that only goes forward. The driver carries out what
:meth:`KernelBroker.take_effects` hands out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from jupyter_comm_broker.core.gate.page_owners import refusal
from jupyter_comm_broker.core.gate.rights import Right
from jupyter_comm_broker.core.known import Known
from jupyter_comm_broker.core.limits import Limits
from jupyter_comm_broker.core.link_events import LinkEvents
from jupyter_comm_broker.core.outboxes.outbox import Outbox
from jupyter_comm_broker.core.pages.effects import Effects
from jupyter_comm_broker.core.pages.page_user import NAMELESS, PageUser
from jupyter_comm_broker.core.pages.shared_outbox import SharedBatch
from jupyter_comm_broker.core.parts import Parts
from jupyter_comm_broker.core.policy import Policy
from jupyter_comm_broker.errors import MalformedMessageError
from jupyter_comm_broker.protocol.message import Message
from jupyter_comm_broker.protocol.synthesis import Author


class KernelBroker(LinkEvents):
    """
    Decides about every message between one kernel and its pages.

    Args:
        policy: what the server's settings allow.
        limits: how much is kept, and for how long.
        author: writes the broker's own messages.
    """

    def __init__(self, policy: Policy, limits: Limits, author: Author) -> None:
        super().__init__(Parts(policy, limits, author))
        self.known = Known(self._parts)
        """What readers may ask."""

    def take_effects(self) -> Effects:
        """Hand over what is to be done. Carry it all out before the next event."""
        effects = self._parts.effects.take()
        effects.shared = self._parts.delivery.shared.take()
        effects.happened = self._parts.comms.changes.take()
        return effects

    def kernel_sent_unreadable(
        self, channel: str, error: MalformedMessageError, now: float
    ) -> None:
        """
        Note that the kernel sent something that cannot be read as a message.

        Args:
            channel: the channel that it came on.
            error: what is wrong with it.
            now: the time.
        """
        self._parts.kernel_ingress.unreadable(channel, error, now)

    def kernel_sent(self, message: Message, now: float) -> None:
        """Take a message that the kernel sent on one of its channels."""
        if not self._parts.kernel_ingress.sent(message, now):
            self._parts.timers.is_routine = False

    def is_answer(self, message: Message) -> bool:
        """Return whether a comm message of the kernel is only the answer to our question."""
        return self._parts.kernel_ingress.is_answer(message)

    def frontend_sent(self, session_id: str, message: Message, now: float) -> None:
        """
        Take a message that a page or program sent.

        Args:
            session_id: the page or program.
            message: the message.
            now: the time.

        Raises:
            MalformedMessageError: the message is not what the protocol says. Nothing was done.
        """
        self._parts.frontend_ingress.sent(session_id, message, now)
        if message.header.msg_type != "comm_msg" or self._parts.effects.touched:
            # This is no widget's message, or it was answered here.
            self._parts.timers.is_routine = False

    def right_for(self, session_id: str, message: Message) -> Right | None:
        """
        Return the right on comms that a page needs for a message; ``None`` if it needs none.

        The caller then gives the message to :meth:`frontend_sent` or :meth:`frontend_denied`. A
        message that cannot be read needs none: :meth:`frontend_sent` refuses it.
        """
        return self._parts.frontend_ingress.right_for(session_id, message)

    def frontend_denied(
        self, session_id: str, message: Message, right: Right, who: str, now: float
    ) -> None:
        """
        Deny a page's comm message, because its user lacks the right.

        Args:
            session_id: the page.
            message: the message.
            right: the right that is lacking.
            who: the user, for people.
            now: the time.
        """
        self._parts.frontend_ingress.denied(session_id, message, right, who, now)

    def refusal(self, session_id: str, user: PageUser) -> str:
        """Return why a user may not connect with a session id; empty if the user may."""
        return refusal(self._parts.delivery, session_id, user)

    def frontend_attached(self, session_id: str, now: float, user: PageUser = NAMELESS) -> None:
        """
        Note that a page opened a socket. If its session id is known, it gets what it missed.

        Args:
            session_id: the page.
            now: the time.
            user: who connects as the page.
        """
        self._parts.work.subshells.page_came(session_id)
        self._parts.presence.attached(session_id, now, user)
        self._parts.unreachable.attached(session_id, now)

    def frontend_detached(self, session_id: str, now: float, page_closed: bool = False) -> None:
        """
        Note that a page's socket is gone.

        Args:
            session_id: the page.
            now: the time.
            page_closed: whether the page itself was closed or loaded again.
        """
        self._parts.presence.detached(session_id, now)
        self._parts.work.subshells.page_left(session_id, now, is_closed=page_closed)

    def outbox(self, session_id: str) -> Outbox | None:
        """Return what waits for a page or program, for its writer; ``None`` if it is not known."""
        frontend = self._parts.delivery.get(session_id)
        return None if frontend is None else frontend.outbox

    def batch_refused(self, session_id: str, batch: SharedBatch) -> None:
        """Note that a page's socket refused a shared batch. The page gets it later, alone."""
        if (frontend := self._parts.delivery.get(session_id)) is not None:
            self._parts.delivery.fell_behind(frontend, batch)

    def frontend_caught_up(self, session_id: str) -> None:
        """Note that a page's socket has taken everything."""
        if (frontend := self._parts.delivery.get(session_id)) is not None:
            self._parts.delivery.caught_up(frontend)

    def link_filled(self, unsent: Mapping[str, int]) -> None:
        """Note how many bytes wait in the link by channel, because the kernel reads nothing."""
        self._parts.held_back.link_filled(unsent)

    def settle_outputs(self, comm_id: str | None = None) -> None:
        """Bring states up to date with captured output, because somebody reads them now."""
        step = partial(self._parts.capture.settle, comm_id)
        self._parts.ledger.shielded("settling captured output", step)

    def program_attached(self, session_id: str, now: float) -> None:
        """Note a program, which uses :meth:`frontend_sent` and gets only what answers it."""
        self._parts.delivery.attach_program(session_id, now)

    def program_took(self, session_id: str, comm_id: str, now: float) -> None:
        """
        Note that a program serves a comm of the kernel. No page's refusal closes it then.

        Args:
            session_id: the program.
            comm_id: the comm.
            now: the time.
        """
        if (record := self._parts.comms.registry.get(comm_id)) is not None:
            self._parts.presence.took(session_id, record, now)

    def notebook_saved(self, now: float) -> None:
        """Note that a notebook that uses the kernel was saved, so that its file has the output."""
        self._parts.runs.saved(now)

    def callback_failed(self, comm_id: str) -> None:
        """Note that a program's callback for a comm raised an error."""
        self.count("callback_errors")
        if (record := self._parts.comms.registry.get(comm_id)) is not None:
            record.count_callback_error()

    def say_for_kernel(
        self, msg_type: str, content: Any, now: float, metadata: Any = None
    ) -> Message:
        """
        Return a message for a program, as the kernel would have published it.

        Args:
            msg_type: its type.
            content: its content.
            now: the time.
            metadata: its metadata; ``None`` for none.
        """
        return self._parts.voice.publish(msg_type, content, now, metadata=metadata)

    def program_detached(self, session_id: str) -> None:
        """Note that a program sends no more."""
        self._parts.delivery.detach_program(session_id)

    def look(self, comm_ids: Iterable[str], now: float) -> int:
        """
        Ask the kernel about comms. Returns the number of this look in :attr:`Effects.looked`.

        The number is there when the look is over, answered or not. A look does not end while the
        kernel is busy.
        """
        return self._parts.verification.look(comm_ids, now)

    def want_traffic(self) -> None:
        """Note messages and changes of state, until :meth:`release_traffic` is called as often."""
        self._parts.comms.changes.want_traffic()

    def release_traffic(self) -> None:
        """
        Undo one :meth:`want_traffic`.

        Raises:
            RuntimeError: nobody wants them any more.
        """
        self._parts.comms.changes.release_traffic()

    def count(self, what: str, number: int = 1) -> None:
        """Count something that happened outside the core, with the kernel's own counters."""
        self._parts.ledger.counters[what] += number

    def next_due(self) -> float | None:
        """Return when to call :meth:`tick` if nothing happens before; ``None`` for never."""
        return self._parts.timers.next_due()

    def tick(self, now: float) -> float | None:
        """Do what is due, after each event or batch of events. Returns when to call it next."""
        return self._parts.timers.tick(now)

    def tick_after_messages(self, now: float) -> float | None:
        """Do what :meth:`tick` does, or put it off if messages were only passed on."""
        return self._parts.timers.tick_after_messages(now)
