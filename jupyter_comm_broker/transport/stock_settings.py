"""
The settings that users gave jupyter_server's own connection class, read where they were put.

They are read under the name of the stock class, so ``c.ZMQChannelsWebsocketConnection.*``
and the deprecated ``c.ServerApp.iopub_*`` (which the server copies there) keep working.
"""

from __future__ import annotations

from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection
from traitlets import Any, Bool, Float, HasTraits
from traitlets.config import Configurable

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
