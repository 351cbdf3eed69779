"""
What one method of a route does, takes and answers, said once for handler and document.

The decorator authorizes, reads the parameters and turns errors into statuses by the same
words that :mod:`jupyter_comm_broker.web.openapi` writes down.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import wraps
from http.client import responses
from inspect import getdoc
from typing import Any, cast

import msgspec
from tornado import web

from jupyter_comm_broker.errors import CommBrokerError
from jupyter_comm_broker.web.handler import CommBrokerHandler
from jupyter_comm_broker.web.parameters import read_path, read_query
from jupyter_comm_broker.web.problem import Problem

JSON = "application/json"
STEP = re.compile(r"\{(\w+)\}")
METHODS = ("get", "post", "put", "patch", "delete")

Method = Callable[..., Awaitable[None]]


class NoQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """No parameter at all."""


@dataclass(frozen=True, eq=False)
class Stream:
    """What is shown without an end: a text of events."""

    events: Mapping[str, Any]
    """By an event's type, the type of its data."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What an operation answers with one status."""

    media: Mapping[str, Any] = field(default_factory=dict)
    """By media type, the type of what is shown, or a stream; ``None`` where it is bytes."""
    description: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    """By name, what they say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One method of one route."""

    name: str
    summary: str
    action: str
    query: type[msgspec.Struct]
    body: Mapping[str, Any]
    """By media type, the type of what is taken; ``None`` where it is bytes."""
    answers: Mapping[int, Answer]
    errors: Sequence[int]


def operation(
    name: str,
    *,
    action: str,
    answers: Mapping[int, Answer],
    query: type[msgspec.Struct] = NoQuery,
    body: Mapping[str, Any] | None = None,
    errors: Sequence[int] = (),
) -> Callable[[Method], Method]:
    """
    Make a handler's method one that only who may do ``action`` with comms can call.

    The method is called with its query, read as ``query`` says, and with the parameters of its
    path by name. Its docstring begins with the summary.
    """

    def decorate(method: Method) -> Method:
        @wraps(method)
        async def guarded(self: CommBrokerHandler, **path: str) -> None:
            # Action and resource stand here explicitly: jupyter_server's own decorator remembers
            # those of the first handler that a shared method was called for.
            await self.require(action)
            try:
                wanted = read_query(self.request.query_arguments, query)
                await method(self, wanted, **read_path(path))
            except CommBrokerError as error:
                raise Problem.of(error) from error

        checked = cast("Method", web.authenticated(guarded))
        checked.__dict__["operation"] = Operation(
            name=name,
            summary=(getdoc(method) or "").partition("\n")[0],
            action=action,
            query=query,
            body=body or {},
            answers=answers,
            errors=errors,
        )
        return checked

    return decorate


@dataclass(frozen=True)
class Route:
    """A path, with ``{names}`` in it, and the handlers that have its methods between them."""

    path: str
    parts: Sequence[type[CommBrokerHandler]]

    def operations(self) -> dict[str, Operation]:
        """Return what it does, by method."""
        found = {}
        for method in METHODS:
            done = getattr(self.handler(), method).__dict__.get("operation")
            if done is not None:
                found[method] = done
        return found

    def handler(self) -> type[CommBrokerHandler]:
        """Return one handler with the methods of all parts."""
        if len(self.parts) == 1:
            return self.parts[0]
        own = {
            method: getattr(part, method)
            for part in self.parts
            for method in METHODS
            if hasattr(getattr(part, method), "operation")
        }
        return type("And".join(part.__name__ for part in self.parts), tuple(self.parts), own)

    def mounted(self) -> tuple[str, type[CommBrokerHandler]]:
        """Return what tornado takes."""
        pattern = "".join(
            f"(?P<{text}>[^/]+)" if index % 2 else re.escape(text)
            for index, text in enumerate(STEP.split(self.path))
        )
        return pattern, self.handler()


def phrase(status: int) -> str:
    """Return what a status is called."""
    return responses.get(status, str(status))
