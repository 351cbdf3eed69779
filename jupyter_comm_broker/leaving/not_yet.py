"""
Answers 503 to requests for kernels that are not adopted yet.

A page that gets a 404 for its kernel, or a list without it, gives the kernel up for good. After a
503 it asks again (fact 6.12). A new session for the same document would start a second kernel.
"""

from __future__ import annotations

import re
from typing import Any

from jupyter_server.base.handlers import APIHandler
from tornado import web
from tornado.httputil import HTTPServerRequest
from tornado.routing import Matcher, Rule

from jupyter_comm_broker.leaving.adoption import Adoption

RETRY_SECONDS = 2
"""Seconds after which a client may ask again."""

WHY = "the server has started anew, and has not adopted its kernels yet; try again"


class NotYet(Matcher):
    """
    Matches the requests that cannot be answered before the kernels are adopted.

    Args:
        base_url: the beginning of all paths of the server.
        adoption: knows which kernels wait.
    """

    def __init__(self, base_url: str, adoption: Adoption) -> None:
        self._adoption = adoption
        base = re.escape(base_url.rstrip("/"))
        self._sessions = re.compile(rf"{base}/api/sessions(/.*)?")
        self._kernels = re.compile(rf"{base}/api/kernels(/(?P<kernel_id>[^/]*)(/.*)?)?")

    def match(self, request: HTTPServerRequest) -> dict[str, Any] | None:
        """Return an empty dict if a request must wait; ``None`` if it need not."""
        if self._adoption.is_over:
            return None
        if self._sessions.fullmatch(request.path):
            return {}
        found = self._kernels.fullmatch(request.path)
        if found is None:
            return None
        kernel_id = found["kernel_id"]
        # A list would lack the kernels that wait. A new kernel takes nothing from them.
        must_wait = kernel_id in self._adoption.waiting if kernel_id else request.method == "GET"
        return {} if must_wait else None


class NotYetHandler(APIHandler):
    """Says that it is too early."""

    @web.authenticated
    def get(self, *values: str) -> None:
        """
        Answer any request.

        Args:
            values: nothing.

        Raises:
            tornado.web.HTTPError: always, with 503.
        """
        raise web.HTTPError(503, WHY)

    post = put = patch = delete = get

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Write an error as jupyter_server does, and when to ask again."""
        if status_code == 503:
            self.set_header("Retry-After", str(RETRY_SECONDS))
        super().write_error(status_code, **kwargs)


def rule(base_url: str, adoption: Adoption) -> Rule:
    """Return the rule that must come before all others."""
    return Rule(NotYet(base_url, adoption), NotYetHandler)
