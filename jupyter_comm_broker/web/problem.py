"""Errors as REST tells them: a status, a sentence, a reason that programs can compare."""

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
    RefusedMessageError,
    TooLargeError,
    TooManyRecordingsError,
    UnansweredError,
)
from jupyter_comm_broker.inspection.views import BusyView, Date

STATUS_OF: dict[type[CommBrokerError], int] = {
    InvalidFieldError: 400,
    HiddenContentError: 403,
    KernelNotFoundError: 404,
    CommNotFoundError: 404,
    BufferNotFoundError: 404,
    CommClosedError: 410,
    CursorExpiredError: 410,
    RefusedMessageError: 403,
    CommExistsError: 409,
    TooManyRecordingsError: 409,
    TooLargeError: 413,
    CommRefusedError: 422,
    KernelUnavailableError: 503,
    UnansweredError: 504,
}
"""The status of an error is that of its nearest class in here; 500 is a fault of ours."""

FACTS = ("field", "limit", "setting", "msg_id", "queued_behind", "because", "said")
"""What of an error's facts is told as it is."""

UNREADABLE = "Invalid body: "
"""How tornado begins when a body cannot be taken apart."""


class ClosedView(TypedDict):
    """How a comm ended."""

    at: Date
    by: Side
    reason: str


class _Problem(TypedDict):
    message: str
    reason: str


class ProblemView(_Problem, total=False):
    """What is wrong, and with what."""

    field: str
    closed: ClosedView
    limit: Annotated[int, Meta(description="What may not be passed.")]
    setting: Annotated[str, Meta(description="Which setting of the server says so.")]
    msg_id: Annotated[str, Meta(description="Of the message that was sent and stands.")]
    queued_behind: Annotated[BusyView, Meta(description="What the kernel runs meanwhile.")]
    because: Annotated[
        Literal["target not registered", "the target's callback failed", "closed by the kernel"],
        Meta(description="Why the kernel closed a comm again."),
    ]
    said: Annotated[str, Meta(description="What the kernel printed about it.")]


class Problem(web.HTTPError):
    """An error with facts beside its sentence."""

    def __init__(self, status: int, message: str, reason: str, **facts: Any) -> None:
        self.facts = facts
        super().__init__(status, message, reason=reason)

    @classmethod
    def of(cls, error: CommBrokerError) -> Problem:
        """Return what REST tells of one of our errors."""
        kinds = [kind for kind in type(error).__mro__ if kind in STATUS_OF]
        status = STATUS_OF[kinds[0]] if kinds else 500
        facts = {name: getattr(error, name) for name in FACTS if hasattr(error, name)}
        if isinstance(error, CommClosedError):
            facts["closed"] = {"at": error.at, "by": error.by, "reason": error.reason}
        return cls(status, str(error), type(error).__name__, **facts)


def told(status: int, error: BaseException | None) -> dict[str, Any]:
    """Return the JSON of an error, whoever raised it; of a fault of ours no more than that."""
    phrase = responses.get(status, "Unknown error")
    if not isinstance(error, web.HTTPError):
        return {"message": "Unhandled error" if status == 500 else phrase, "reason": phrase}
    # tornado doubles the percent signs of a message without arguments.
    message = error.log_message % error.args if error.log_message else phrase
    facts = error.facts if isinstance(error, Problem) else {}
    if message.startswith(UNREADABLE):
        # It never came to us.
        facts = {"field": "buffers" if "too many parts" in message else ""}
        return {"message": message, "reason": InvalidFieldError.__name__, **facts}
    return {"message": message, "reason": error.reason or phrase, **facts}
