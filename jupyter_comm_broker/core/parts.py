"""The parts of one kernel's broker, and who gets which. They are made only here."""

from __future__ import annotations

from jupyter_comm_broker.core.context import Context
from jupyter_comm_broker.core.gate.denials import Denials
from jupyter_comm_broker.core.ingress.frontend_ingress import FrontendIngress
from jupyter_comm_broker.core.ingress.kernel_ingress import KernelIngress
from jupyter_comm_broker.core.ingress.kernel_replies import KernelReplies
from jupyter_comm_broker.core.ingress.process import Process
from jupyter_comm_broker.core.ingress.timers import Timers
from jupyter_comm_broker.core.kernel.checks import Checks
from jupyter_comm_broker.core.kernel.kernel_requests import KernelRequests
from jupyter_comm_broker.core.kernel.link_handshake import LinkHandshake
from jupyter_comm_broker.core.kernel.reconciliation import Reconciliation
from jupyter_comm_broker.core.kernel.verification import Verification
from jupyter_comm_broker.core.losses.lost_idles import LostIdles
from jupyter_comm_broker.core.losses.lost_messages import LostMessages
from jupyter_comm_broker.core.losses.missing_idles import MissingIdles
from jupyter_comm_broker.core.restore.catch_up import CatchUps
from jupyter_comm_broker.core.restore.output_capture import OutputCapture
from jupyter_comm_broker.core.restore.page_replies import PageReplies
from jupyter_comm_broker.core.restore.presence import Presence
from jupyter_comm_broker.core.restore.reopening import Reopening
from jupyter_comm_broker.core.restore.restore import Restore
from jupyter_comm_broker.core.routing.from_frontend import FromFrontend
from jupyter_comm_broker.core.routing.from_kernel import FromKernel


class Parts:
    """
    The parts. Each is made after those that it uses.

    Args:
        context: what they share.
    """

    def __init__(self, context: Context) -> None:
        self.page_replies = PageReplies(context)
        self.kernel_requests = KernelRequests(context)
        self.handshake = LinkHandshake(context, self.kernel_requests)
        self.capture = OutputCapture(context, self.page_replies, self.kernel_requests)
        self.checks = Checks(context)
        self.verification = Verification(
            context,
            self.kernel_requests,
            self.handshake,
            self.checks,
            Reconciliation(context, self.checks, self.capture.owns),
        )
        self.catch_ups = CatchUps(context, self.page_replies, self.capture)
        self.restore = Restore(
            context, self.page_replies, self.catch_ups, self.verification, self.capture
        )
        self.from_kernel = FromKernel(context, self.page_replies, self.capture)
        self.denials = Denials(context, self.page_replies, self.capture)
        self.reopening = Reopening(context, self.page_replies)
        self.from_frontend = FromFrontend(
            context,
            self.page_replies,
            self.restore,
            self.catch_ups,
            self.capture,
            self.denials,
            self.reopening,
        )
        self.missing_idles = MissingIdles(
            context, self.page_replies, self.kernel_requests, self.handshake
        )
        self.lost = LostMessages(context)
        self.lost_idles = LostIdles(
            context, self.kernel_requests, self.handshake, self.from_kernel, self.lost
        )
        self.presence = Presence(context, self.page_replies, self.catch_ups, self.reopening)
        self.frontend_ingress = FrontendIngress(
            context,
            self.handshake,
            self.denials,
            self.restore,
            self.from_frontend,
            self.missing_idles,
        )
        self.kernel_replies = KernelReplies(
            context,
            self.kernel_requests,
            self.handshake,
            self.verification,
            self.from_kernel,
            self.page_replies,
            self.restore,
            self.capture,
        )
        self.process = Process(
            context,
            self.page_replies,
            self.handshake,
            self.verification,
            (
                self.lost,
                self.capture,
                self.verification,
                self.catch_ups,
                self.restore,
                self.frontend_ingress,
            ),
        )
        self.kernel_ingress = KernelIngress(
            context,
            self.handshake,
            self.verification.inquiry,
            self.capture,
            self.lost,
            self.lost_idles,
            self.missing_idles,
            self.kernel_replies,
            self.from_kernel,
            self.process,
        )
        self.timers = Timers(
            context,
            (
                self.handshake,
                self.frontend_ingress,
                self.lost,
                self.kernel_replies,
                self.verification,
                self.restore,
                self.catch_ups,
                self.capture,
                self.from_frontend.info_requests,
                self.reopening,
                self.missing_idles,
                self.lost_idles,
                context.delivery.waiting,
            ),
        )
