"""Errors as REST tells them: a status, a sentence, a reason that programs can compare."""

from __future__ import annotations

from http.client import responses
from typing import Any, TypedDict

from tornado import web

from jupyter_comm_broker.core.comm_record import Side
from jupyter_comm_broker.core.views import Date
from jupyter_comm_broker.errors import (
    BufferNotFoundError,
    CommBrokerError,
    CommClosedError,
    CommNotFoundError,
    CursorExpiredError,
    HiddenContentError,
    InvalidFieldError,
    KernelNotFoundError,
)

STATUS_OF: dict[type[CommBrokerError], int] = {
    InvalidFieldError: 400,
    HiddenContentError: 403,
    KernelNotFoundError: 404,
    CommNotFoundError: 404,
    BufferNotFoundError: 404,
    CommClosedError: 410,
    CursorExpiredError: 410,
}
"""The status of an error is that of its nearest class in here; 500 is a fault of ours."""


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
        facts: dict[str, Any] = {}
        if (field := getattr(error, "field", None)) is not None:
            facts["field"] = field
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
    return {"message": message, "reason": error.reason or phrase, **facts}
