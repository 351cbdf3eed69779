"""The fleet page, what its script asks for, and the files that it loads."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tornado import web

from jupyter_comm_broker.fleet.refusals import HubNotReachedError
from jupyter_comm_broker.fleet.service.columns import Sight
from jupyter_comm_broker.fleet.service.document import news, page, refusal
from jupyter_comm_broker.fleet.service.roster import Roster

STATIC = Path(__file__).parent / "static"
"""The folder of the script and the style."""

MEDIA_TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8"}
"""Media types by suffix. A machine's own table may have a type that browsers refuse to run."""

POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "connect-src 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "form-action 'none'",
    ]
)
"""The page's policy. It runs no code but its own file, and no other page may frame it."""

LARGEST = 2**53
"""The largest revision that a reader may name."""


@dataclass(frozen=True, slots=True)
class Show:
    """What all handlers of the page need."""

    roster: Roster
    prefix: str
    """The beginning of the service's own paths."""
    life: str
    """An id of the service's process."""
    current: str
    """The version that servers should have."""
    users_at: str
    """The address that a user's name is added to."""
    groups: Sequence[str]
    """The groups whose members see the page, beside the Hub's admins."""
    clock: Callable[[], float]
    """The clock of the roster."""

    def sight(self) -> Sight:
        """Return what is shown beside the reports, and mark who is silent."""
        self.roster.sweep(self.clock())
        # The machine's time may be set. So the difference is taken anew each time.
        return Sight(self.current, time.time() - self.clock(), self.users_at)


def may_look(viewer: Mapping[str, Any], groups: Sequence[str]) -> bool:
    """
    Return whether a user may see the page: an admin of the Hub, or a member of one of the groups.

    The right to access the service is not enough. Some Hubs give it to everybody for all services.

    Args:
        viewer: the user, as the Hub describes them.
        groups: the groups.
    """
    if viewer.get("kind", "user") != "user":
        return False
    return viewer.get("admin") is True or not set(groups).isdisjoint(viewer.get("groups") or ())


class FleetHandler(web.RequestHandler):
    """What the handlers for people share. How people log in is said by a subclass."""

    is_page = True
    """Whether who is not logged in is sent to the Hub."""

    def initialize(self, show: Show) -> None:
        """Remember what there is to show."""
        self.show = show
        self.viewer: Mapping[str, Any] = {}

    def set_default_headers(self) -> None:
        """Set the page's policy, and let nobody keep what it shows."""
        self.set_header("Content-Security-Policy", POLICY)
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("X-Frame-Options", "DENY")
        self.set_header("Referrer-Policy", "same-origin")
        self.set_header("Cache-Control", "no-store")

    async def who(self) -> Mapping[str, Any] | None:
        """Return who asks, as the Hub describes them; ``None`` if they are not logged in."""
        raise NotImplementedError

    async def prepare(self) -> None:
        """Let in who may look, and nobody else."""
        try:
            viewer = await self.who()
        except HubNotReachedError as error:
            self._refuse(503, "The Hub does not answer", str(error))
            return
        if viewer is None:
            if self.is_page and self.request.method in ("GET", "HEAD"):
                self.redirect(self.get_login_url())
            else:
                self._refuse(401, "Not logged in", "Load the page to log in.")
        elif not may_look(viewer, self.show.groups):
            self._refuse(
                403, "Not for you", "Only admins of this Hub see the servers of all users."
            )
        else:
            self.viewer = viewer

    def _refuse(self, status: int, title: str, text: str) -> None:
        self.set_status(status)
        self.finish(refusal(title, text))

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Answer without a traceback."""
        self.finish(refusal(f"Error {status_code}", self._reason))


class ShowFleet(FleetHandler):
    """The page."""

    async def get(self) -> None:
        """Show all servers."""
        show = self.show
        sight = show.sight()
        self.finish(
            page(
                show.roster,
                sight,
                prefix=show.prefix,
                life=show.life,
                viewer=str(self.viewer.get("name")),
                xsrf=self.xsrf_token.decode(),
            )
        )


class ShowRows(FleetHandler):
    """``api/rows``: what changed since the script asked last."""

    is_page = False

    async def get(self) -> None:
        """Answer the rows that changed."""
        show = self.show
        said = self.get_query_argument("since", "0")
        if not (said.isascii() and said.isdigit() and len(said) < 17 and int(said) <= LARGEST):
            raise web.HTTPError(400, reason="since is not a revision")
        sight = show.sight()
        found = news(
            show.roster,
            sight,
            life=show.life,
            asked_life=self.get_query_argument("life", ""),
            since=int(said),
        )
        self.set_header("Content-Type", "application/json")
        self.finish(json.dumps(found, separators=(",", ":")))


class ShowFile(web.StaticFileHandler):
    """``static/``: the script and the style. They hold nothing of anybody."""

    def set_default_headers(self) -> None:
        """Let browsers ask each time whether the file is still the same."""
        self.set_header("Cache-Control", "no-cache")
        self.set_header("X-Content-Type-Options", "nosniff")

    def get_content_type(self) -> str:
        """Return the file's media type, by its suffix alone."""
        return MEDIA_TYPES.get(Path(str(self.absolute_path)).suffix, "application/octet-stream")
