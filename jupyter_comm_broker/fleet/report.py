"""
What a server reports: counts, ages, sizes, targets and versions. No state, and no content.

Servers and the service share this shape. A report has a bounded size, however many comms there are.
A newer server may add fields, which an older service ignores.
"""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from jupyter_comm_broker.fleet.refusals import MalformedReportError

FORMAT = 1
"""The number of this shape. It changes if the meaning of a field changes."""

MOST_BYTES = 16 * 1024
"""The largest report that is taken. A report with all targets and the longest names has 8 kB."""

MOST_TARGETS = 20
"""Targets that are named. The rest is summed up: a page has no room for more."""

NAME = 80
"""Characters of a target's name that are reported. Names come from kernels, of any length."""

REASON = 300
"""Characters of a reason. The broker's own reasons have fewer."""

OTHERS = "(others)"
"""The name under which the targets that are not named are summed up."""

Count = Annotated[int, Meta(ge=0, le=2**53)]
Seconds = Annotated[float, Meta(ge=0, le=1e10)]
Version = Annotated[str, Meta(min_length=1, max_length=40)]
UserName = Annotated[str, Meta(min_length=1, max_length=255)]
Target = Annotated[str, Meta(max_length=NAME)]


class Kernels(Struct, frozen=True, kw_only=True):
    """The kernels of a server."""

    running: Count = 0
    busy: Count = 0
    unlinked: Count = 0
    """Kernels that the broker cannot connect to."""
    busy_seconds: Seconds = 0.0
    """For how long the longest running request has run."""


class Pages(Struct, frozen=True, kw_only=True):
    """The pages that are attached to the kernels, and what waits for them."""

    attached: Count = 0
    away: Count = 0
    """Pages whose socket is gone, and for which messages are kept."""
    waiting_bytes: Count = 0


class Comms(Struct, frozen=True, kw_only=True):
    """The comms of all kernels."""

    open: Count = 0
    oldest_seconds: Seconds = 0.0
    quiet_seconds: Seconds = 0.0
    """For how long no message has passed on any comm; 0 if there is none."""
    targets: Annotated[dict[Target, Count], Meta(max_length=MOST_TARGETS + 1)] = {}
    """How many comms each target has. The name :data:`OTHERS` sums up the rest."""


class States(Struct, frozen=True, kw_only=True):
    """The mirrored states, by how far they can be trusted."""

    clean: Count = 0
    dirty: Count = 0
    unknown: Count = 0
    too_large: Count = 0
    bytes: Count = 0


class Report(Struct, frozen=True, kw_only=True):
    """One report of one server."""

    format: Annotated[int, Meta(ge=1, le=1)] = FORMAT
    user: UserName
    server_name: Annotated[str, Meta(max_length=255)] = ""
    """The name of the server; empty for the user's default server."""
    life: Annotated[str, Meta(min_length=1, max_length=32)]
    """An id of the server's process."""
    number: Count
    """How many reports the process had made before. One that arrives late is not taken."""
    interval: Seconds
    """Within so many seconds the next report follows."""
    ended: bool = False
    """Whether the server stops, so that no report follows."""
    version: Version
    """The version of the broker."""
    server_version: Version
    """The version of jupyter_server."""
    python: Version
    in_path: bool
    reason: Annotated[str, Meta(max_length=REASON)] | None = None
    """Why the broker is not in the path."""
    up_seconds: Seconds = 0.0
    faults: Count = 0
    """Errors of the broker itself."""
    kernels: Kernels = Kernels()
    pages: Pages = Pages()
    comms: Comms = Comms()
    states: States = States()

    @property
    def doubtful(self) -> int:
        """How many states may differ from the kernel's."""
        return self.states.dirty + self.states.unknown


_DECODER = msgspec.json.Decoder(Report)


def decoded(body: bytes) -> Report:
    """
    Return the report in a request's body.

    Raises:
        MalformedReportError: it is too large, no JSON, or no report.
    """
    if len(body) > MOST_BYTES:
        raise MalformedReportError(f"a report of {len(body)} bytes; the most is {MOST_BYTES}")
    try:
        return _DECODER.decode(body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise MalformedReportError(f"no report: {error}") from None


def encoded(report: Report) -> bytes:
    """Return a report as JSON."""
    return msgspec.json.encode(report)
