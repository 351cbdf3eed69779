"""
Operations: what a method of a route takes and answers, said once for handler and document.

The decorator checks the right, reads the parameters, and turns errors into statuses. The document
of :mod:`jupyter_comm_broker.web.openapi` is written from the same declaration.
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
from jupyter_comm_broker.web.handler import AUTH_RESOURCE, CommBrokerHandler
from jupyter_comm_broker.web.parameters import read_path, read_query
from jupyter_comm_broker.web.problem import Problem

JSON = "application/json"
STEP = re.compile(r"\{(\w+)\}")
METHODS = ("get", "post", "put", "patch", "delete")

Method = Callable[..., Awaitable[None]]


class NoQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The query of an operation that takes no parameters."""


@dataclass(frozen=True, eq=False)
class Stream:
    """An answer without an end: server-sent events."""

    events: Mapping[str, Any]
    """By an event's type, the type of its data."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The answer of an operation with one status."""

    media: Mapping[str, Any] = field(default_factory=dict)
    """By media type, the type of the answer's body: a type, a stream, or ``None`` for bytes."""
    description: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    """By name, the descriptions of the answer's headers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One method of one route."""

    name: str
    summary: str
    action: str
    resource: str
    query: type[msgspec.Struct]
    body: Mapping[str, Any]
    """By media type, the type of the request's body; ``None`` for bytes."""
    answers: Mapping[int, Answer]
    errors: Sequence[int]


def operation(
    name: str,
    *,
    action: str,
    answers: Mapping[int, Answer],
    resource: str = AUTH_RESOURCE,
    query: type[msgspec.Struct] = NoQuery,
    body: Mapping[str, Any] | None = None,
    errors: Sequence[int] = (),
) -> Callable[[Method], Method]:
    """
    Make a handler's method an operation.

    The method is called with its query, and with the parameters of its path by name. The first
    line of its docstring is the operation's summary.

    Args:
        name: the operation's name in the document.
        action: the right that a user needs.
        answers: the answers, by status.
        resource: what the right is on.
        query: the type of the query's parameters.
        body: by media type, the type of the request's body.
        errors: the statuses of errors, besides those of every operation.
    """

    def decorate(method: Method) -> Method:
        @wraps(method)
        async def guarded(self: CommBrokerHandler, **path: str) -> None:
            # Not jupyter_server's own decorator: it remembers the action and the resource of the
            # first handler that a shared method was called for.
            await self.require(action, resource)
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
            resource=resource,
            query=query,
            body=body or {},
            answers=answers,
            errors=errors,
        )
        return checked

    return decorate


@dataclass(frozen=True)
class Route:
    """A path with ``{names}`` in it, and the handlers of its methods."""

    path: str
    parts: Sequence[type[CommBrokerHandler]]

    def operations(self) -> dict[str, Operation]:
        """Return the route's operations, by method."""
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
        """Return the route as tornado takes it: a pattern and a handler."""
        pattern = "".join(
            f"(?P<{text}>[^/]+)" if index % 2 else re.escape(text)
            for index, text in enumerate(STEP.split(self.path))
        )
        return pattern, self.handler()


def phrase(status: int) -> str:
    """Return the name of a status."""
    return responses.get(status, str(status))
