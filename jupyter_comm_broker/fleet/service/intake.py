"""``POST api/reports``: takes the reports of servers, each from the server itself only."""

from __future__ import annotations

import json
import logging
import re
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any

from tornado import web

from jupyter_comm_broker.fleet.refusals import (
    FleetFullError,
    HubNotReachedError,
    MalformedReportError,
    NotOwnReportError,
    OldReportError,
    ReportError,
    TooManyReportsError,
    UnknownReporterError,
)
from jupyter_comm_broker.fleet.report import decoded
from jupyter_comm_broker.fleet.service.owners import Owner, check
from jupyter_comm_broker.fleet.service.pulse import Pulse
from jupyter_comm_broker.fleet.service.roster import Roster
from jupyter_comm_broker.log_lines import OneLineLog

STATUS_OF: dict[type[ReportError], int] = {
    MalformedReportError: 400,
    UnknownReporterError: 401,
    NotOwnReportError: 403,
    TooManyReportsError: 429,
    FleetFullError: 503,
    OldReportError: 503,
    HubNotReachedError: 503,
}
"""By class of error, the HTTP status."""

HEADER = re.compile(r"(?:token|bearer) +(\S+)$", re.IGNORECASE)
"""How a token is sent."""

LOGGED = 20
"""Refusals of a kind that are logged one by one. After that, every hundredth is."""

log = OneLineLog(logging.getLogger(__name__))


class Intake:
    """
    Takes reports.

    Args:
        roster: where they are kept.
        owner: asks the Hub whose token it is.
        pulse: knows whether a report may be old.
        clock: a clock that is never set.
    """

    def __init__(
        self,
        roster: Roster,
        owner: Callable[[str], Awaitable[Owner]],
        pulse: Pulse,
        clock: Callable[[], float],
    ) -> None:
        self._roster = roster
        self._owner = owner
        self._pulse = pulse
        self._clock = clock
        self.counted: Counter[str] = Counter()
        """How many reports were taken, and how many were refused, by the class of the error."""

    async def take(self, authorization: str, body: bytes) -> None:
        """
        Take a report.

        Args:
            authorization: the header of that name.
            body: the body of the request.

        Raises:
            ReportError: it is not taken.
        """
        if self._pulse.is_deaf():
            raise OldReportError
        sent = HEADER.match(authorization)
        if sent is None:
            raise UnknownReporterError("a report needs the server's own token, in a header")
        owner = await self._owner(sent[1])
        report = decoded(body)
        check(owner, report.user, report.server_name)
        if self._roster.take(report, self._clock()):
            self.counted["taken"] += 1

    def refused(self, error: ReportError) -> None:
        """Count a refusal, and log it if there were few of its kind."""
        kind = type(error).__name__
        self.counted[kind] += 1
        count = self.counted[kind]
        if count <= LOGGED or count % 100 == 0:
            log.warning("refused a report (%s, number %d): %s", kind, count, error)


class TakeReport(web.RequestHandler):
    """``POST api/reports``."""

    def initialize(self, intake: Intake) -> None:
        """Remember who takes reports."""
        self.intake = intake

    def set_default_headers(self) -> None:
        """Say that answers are not to be kept, and what they are not."""
        self.set_header("Cache-Control", "no-store")
        self.set_header("X-Content-Type-Options", "nosniff")

    def check_xsrf_cookie(self) -> None:
        """Check nothing: no cookie is read here, so a page cannot use somebody's."""

    async def post(self) -> None:
        """Take a report: 204, or an error that says what is wrong."""
        try:
            await self.intake.take(self.request.headers.get("Authorization", ""), self.request.body)
        except ReportError as error:
            self.intake.refused(error)
            self._answer(error)
        else:
            self.set_status(204)

    def _answer(self, error: ReportError) -> None:
        self.set_status(STATUS_OF[type(error)])
        retry_after = getattr(error, "retry_after", None)
        if retry_after is not None:
            self.set_header("Retry-After", str(round(retry_after)))
        self.set_header("Content-Type", "application/json")
        self.finish(json.dumps({"message": str(error), "reason": type(error).__name__}))

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Answer in JSON what tornado refuses, without a traceback."""
        self.set_header("Content-Type", "application/json")
        self.finish(json.dumps({"message": self._reason, "reason": self._reason}))
