"""
The broker of one kernel: told what happened, it notes what must be done.

All its state is changed by the methods here and nowhere else. There is no I/O, no clock and
no event loop: ``now`` comes in (seconds, of any clock that only goes forward), and
:meth:`KernelBroker.take_effects` hands out what the driver has to carry out.
"""

from __future__ import annotations

from jupyter_comm_broker.core.context import Context, Policy
from jupyter_comm_broker.core.gate.denials import Denials
from jupyter_comm_broker.core.gate.rights import Right
from jupyter_comm_broker.core.ingress.kernel_replies import OwnAnswers
from jupyter_comm_broker.core.ingress.process import Process
from jupyter_comm_broker.core.ingress.timers import TimedParts
from jupyter_comm_broker.core.kernel.link_handshake import Proof
from jupyter_comm_broker.core.kernel.state_questions import Questions
from jupyter_comm_broker.core.kernel.verification import Verification
from jupyter_comm_broker.core.limits import Limits
from jupyter_comm_broker.core.losses.lost_idles import LostIdles
from jupyter_comm_broker.core.losses.missing_idles import MissingIdles
from jupyter_comm_broker.core.pages.absences import Attendance
from jupyter_comm_broker.core.pages.effects import Effects
from jupyter_comm_broker.core.pages.waiting_room import Entrance
from jupyter_comm_broker.core.restore.catch_up import CatchUps
from jupyter_comm_broker.core.restore.output_capture import OutputCapture
from jupyter_comm_broker.core.restore.page_replies import Answers
from jupyter_comm_broker.core.restore.reopening import Offers
from jupyter_comm_broker.core.restore.restore import Restore
from jupyter_comm_broker.core.routing.from_frontend import FromFrontend
from jupyter_comm_broker.core.routing.from_kernel import FromKernel
from jupyter_comm_broker.core.state.comm_record import CommRecord
from jupyter_comm_broker.errors import MalformedMessageError
from jupyter_comm_broker.protocol.message import Message, typed
from jupyter_comm_broker.protocol.synthesis import Author


class KernelBroker:
    """Decides about every message between one kernel and its pages."""

    def __init__(self, policy: Policy, limits: Limits, author: Author) -> None:
        self.context = context = Context.create(policy, limits, author)
        self._answers = Answers(context)
        self._questions = Questions(context)
        self.proof = Proof(context, self._questions)
        self.verification = Verification(context, self._questions, self.proof)
        self._capture = OutputCapture(context, self._answers, self._questions)
        self._catch_ups = CatchUps(context, self._answers, self._capture)
        self._restore = Restore(
            context, self._answers, self._catch_ups, self.verification, self._capture
        )
        self._from_kernel = FromKernel(context, self._answers, self._capture)
        self._denials = Denials(context, self._answers)
        self._offers = Offers(context, self._answers)
        self._from_frontend = FromFrontend(
            context,
            self._answers,
            self._restore,
            self._catch_ups,
            self._capture,
            self._denials,
            self._offers,
        )
        self._missing_idles = MissingIdles(context, self._answers, self._questions, self.proof)
        self._lost_idles = LostIdles(context, self._questions, self.proof, self._from_kernel)
        self._attendance = Attendance(context, self._answers, self._catch_ups, self._offers)
        self._entrance = Entrance(
            context,
            self.proof,
            self._denials,
            self._restore,
            self._from_frontend,
            self._missing_idles,
        )
        self._own_answers = OwnAnswers(
            context,
            self._questions,
            self.proof,
            self.verification,
            self._from_kernel,
            self._answers,
            self._restore,
            self._capture,
        )
        self._process = Process(
            context,
            self._answers,
            self.proof,
            self.verification,
            (self._capture, self.verification, self._catch_ups, self._restore),
        )
        self._timed = TimedParts(
            context,
            (
                self.verification,
                self._restore,
                self._catch_ups,
                self._capture,
                self._from_frontend.questions,
                self._offers,
                self._missing_idles,
                self._lost_idles,
            ),
        )

    def take_effects(self) -> Effects:
        """Hand over what there is to do; carry it all out before the next event."""
        effects = self.context.effects.take()
        effects.shared = self.context.delivery.shared.take()
        effects.happened = self.context.happenings.take()
        return effects

    # -- the kernel's life ---------------------------------------------------------------------

    def link_opened(self, now: float, *, running: bool, state: str = "unknown") -> None:
        """
        The sockets to the kernel are connected.

        Args:
            now: the time.
            running: whether the kernel was there before us, with comms that we never saw.
            state: its execution state as far as the server knows.
        """
        self._process.found(now, running=running, state=state)

    def kernel_restarting(self, now: float, state: str = "restarting") -> None:
        """The kernel's process ended, and is started anew (or, with ``dead``, is not)."""
        self._process.died(now, state)

    def kernel_restarted(self, now: float) -> None:
        """Somebody restarted the kernel: what answers from now on is another process."""
        self._process.replaced(now)

    def link_closed(self, now: float) -> None:
        """The kernel is gone for good."""
        self._process.gone(now)

    # -- messages --------------------------------------------------------------------------------

    def kernel_sent_unreadable(
        self, channel: str, error: MalformedMessageError, now: float
    ) -> None:
        """The kernel sent what is no message on one of its channels."""
        self.context.malformed(f"dropped what the kernel sent on {channel}: {error}", now)

    def kernel_sent(self, message: Message, now: float) -> None:
        """The kernel sent a message on one of its channels."""
        try:
            header, parent = typed(message.header), message.parent
        except MalformedMessageError as error:
            self.kernel_sent_unreadable(message.channel, error, now)
            return
        self.context.counters["from_kernel"] += 1
        if message.channel == "iopub":
            self.context.shielded("counting messages", lambda: self._from_kernel.count(message))
            if self.proof.link != "proven":
                self.proof.heard(message)
            if header.msg_type == "status":
                self.context.shielded(
                    "looking for idles that lack", lambda: self._before_status(message, now)
                )
                if not parent.msg_id:
                    self._process.said(message, now)
        if self._questions.is_ours(message):
            self._own_answers.heard(message, now)
        else:
            self._pass_on(message, now)
        if message.channel == "iopub" and header.msg_type == "shutdown_reply":
            self._process.said_farewell(now)

    def _before_status(self, message: Message, now: float) -> None:
        self._lost_idles.before(message, now)
        self._missing_idles.heard(message, now)

    def _pass_on(self, message: Message, now: float) -> None:
        delivery, is_iopub = self.context.delivery, message.channel == "iopub"
        try:
            if is_iopub:
                self._from_kernel.published(message, now)
            else:
                self._from_kernel.reply(message)
        except Exception as fault:  # noqa: BLE001 - whatever is wrong with us, the message passes
            self.context.failed("following a message of the kernel", fault)
            if is_iopub:
                delivery.fan_out(message)
            elif (frontend := delivery.get(message.parent.session)) is not None:
                delivery.reply(frontend, message)

    def frontend_sent(self, session_id: str, message: Message, now: float) -> None:
        """
        A page sent a message.

        Raises:
            MalformedMessageError: it is not what the protocol says; nothing was done.
        """
        self._entrance.sent(session_id, message, now)

    def right_for(self, session_id: str, message: Message) -> Right | None:
        """
        Return the right on comms that a page needs for a message, ``None`` if it needs none.

        Whoever asks hands the message to :meth:`frontend_sent` or :meth:`frontend_denied` next.

        Raises:
            MalformedMessageError: it is not what the protocol says.
        """
        return self._entrance.right_for(session_id, message)

    def frontend_denied(
        self, session_id: str, message: Message, right: Right, who: str, now: float
    ) -> None:
        """A page sent a comm message to which its user, ``who``, has not the right."""
        self._entrance.denied(session_id, message, right, who, now)

    # -- pages -----------------------------------------------------------------------------------

    def frontend_attached(self, session_id: str, now: float) -> None:
        """A page opened a socket; one with a session id we know gets what it missed."""
        self._attendance.attached(session_id, now)

    def frontend_detached(self, session_id: str, now: float) -> None:
        """A page's socket is gone."""
        self._attendance.detached(session_id, now)

    # -- programs --------------------------------------------------------------------------------

    def program_attached(self, session_id: str, now: float) -> None:
        """
        A program in the server will send as :meth:`frontend_sent`.

        It hears what answers it, the kernel's output for its messages included, and nothing
        else; what pages hear is not multiplied by it.
        """
        self.context.delivery.attach_program(session_id, now)

    def program_took(self, session_id: str, record: CommRecord, now: float) -> None:
        """A program serves a comm that the kernel opened, so that no page's refusal closes it."""
        self._attendance.took(session_id, record, now)

    def program_detached(self, session_id: str) -> None:
        """A program sends no more."""
        self.context.delivery.detach_program(session_id)

    # -- time --------------------------------------------------------------------------------------

    def next_due(self) -> float | None:
        """Return when :meth:`tick` is to be called next, if nothing else happens before."""
        due = (
            self.context.delivery.next_expiry(),
            self.proof.next_due(),
            self._timed.next_due(),
        )
        return min((moment for moment in due if moment is not None), default=None)

    def tick(self, now: float) -> None:
        """Do what is due."""
        self.context.shielded("proving the link", lambda: self.proof.tick(now))
        self._entrance.tick(now)
        self._timed.tick(now)
        self.context.delivery.expire(now)
