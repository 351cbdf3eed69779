"""Errors as REST answers them: a status, a sentence, and a reason that programs can compare."""

from __future__ import annotations

from http.client import responses
from typing import Annotated, Any, Literal, TypedDict

from msgspec import Meta
from tornado import web

from jupyter_comm_broker.core.state.comm_record import Side
from jupyter_comm_broker.errors import (
    BufferNotFoundError,
    CommBrokerError,
    CommClosedError,
    CommExistsError,
    CommNotFoundError,
    CommRefusedError,
    CursorExpiredError,
    HiddenContentError,
    InvalidFieldError,
    KernelNotFoundError,
    KernelUnavailableError,
    LinkNotOpenedError,
    RefusedMessageError,
    RequestNotFoundError,
    TooLargeError,
    TooManyOwnReadersError,
    TooManyReadersError,
    TooManyRecordingsError,
    UnansweredError,
)
from jupyter_comm_broker.inspection.health_views import BusyView
from jupyter_comm_broker.inspection.views import Date

STATUS_OF: dict[type[CommBrokerError], int] = {
    InvalidFieldError: 400,
    HiddenContentError: 403,
    KernelNotFoundError: 404,
    CommNotFoundError: 404,
    BufferNotFoundError: 404,
    RequestNotFoundError: 404,
    CommClosedError: 410,
    CursorExpiredError: 410,
    RefusedMessageError: 403,
    CommExistsError: 409,
    TooManyRecordingsError: 409,
    TooManyOwnReadersError: 429,
    TooManyReadersError: 503,
    TooLargeError: 413,
    CommRefusedError: 422,
    KernelUnavailableError: 503,
    LinkNotOpenedError: 503,
    UnansweredError: 504,
}
"""By class of error, the HTTP status. A subclass has its parent's status; 500 is our own error."""

FACTS = ("field", "limit", "setting", "msg_id", "queued_behind", "because", "said")
"""The attributes of an error that are answered unchanged."""

UNREADABLE = "Invalid body: "
"""The beginning of tornado's message about a body that it cannot read."""


class ClosedView(TypedDict):
    """When, by whom and why a comm was closed."""

    at: Date
    by: Side
    reason: str


class _Problem(TypedDict):
    message: str
    reason: str


class ProblemView(_Problem, total=False):
    """What is wrong."""

    field: str
    closed: ClosedView
    limit: Annotated[int, Meta(description="The limit that was passed.")]
    setting: Annotated[str, Meta(description="The setting of the server that has the limit.")]
    msg_id: Annotated[
        str, Meta(description="The id of the message, which was sent and is not taken back.")
    ]
    queued_behind: Annotated[BusyView, Meta(description="The request that the kernel runs now.")]
    because: Annotated[
        Literal[
            "target not registered",
            "the target's callback failed",
            "closed by the kernel",
            "not known to the kernel",
        ],
        Meta(description="Why the kernel did not take a comm that was opened."),
    ]
    said: Annotated[str, Meta(description="What the kernel printed about the comm.")]


class Problem(web.HTTPError):
    """
    An error with a sentence and facts.

    Args:
        status: the HTTP status.
        message: the sentence.
        reason: the reason, which programs can compare.
        **facts: further fields of the answer.
    """

    retry_after: int | None = None
    """Seconds after which the client may try again."""

    def __init__(self, status: int, message: str, reason: str, **facts: Any) -> None:
        self.facts = facts
        super().__init__(status, message, reason=reason)

    @classmethod
    def of(cls, error: CommBrokerError) -> Problem:
        """Return what REST answers for one of our errors."""
        kinds = [kind for kind in type(error).__mro__ if kind in STATUS_OF]
        status = STATUS_OF[kinds[0]] if kinds else 500
        facts = {name: getattr(error, name) for name in FACTS if hasattr(error, name)}
        if isinstance(error, CommClosedError):
            facts["closed"] = {"at": error.at, "by": error.by, "reason": error.reason}
        problem = cls(status, str(error), type(error).__name__, **facts)
        problem.retry_after = getattr(error, "retry_after", None)
        return problem


def told(status: int, error: BaseException | None) -> dict[str, Any]:
    """Return the body of an error's answer. An unexpected error of ours tells no details."""
    phrase = responses.get(status, "Unknown error")
    if not isinstance(error, web.HTTPError):
        return {"message": "Unhandled error" if status == 500 else phrase, "reason": phrase}
    # tornado doubles the percent signs of a message without arguments.
    message = error.log_message % error.args if error.log_message else phrase
    facts = error.facts if isinstance(error, Problem) else {}
    if message.startswith(UNREADABLE):
        # tornado refused the body before a handler got it.
        facts = {"field": "buffers" if "too many parts" in message else ""}
        return {"message": message, "reason": InvalidFieldError.__name__, **facts}
    return {"message": message, "reason": error.reason or phrase, **facts}
