"""
The settings that users gave jupyter_server's own connection class, read where they were put.

They are read under the name of the stock class, so ``c.ZMQChannelsWebsocketConnection.*``
and the deprecated ``c.ServerApp.iopub_*`` (which the server copies there) keep working.
"""

from __future__ import annotations

from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection
from traitlets import Bool, Float
from traitlets.config import Configurable

_STOCK = ZMQChannelsWebsocketConnection


class StockSettings(Configurable):
    """The rate limits of output."""

    limit_rate = Bool(_STOCK.limit_rate.default_value, config=True)
    iopub_msg_rate_limit = Float(_STOCK.iopub_msg_rate_limit.default_value, config=True)
    iopub_data_rate_limit = Float(_STOCK.iopub_data_rate_limit.default_value, config=True)
    rate_limit_window = Float(_STOCK.rate_limit_window.default_value, config=True)

    @classmethod
    def section_names(cls) -> list[str]:
        """Return the sections of the configuration that apply: those of the stock class."""
        return [*_STOCK.section_names(), *super().section_names()]
