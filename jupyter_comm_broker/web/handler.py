"""What all REST handlers share: authorization, and errors as statuses."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any, TypeVar

from jupyter_core.utils import ensure_async
from jupyter_server.base.handlers import APIHandler
from tornado import web

from jupyter_comm_broker.core.broker import KernelBroker
from jupyter_comm_broker.errors import CommBrokerError, CommNotFoundError, KernelNotFoundError
from jupyter_comm_broker.web.port import BrokerPort

AUTH_RESOURCE = "comms"

SETTING = "jupyter_comm_broker"
"""Where the web application's settings hold the :class:`BrokerPort`."""

KERNEL_ID = r"(?P<kernel_id>\w+-\w+-\w+-\w+-\w+)"
COMM_ID = r"(?P<comm_id>[^/]+)"

STATUS_OF: dict[type[CommBrokerError], int] = {KernelNotFoundError: 404, CommNotFoundError: 404}

Handler = TypeVar("Handler", bound="CommBrokerHandler")


class CommBrokerHandler(APIHandler):
    """A handler that asks the broker something."""

    auth_resource = AUTH_RESOURCE
    _track_activity = False

    @property
    def port(self) -> BrokerPort:
        """The broker, as far as handlers may see it."""
        port: BrokerPort = self.settings[SETTING]
        return port

    def answer(self, value: Any) -> None:
        """Finish with a JSON value."""
        self.set_header("Content-Type", "application/json")
        self.finish(json.dumps(value))

    def kernel(self, kernel_id: str) -> KernelBroker:
        """Return a kernel's broker. Raises KernelNotFoundError."""
        return self.port.kernel(kernel_id)


def allowed(
    action: str,
) -> Callable[[Callable[..., Awaitable[None]]], Callable[..., Awaitable[None]]]:
    """
    Let a handler's method be called only by who may do ``action`` with comms.

    Action and resource are given to the authorizer as they stand here: jupyter_server's own
    decorator remembers those of the first handler that a shared method was called for.
    """

    def decorate(method: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
        @wraps(method)
        async def guarded(self: Handler, *args: Any, **kwargs: Any) -> None:
            user = self.current_user
            if user is None:
                raise web.HTTPError(403, "log in to see comms", reason="not logged in")
            if not await ensure_async(
                self.authorizer.is_authorized(self, user, action, AUTH_RESOURCE)
            ):
                message = f"{user.username} may not {action} {AUTH_RESOURCE}"
                raise web.HTTPError(403, message, reason="not authorized")
            try:
                await method(self, *args, **kwargs)
            except CommBrokerError as error:
                status = STATUS_OF.get(type(error), 500)
                raise web.HTTPError(status, str(error), reason=type(error).__name__) from error

        return guarded

    return decorate
