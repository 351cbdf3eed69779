"""
The settings that users gave jupyter_server's own classes.

The settings of the connection class are read under the stock class's name. So
``c.ZMQChannelsWebsocketConnection.*`` keeps working, and so does the deprecated
``c.ServerApp.iopub_*``, which the server copies there.
"""

from __future__ import annotations

import typing

from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection
from traitlets import Any, Bool, Float, HasTraits
from traitlets.config import Configurable

from jupyter_comm_broker.core.policy import Policy

UNTRACKED_WHERE_UNLISTED = (
    "comm_info_request",
    "kernel_info_request",
    "shutdown_request",
    "interrupt_request",
    "debug_request",
)
"""Request types whose statuses pages do not show. Used where the server is too old to list them."""

_STOCK = ZMQChannelsWebsocketConnection


class RateLimits(HasTraits):
    """
    The limits of output, with the stock class's names and defaults.

    Every class that reads the stock class's section needs these traits. traitlets warns of a
    setting for which the class that reads it has no trait.
    """

    limit_rate = Bool(_STOCK.limit_rate.default_value, config=True)
    iopub_msg_rate_limit = Float(_STOCK.iopub_msg_rate_limit.default_value, config=True)
    iopub_data_rate_limit = Float(_STOCK.iopub_data_rate_limit.default_value, config=True)
    rate_limit_window = Float(_STOCK.rate_limit_window.default_value, config=True)


class StockSettings(RateLimits, Configurable):
    """The configured rate limits. Each connection reads the other settings of the section."""

    kernel_ws_protocol = Any(config=True)
    session = Any(config=True)

    @classmethod
    def section_names(cls) -> list[str]:
        """Return the sections of the configuration that are read: those of the stock class."""
        return [*_STOCK.section_names(), *super().section_names()]

    def policy(self, kernels: typing.Any) -> Policy:
        """Return what these settings and those of the kernel manager allow on each kernel."""
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
