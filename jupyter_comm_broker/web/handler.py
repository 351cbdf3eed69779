"""What all REST handlers share: who may ask, how it is answered, what an error looks like."""

from __future__ import annotations

from typing import Any

from jupyter_core.utils import ensure_async
from jupyter_server.base.handlers import APIHandler
from tornado import web

from jupyter_comm_broker.core.broker import KernelBroker
from jupyter_comm_broker.core.gate.rights import RESOURCE
from jupyter_comm_broker.core.state.comm_record import CommRecord
from jupyter_comm_broker.errors import CommClosedError, CommNotFoundError, InvalidFieldError
from jupyter_comm_broker.protocol.json_text import dumps_strictly
from jupyter_comm_broker.web.port import BrokerPort
from jupyter_comm_broker.web.problem import Problem, told

AUTH_RESOURCE = RESOURCE

SETTING = "jupyter_comm_broker"
"""Where the web application's settings hold the :class:`BrokerPort`."""


class CommBrokerHandler(APIHandler):
    """A handler that asks the broker something."""

    auth_resource = AUTH_RESOURCE
    _track_activity = False

    @property
    def port(self) -> BrokerPort:
        """The broker, as far as handlers may see it."""
        port: BrokerPort = self.settings[SETTING]
        return port

    # -- who ---------------------------------------------------------------------------------------

    async def require(self, action: str) -> None:
        """Go on only for who may do ``action`` with comms; raises a 403."""
        user = self.current_user
        if user is None:
            raise Problem(403, "log in to see comms", "not logged in")
        if not await self.may(action):
            who = getattr(user, "username", user)
            what = f"{self.request.method} {self.request.path}"
            self.log.warning("comm broker: %s may not %s %s: %s", who, action, AUTH_RESOURCE, what)
            raise Problem(403, f"{who} may not {action} {AUTH_RESOURCE}", "not authorized")

    async def may(self, action: str) -> bool:
        """Whether who asks may do ``action`` with comms at this moment."""
        asked = self.authorizer.is_authorized(self, self.current_user, action, AUTH_RESOURCE)
        return bool(await ensure_async(asked))

    async def may_see_secrets(self, reveal: bool) -> bool:
        """Whether secrets are shown: where they are asked for, and by who may execute."""
        if reveal:
            await self.require("execute")
        return reveal

    # -- what --------------------------------------------------------------------------------------

    def kernel(self, kernel_id: str) -> KernelBroker:
        """Return a kernel's broker. Raises KernelNotFoundError."""
        return self.port.kernel(kernel_id)

    def comm(self, kernel_id: str, comm_id: str) -> tuple[KernelBroker, CommRecord]:
        """
        Return a live comm with its kernel's broker.

        Raises:
            KernelNotFoundError: no such kernel.
            CommNotFoundError: it never had such a comm.
            CommClosedError: it had one, which is closed.
        """
        broker = self.kernel(kernel_id)
        record = broker.context.registry.get(comm_id)
        if record is not None:
            return broker, record
        closing = broker.context.registry.closing(comm_id)
        if closing is None:
            raise CommNotFoundError(kernel_id, comm_id)
        at = broker.context.author.date(closing.at)
        raise CommClosedError(kernel_id, comm_id, at, closing.by.value, closing.reason)

    def decode_argument(self, value: bytes, name: str | None = None) -> str:
        """Return a step of a path, or a parameter, as text."""
        try:
            return super().decode_argument(value, name)
        except web.HTTPError as error:
            raise Problem.of(InvalidFieldError(name or "", f"{name} is not UTF-8")) from error

    # -- how ---------------------------------------------------------------------------------------

    def answer(self, value: Any, media_type: str = "application/json") -> None:
        """Finish with a JSON value."""
        self.finish(dumps_strictly(value), set_content_type=media_type)

    def is_known(self, tag: str, *, weak: bool = False) -> bool:
        """
        Name what is to be shown, and finish with a 304 if the client has just that.

        Args:
            tag: changes with all that is shown.
            weak: some of what is shown changes without it.
        """
        self.set_header("ETag", f'W/"{tag}"' if weak else f'"{tag}"')
        self.set_header("Cache-Control", "private, no-cache")
        if not self.check_etag_header():
            return False
        self.set_status(304)
        self.finish()
        return True

    def compute_etag(self) -> None:
        """Make no tag from a body: the age of a comm is in most of them."""

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Finish with an error as JSON."""
        if status_code == 405:
            self.set_header("Allow", ", ".join(self._offered()))
        exc_info = kwargs.get("exc_info")
        problem = told(status_code, exc_info[1] if exc_info else None)
        self.log.debug("comm broker: %s %s", status_code, problem["message"])
        self.finish(dumps_strictly(problem))

    def log_exception(self, kind: Any, error: Any, traceback: Any) -> None:
        """Log an error without its URL's query, which tornado writes down with the token in it."""
        what = f"{self.request.method} {self.request.path}"
        if not isinstance(error, web.HTTPError):
            fault = (kind, error, traceback)
            self.log.error("comm broker: a fault at %s", what, exc_info=fault)
        elif error.log_message:
            message = told(error.status_code, error)["message"]
            self.log.warning("comm broker: %s at %s: %s", error.status_code, what, message)

    def _offered(self) -> list[str]:
        missing = web.RequestHandler.get
        methods = self.SUPPORTED_METHODS or ()
        return [each for each in methods if getattr(type(self), each.lower()) is not missing]
