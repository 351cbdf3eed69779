"""What all REST handlers share: authorization, answers and errors."""

from __future__ import annotations

from typing import Any

from jupyter_core.utils import ensure_async
from jupyter_server.base.handlers import APIHandler
from tornado import web

from jupyter_comm_broker.core.broker import KernelBroker
from jupyter_comm_broker.core.gate.rights import RESOURCE
from jupyter_comm_broker.core.state.known_comm import KnownComm
from jupyter_comm_broker.errors import CommNotFoundError, InvalidFieldError
from jupyter_comm_broker.inspection.snapshots import closed_error
from jupyter_comm_broker.log_lines import OneLineLog
from jupyter_comm_broker.protocol.json_text import dumps_strictly
from jupyter_comm_broker.web.port import BrokerPort
from jupyter_comm_broker.web.problem import Problem, told

AUTH_RESOURCE = RESOURCE

SETTING = "jupyter_comm_broker"
"""The key of the :class:`BrokerPort` in the web application's settings."""


class CommBrokerHandler(APIHandler):
    """A handler that asks the broker something."""

    auth_resource = AUTH_RESOURCE
    _track_activity = False

    @property
    def log(self) -> Any:
        """The server's log. Each message becomes one line, because it may quote a client."""
        return OneLineLog(super().log)

    @property
    def port(self) -> BrokerPort:
        """The part of the broker that handlers may use."""
        port: BrokerPort = self.settings[SETTING]
        return port

    # -- who ---------------------------------------------------------------------------------------

    async def require(self, action: str, resource: str = AUTH_RESOURCE) -> None:
        """Check that the user may do ``action`` with a resource. Raises a 403."""
        user = self.current_user
        if user is None:
            raise Problem(403, f"log in to see {resource}", "not logged in")
        if not await self.may(action, resource):
            who = getattr(user, "username", user)
            what = f"{self.request.method} {self.request.path}"
            self.log.warning("comm broker: %s may not %s %s: %s", who, action, resource, what)
            raise Problem(403, f"{who} may not {action} {resource}", "not authorized")

    async def may(self, action: str, resource: str = AUTH_RESOURCE) -> bool:
        """Return whether the user may do ``action`` with a resource now."""
        asked = self.authorizer.is_authorized(self, self.current_user, action, resource)
        return bool(await ensure_async(asked))

    async def may_see_secrets(self, reveal: bool) -> bool:
        """Return whether to show secrets. Raises a 403 if the user asks for them and may not."""
        if reveal:
            await self.require("execute")
        return reveal

    # -- what --------------------------------------------------------------------------------------

    def kernel(self, kernel_id: str) -> KernelBroker:
        """Return a kernel's broker. Raises KernelNotFoundError."""
        return self.port.kernel(kernel_id)

    def comm(self, kernel_id: str, comm_id: str) -> tuple[KernelBroker, KnownComm]:
        """
        Return an open comm with its kernel's broker.

        Raises:
            KernelNotFoundError: there is no such kernel.
            CommNotFoundError: the kernel never had such a comm.
            CommClosedError: the comm is closed.
        """
        broker = self.kernel(kernel_id)
        record = broker.known.comm(comm_id)
        if record is not None:
            broker.settle_outputs(comm_id)
            return broker, record
        ended = closed_error(kernel_id, broker.known, comm_id)
        raise ended or CommNotFoundError(kernel_id, comm_id)

    def decode_argument(self, value: bytes, name: str | None = None) -> str:
        """Return a part of a path, or a parameter, as text."""
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
        Set the answer's tag, and finish with a 304 if the client already has this answer.

        Args:
            tag: a text that changes with what is shown.
            weak: whether a part of what is shown changes without the tag.

        Returns:
            Whether the answer is finished.
        """
        self.set_header("ETag", f'W/"{tag}"' if weak else f'"{tag}"')
        self.set_header("Cache-Control", "private, no-cache")
        if not self.check_etag_header():
            return False
        self.set_status(304)
        self.finish()
        return True

    def compute_etag(self) -> None:
        """Make no tag from a body, because most bodies hold the age of a comm."""

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Finish with an error as JSON."""
        if status_code == 405:
            self.set_header("Allow", ", ".join(self._offered()))
        exc_info = kwargs.get("exc_info")
        error = exc_info[1] if exc_info else None
        if (seconds := getattr(error, "retry_after", None)) is not None:
            self.set_header("Retry-After", str(seconds))
        problem = told(status_code, error)
        self.log.debug("comm broker: %s %s", status_code, problem["message"])
        self.finish(dumps_strictly(problem))

    def log_exception(self, kind: Any, error: Any, traceback: Any) -> None:
        """
        Log an error without the query of its URL, which may hold the token.

        Args:
            kind: the error's class.
            error: the error.
            traceback: its traceback.
        """
        what = f"{self.request.method} {self.request.path}"
        if not isinstance(error, web.HTTPError):
            fault = (kind, error, traceback)
            self.log.error("comm broker: an unexpected error at %s", what, exc_info=fault)
        elif error.log_message:
            message = told(error.status_code, error)["message"]
            self.log.warning("comm broker: %s at %s: %s", error.status_code, what, message)

    def _offered(self) -> list[str]:
        missing = web.RequestHandler.get
        methods = self.SUPPORTED_METHODS or ()
        return [each for each in methods if getattr(type(self), each.lower()) is not missing]
