"""
Which kind of link a server's kernels have, and what the kind means for pages.

A server's kernels all run behind its gateway, if it has one.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Protocol

from jupyter_server.gateway.connections import GatewayWebSocketConnection
from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection

from jupyter_comm_broker.core.limits import Limits
from jupyter_comm_broker.core.policy import Policy
from jupyter_comm_broker.transport.gateway.far_count import leave_out
from jupyter_comm_broker.transport.gateway.far_end import FarEnd
from jupyter_comm_broker.transport.gateway.gateway_link import GatewayKernelLink
from jupyter_comm_broker.transport.kernel.kernel_link import KernelLink, LinkListener, MakeLink
from jupyter_comm_broker.transport.kernel.zmq_link import ZmqKernelLink

FRAME_ROOM = 64 * 1024
"""Bytes that a message may grow by on its way: offsets, channel, the default framing's fields."""


class Links(Protocol):
    """A kind of link."""

    stock: type
    """jupyter_server's own connection class, which the broker replaces."""

    open_later: bool
    """Whether pages may come before a link is open. Else the kernel's process is waited for."""

    def policy(self, policy: Policy, limits: Limits) -> Policy:
        """Return what the kind adds to what the server's settings allow."""

    def maker(self, kernel_manager: Any, limits: Limits, pages: Callable[[], int]) -> MakeLink:
        """
        Return what makes the link to one kernel.

        Args:
            kernel_manager: jupyter_server's manager of the kernel.
            limits: the operators' limits.
            pages: returns how many pages are connected to the kernel.
        """


class ZmqLinks:
    """Links to kernels that this server reaches over ZeroMQ."""

    stock: type = ZMQChannelsWebsocketConnection
    open_later = False

    def policy(self, policy: Policy, limits: Limits) -> Policy:
        """Return the policy as it is."""
        return policy

    def maker(self, kernel_manager: Any, limits: Limits, pages: Callable[[], int]) -> MakeLink:
        """
        Return what makes the link to one kernel.

        Args:
            kernel_manager: jupyter_server's manager of the kernel.
            limits: the operators' limits.
            pages: returns how many pages are connected to the kernel.
        """

        def make(listener: LinkListener) -> KernelLink:
            return ZmqKernelLink(kernel_manager, listener, limits.receive_limit)

        return make


class GatewayLinks:
    """
    Links to kernels that the server's gateway runs.

    Args:
        front_id: names this server to the gateway. A link's session id follows from it, so that a
            server that starts anew gets what the gateway kept for it (fact 6.4).
    """

    stock: type = GatewayWebSocketConnection
    open_later = True

    def __init__(self, front_id: uuid.UUID) -> None:
        self._front_id = front_id
        self._far = FarEnd()

    def policy(self, policy: Policy, limits: Limits) -> Policy:
        """
        Return the policy without a rate limit, and with the gateway's largest message.

        The gateway limits the rate itself. With the stock class the server in front does not.
        """
        most = max(0, limits.gateway_message_bytes - FRAME_ROOM)
        return replace(policy, limit_rate=False, largest_message=most)

    def maker(self, kernel_manager: Any, limits: Limits, pages: Callable[[], int]) -> MakeLink:
        """
        Return what makes the link to one kernel.

        Args:
            kernel_manager: jupyter_server's manager of the kernel.
            limits: the operators' limits.
            pages: returns how many pages are connected to the kernel.
        """

        def make(listener: LinkListener) -> KernelLink:
            kernel_id = kernel_manager.kernel_id
            session_id = uuid.uuid5(self._front_id, kernel_id).hex
            link = GatewayKernelLink(kernel_id, self._far, listener, session_id)
            leave_out(link, kernel_manager, pages)
            return link

        return make


def links_of(app: Any, front_id: uuid.UUID) -> Links:
    """
    Return the kind of link that a server's kernels have.

    Args:
        app: the server.
        front_id: names the server to its gateway, if it has one.
    """
    return GatewayLinks(front_id) if gateway_of(app) else ZmqLinks()


def gateway_of(app: Any) -> str:
    """Return the URL of a server's gateway; empty if it has none."""
    config = getattr(app, "gateway_config", None)
    return str(config.url) if config is not None and config.gateway_enabled else ""
