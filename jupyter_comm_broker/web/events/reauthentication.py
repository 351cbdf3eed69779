"""
Asks the server's identity provider again who sent a request that is still being answered.

While a stream goes on, tokens are revoked and people log out. Providers keep their answer on the
handler that asked. So another handler asks, with the same request.
"""

from __future__ import annotations

import asyncio
import inspect
from copy import copy
from typing import Any

from jupyter_core.utils import ensure_async
from jupyter_server.auth import IdentityProvider
from jupyter_server.base.handlers import JupyterHandler

PATIENCE = 10.0
"""Seconds that a provider has to answer. It may have to ask a hub."""


class _NoConnection:
    """Stands for the connection, which belongs to the first handler."""

    def set_close_callback(self, callback: Any) -> None:
        """Do nothing, so that the first handler's callback stays."""


async def is_still_known(handler: JupyterHandler) -> bool:
    """Return whether a request would still be authenticated now. An error counts as a no."""
    provider = handler.identity_provider
    if type(provider) is IdentityProvider and _overrides_user(handler):
        # As JupyterHub did before 3.0. Asking it would need a new request.
        return True
    request = copy(handler.request)
    request.connection = _NoConnection()  # type: ignore[assignment]
    try:
        asked = provider.get_user(JupyterHandler(handler.application, request))
        return await asyncio.wait_for(ensure_async(asked), PATIENCE) is not None
    except Exception:
        handler.log.exception("comm broker: the user of a reader of events cannot be checked")
        return False


def _overrides_user(handler: JupyterHandler) -> bool:
    module = inspect.getmodule(handler.get_current_user)
    return module is not None and module.__name__ != JupyterHandler.__module__
