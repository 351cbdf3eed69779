"""
The settings that users gave jupyter_server's own classes, read where they were put.

Those of its connection class are read under the stock class's name, so that
``c.ZMQChannelsWebsocketConnection.*`` and the deprecated ``c.ServerApp.iopub_*`` (which the
server copies there) keep working.
"""

from __future__ import annotations

import typing

from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection
from traitlets import Any, Bool, Float, HasTraits
from traitlets.config import Configurable

from jupyter_comm_broker.core.context import Policy

UNTRACKED_WHERE_UNLISTED = (
    "comm_info_request",
    "kernel_info_request",
    "shutdown_request",
    "interrupt_request",
    "debug_request",
)
"""Request types whose statuses pages do not show, for servers too old to list them."""

_STOCK = ZMQChannelsWebsocketConnection


class RateLimits(HasTraits):
    """
    The limits of output, with the stock class's names and defaults.

    Each class that reads the stock class's section has them: traitlets warns of every setting
    in a section that the class which reads it does not have.
    """

    limit_rate = Bool(_STOCK.limit_rate.default_value, config=True)
    iopub_msg_rate_limit = Float(_STOCK.iopub_msg_rate_limit.default_value, config=True)
    iopub_data_rate_limit = Float(_STOCK.iopub_data_rate_limit.default_value, config=True)
    rate_limit_window = Float(_STOCK.rate_limit_window.default_value, config=True)


class StockSettings(RateLimits, Configurable):
    """The rate limits as configured. The rest of the section is read by each connection."""

    kernel_ws_protocol = Any(config=True)
    session = Any(config=True)

    @classmethod
    def section_names(cls) -> list[str]:
        """Return the sections of the configuration that apply: those of the stock class."""
        return [*_STOCK.section_names(), *super().section_names()]

    def policy(self, kernels: typing.Any) -> Policy:
        """Return what they and those of the kernel manager allow on each kernel."""
        return Policy(
            allowed_message_types=frozenset(kernels.allowed_message_types),
            hide_tracebacks=None
            if kernels.allow_tracebacks
            else kernels.traceback_replacement_message,
            untracked_message_types=frozenset(
                getattr(kernels, "untracked_message_types", UNTRACKED_WHERE_UNLISTED)
            ),
            limit_rate=self.limit_rate,
            message_rate=self.iopub_msg_rate_limit,
            data_rate=self.iopub_data_rate_limit,
            rate_window=self.rate_limit_window,
        )
