"""
The parts of one kernel's broker, and who gets which. They are made only here.

A part is handed at most five others, and the values that it needs: the limits, the policy.
"""

from __future__ import annotations

from jupyter_comm_broker.core.comms import Comms
from jupyter_comm_broker.core.gate.abandoned_subshells import AbandonedSubshells
from jupyter_comm_broker.core.gate.denials import Denials
from jupyter_comm_broker.core.gate.held_deletions import HeldDeletions
from jupyter_comm_broker.core.gate.held_messages import HeldMessages
from jupyter_comm_broker.core.gate.info_requests import InfoRequests
from jupyter_comm_broker.core.gate.refusals import Refusals
from jupyter_comm_broker.core.gate.subshell_use import SubshellUse
from jupyter_comm_broker.core.ingress.conclusions import Conclusions
from jupyter_comm_broker.core.ingress.findings import Findings
from jupyter_comm_broker.core.ingress.frontend_ingress import FrontendIngress
from jupyter_comm_broker.core.ingress.held_back import HeldBack
from jupyter_comm_broker.core.ingress.kernel_ingress import KernelIngress
from jupyter_comm_broker.core.ingress.kernel_replies import KernelReplies
from jupyter_comm_broker.core.ingress.process import Process
from jupyter_comm_broker.core.ingress.process_end import ProcessEnd
from jupyter_comm_broker.core.ingress.started import Started
from jupyter_comm_broker.core.ingress.timers import Timers
from jupyter_comm_broker.core.ingress.unreachable import Unreachable
from jupyter_comm_broker.core.kernel.checks import Checks
from jupyter_comm_broker.core.kernel.inquiry import Inquiry
from jupyter_comm_broker.core.kernel.kernel_requests import KernelRequests
from jupyter_comm_broker.core.kernel.link_handshake import LinkHandshake
from jupyter_comm_broker.core.kernel.list_question import ListQuestion
from jupyter_comm_broker.core.kernel.reach import Reach
from jupyter_comm_broker.core.kernel.reconciliation import Reconciliation
from jupyter_comm_broker.core.kernel.state_questions import StateQuestions
from jupyter_comm_broker.core.kernel.verification import Verification
from jupyter_comm_broker.core.ledger import Ledger
from jupyter_comm_broker.core.limits import Limits
from jupyter_comm_broker.core.losses.dropped_requests import DroppedRequests
from jupyter_comm_broker.core.losses.endings import Endings
from jupyter_comm_broker.core.losses.gateway_limit import GatewayLimit
from jupyter_comm_broker.core.losses.later_question import LaterQuestion
from jupyter_comm_broker.core.losses.lost_idles import LostIdles
from jupyter_comm_broker.core.losses.lost_messages import LostMessages
from jupyter_comm_broker.core.losses.lost_replies import LostReplies
from jupyter_comm_broker.core.losses.missing_idles import MissingIdles
from jupyter_comm_broker.core.losses.request_ends import RequestEnds
from jupyter_comm_broker.core.pages.delivery import Delivery
from jupyter_comm_broker.core.pages.effects import Effects
from jupyter_comm_broker.core.pages.kernel_voice import KernelVoice
from jupyter_comm_broker.core.policy import Policy
from jupyter_comm_broker.core.requests.work import Work
from jupyter_comm_broker.core.restore.capture_end import CaptureEnd
from jupyter_comm_broker.core.restore.captures import Captures
from jupyter_comm_broker.core.restore.catch_up import CatchUps
from jupyter_comm_broker.core.restore.follow_up import FollowUp
from jupyter_comm_broker.core.restore.output_capture import OutputCapture
from jupyter_comm_broker.core.restore.page_replies import PageReplies
from jupyter_comm_broker.core.restore.presence import Presence
from jupyter_comm_broker.core.restore.reopening import Reopening
from jupyter_comm_broker.core.restore.restore import Restore
from jupyter_comm_broker.core.restore.silent_pages import SilentPages
from jupyter_comm_broker.core.routing.comms_from_frontend import CommsFromFrontend
from jupyter_comm_broker.core.routing.comms_from_kernel import CommsFromKernel
from jupyter_comm_broker.core.routing.freed_refusals import FreedRefusals
from jupyter_comm_broker.core.routing.from_frontend import FromFrontend
from jupyter_comm_broker.core.routing.from_kernel import FromKernel
from jupyter_comm_broker.core.routing.frontend_closings import FrontendClosings
from jupyter_comm_broker.core.routing.frontend_sends import FrontendSends
from jupyter_comm_broker.core.routing.gone_comms import GoneComms
from jupyter_comm_broker.core.routing.output_from_kernel import OutputFromKernel
from jupyter_comm_broker.core.routing.to_kernel import ToKernel
from jupyter_comm_broker.core.routing.unauthorized import Unauthorized
from jupyter_comm_broker.core.runs.holders import Holders
from jupyter_comm_broker.core.runs.inheritance import Inheritance
from jupyter_comm_broker.core.runs.reattachment import Reattachment
from jupyter_comm_broker.core.runs.runs import Runs
from jupyter_comm_broker.protocol.message import COMM_TYPES, Message, Part
from jupyter_comm_broker.protocol.synthesis import Author


class Parts:
    """
    The parts. Each is made after those that it uses.

    Args:
        policy: what the server's settings allow.
        limits: how much is kept, and for how long.
        author: writes the broker's own messages.
    """

    def __init__(self, policy: Policy, limits: Limits, author: Author) -> None:
        self.policy, self.limits, self.author = policy, limits, author
        self._make_facts()
        self._make_questions()
        self._make_restore()
        self._make_gate()
        self._make_routing()
        self._make_ingress()

    def _make_facts(self) -> None:
        """Make the owners of facts: what is known, and what is to be done."""
        limits = self.limits
        self.effects = Effects()
        self.ledger = Ledger(self.effects.note)
        self.comms = Comms(self.policy.strategies, limits, self.ledger)
        self.work = Work(limits.remembered_requests, hide_subshells=self.policy.hide_subshells)
        self.delivery = Delivery(limits, self.effects, self.ledger.counters, self.author.session)
        self.runs = Runs(limits, self.ledger.counters, self.comms.changes.note)
        self.held = HeldMessages()

    def _make_questions(self) -> None:
        """Make what asks the kernel, and what gives it the output that was collected."""
        ledger, comms, work, limits = self.ledger, self.comms, self.work, self.limits
        self.voice = KernelVoice(self.delivery, self.author)
        self.page_replies = PageReplies(ledger, comms, work, self.delivery, self.voice)
        self.inheritance = Inheritance(work, self.runs, self.delivery, self.voice)
        self.holders = Holders(ledger, self.runs, self.delivery, self.voice)
        self.endings = Endings(self._publish, self.voice, self.holders)
        self.kernel_requests = KernelRequests(self.author, self.effects, ledger)
        self.handshake = LinkHandshake(ledger, work, self.kernel_requests)
        captures = Captures(comms, limits)
        end = CaptureEnd(comms, work, self.page_replies, captures, self.kernel_requests, limits)
        self.capture = OutputCapture(ledger, work, self.page_replies, captures, end, limits)
        self.checks = Checks(comms, self.effects, limits)
        self.inquiry = Inquiry(self.kernel_requests, comms.registry, self.author.session)
        self.reach = reach = Reach(self.handshake, work)
        reconciliation = Reconciliation(
            ledger, comms, self.delivery, self.checks, self.capture.owns
        )
        self.verification = Verification(
            comms,
            reach,
            self.checks,
            ListQuestion(ledger, reach, self.inquiry, reconciliation),
            StateQuestions(ledger, reach, self.inquiry, self.checks, reconciliation),
            limits,
        )

    def _make_restore(self) -> None:
        """Make what gives pages their widgets and comms."""
        ledger, comms, limits = self.ledger, self.comms, self.limits
        replies = self.page_replies
        self.catch_ups = CatchUps(ledger, comms, self.delivery, replies, self.capture, limits)
        follow_up = FollowUp(self.catch_ups, self.verification)
        self.restore = Restore(ledger, comms, replies, follow_up, self.capture, limits)
        self.silent_pages = SilentPages(ledger, comms, replies, self.restore, follow_up, limits)
        self.reopening = Reopening(ledger, comms, replies, limits)
        self.presence = Presence(comms, self.delivery, replies, self.catch_ups, self.reopening)

    def _make_gate(self) -> None:
        """Make what denies messages, and what accounts for those that the kernel drops."""
        ledger, comms, work, limits = self.ledger, self.comms, self.work, self.limits
        self.denials = Denials(
            ledger, comms, self.held, self.page_replies, self.capture, self.policy, limits
        )
        self.refusals = Refusals(ledger, comms, work, self.page_replies, self.reopening, limits)
        self.lost = LostMessages(ledger, comms, work, self.author)
        self.missing_idles = MissingIdles(
            ledger, comms, work, self.page_replies, self._later_question("silent"), limits
        )
        self.lost_replies = LostReplies(
            ledger, work, self.page_replies, self.endings, self._later_question("reply")
        )

    def _make_routing(self) -> None:
        """Make the ways of messages from both sides."""
        ledger, comms, work, capture = self.ledger, self.comms, self.work, self.capture
        self.from_kernel = FromKernel(
            ledger,
            work,
            self.delivery,
            CommsFromKernel(ledger, comms, work, self.page_replies, capture),
            OutputFromKernel(ledger, self.delivery, self.voice, capture, self.holders, self.policy),
            self.policy,
        )
        self.lost_idles = LostIdles(
            ledger, work, self._later_question("idle"), self.endings.idle, self.lost
        )
        self.gateway_limit = GatewayLimit(ledger, comms, self._print_for)
        to_kernel = ToKernel(ledger, self.denials, work, self.effects, self._noted)
        reattachment = Reattachment(
            ledger, self.runs, self.holders, self.page_replies, self.voice.date
        )
        self.info_requests = InfoRequests(
            comms, work, self.page_replies, self.reopening, to_kernel.let_through, self.limits
        )
        use, subshells = SubshellUse(comms, work, self.inquiry), work.subshells
        self.held_deletions = HeldDeletions(use, subshells, to_kernel.let_through)
        self.abandoned = AbandonedSubshells(use, subshells, self.inquiry, self.reach, self.limits)
        gone = GoneComms(ledger, comms, work, self.page_replies)
        sends = FrontendSends(comms, self.restore, self.catch_ups, self.denials, gone)
        closings = FrontendClosings(comms, self.page_replies, capture, self.denials, self.refusals)
        unauthorized = Unauthorized(
            comms, self.restore, self.catch_ups, self.refusals, self.denials
        )
        self.freed_refusals = FreedRefusals(self.refusals, closings, to_kernel)
        from_frontend = CommsFromFrontend(comms, self.restore, sends, closings, unauthorized)
        self.from_frontend = FromFrontend(
            ledger,
            self.denials,
            from_frontend,
            (
                *(self.info_requests.handled, self.holders.answered),
                *(reattachment.handled, self.held_deletions.handled),
            ),
            to_kernel,
        )

    def _make_ingress(self) -> None:
        """Make where messages come in, and what acts at a time."""
        ledger, comms, work, limits = self.ledger, self.comms, self.work, self.limits
        self.held_back = HeldBack(
            ledger, self.handshake, self.held, self.info_requests, self.effects
        )
        self.frontend_ingress = FrontendIngress(
            ledger, self.delivery, self.denials, self.held_back, self.from_frontend
        )
        self.unreachable = Unreachable(
            self.handshake, self.page_replies, self.held_back, self.denials, self._given_up, limits
        )
        findings = Findings(
            ledger, self.page_replies, self.restore, self.capture, self.lost_replies
        )
        self.kernel_replies = KernelReplies(
            self.inquiry, self.handshake, self.verification, findings, self.from_kernel
        )
        of_one_process = (
            self.lost,
            self.capture,
            self.verification,
            self.catch_ups,
            self.restore,
            self.refusals,
            self.lost_replies,
            self.unreachable,
            *(self.held_back, self.held_deletions, self.abandoned),
        )
        end = ProcessEnd(comms, work, self.page_replies, self.holders, of_one_process)
        self.process = Process(comms, work, self.handshake, self.verification, end)
        self.dropped = DroppedRequests(ledger, work, self.endings, self._later_question("dropped"))
        request_ends = RequestEnds(
            ledger, self.lost_idles, self.missing_idles, self.lost_replies, self.dropped
        )
        conclusions = Conclusions(ledger, self.handshake, request_ends, self.process)
        self.kernel_ingress = KernelIngress(
            ledger, self.lost, conclusions, self.kernel_replies, self.from_kernel
        )
        self.timers = Timers(
            ledger,
            (
                self.handshake,
                self.frontend_ingress,
                self.lost,
                self.kernel_replies,
                self.verification,
                self.restore,
                self.catch_ups,
                self.capture,
                self.info_requests,
                self.freed_refusals,
                self.reopening,
                self.missing_idles,
                self.lost_idles,
                self.lost_replies,
                self.dropped,
                self.gateway_limit,
                self.unreachable,
                Started(work.execution, self.page_replies),
                self.delivery.waiting,
                self.runs,
                *(self.held_deletions, self.abandoned),
                self.silent_pages,
            ),
        )

    def _later_question(self, about: str) -> LaterQuestion:
        patience = self.limits.missing_idle_seconds
        return LaterQuestion(self.kernel_requests, self.handshake, about, patience)

    def _print_for(self, text: str, parent: Part, now: float) -> None:
        content = {"name": "stderr", "text": text}
        self.from_kernel.published(self.voice.publish("stream", content, now, parent), now)

    def _publish(self, message: Message, now: float) -> None:
        self.from_kernel.published(message, now)

    def _noted(self, session_id: str, message: Message, now: float) -> None:
        if message.header.msg_type in COMM_TYPES:
            self.missing_idles.sent(message, now)
        else:
            self.runs.sent(session_id, message, now)

    def _given_up(self, msg_id: str, reason: str, now: float) -> None:
        self.work.requests.given_up(msg_id)
        self.holders.lost(msg_id, "KernelUnreachable", reason, now)
