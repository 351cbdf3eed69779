"""``/comm-broker``: the dashboard. Its policy allows no code but its own files."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import Any

from jupyter_core.utils import ensure_async
from jupyter_server.base.handlers import JupyterHandler, PublicStaticFileHandler
from tornado import web

from jupyter_comm_broker.core.gate.rights import RESOURCE
from jupyter_comm_broker.log_lines import OneLineLog

PATH = "comm-broker"
"""The page's path below the server's base_url."""

BUILT = Path(__file__).parents[2] / "static" / "dashboard"
"""The folder of the built page: ``index.html``, and the files that it loads in ``assets``."""

POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "connect-src 'self'",
        "img-src 'self' data: blob:",
        "frame-src 'self'",
        "frame-ancestors 'self'",
        "base-uri 'none'",
        "form-action 'none'",
    ]
)
"""The page's policy. Scripts and styles in a widget's state never run."""

BASE_URL_MARK = '<meta name="jupyter-base-url" content="" />'
"""The element from which the page reads the server's base_url. The build leaves it empty."""

RELATIVE = '"./assets/'
"""The beginning of the addresses in the built page."""

NOT_BUILT = """<!doctype html>
<html lang="en">
<title>Comm broker</title>
<h1>The dashboard has not been built</h1>
<p>This server runs jupyter_comm_broker from a checkout. To build the page, run this there:</p>
<pre>pip install -e .</pre>
<p>Then load this page again. An installed wheel contains the page.</p>
</html>
"""

A_YEAR = 365 * 24 * 3600
"""Seconds for which browsers keep a file. A file that changes gets another name."""

MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
"""Media types by suffix. A machine's own table may have a type that browsers refuse to run."""


class DashboardHandler(JupyterHandler):
    """What the handlers of the page and of the preview share."""

    auth_resource = RESOURCE

    @property
    def log(self) -> Any:
        """The server's log. Each message becomes one line, because it may quote a client."""
        return OneLineLog(super().log)

    @property
    def content_security_policy(self) -> str:
        """What the page may load, and which pages may frame it."""
        return POLICY

    def set_default_headers(self) -> None:
        """Add two headers: browsers guess no media types, and send no referrer to other servers."""
        super().set_default_headers()
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Referrer-Policy", "same-origin")

    async def require_read(self) -> None:
        """Check that the user may read comms. Raises a 403."""
        # Not jupyter_server's own decorator, as in web.operation.
        user = self.current_user
        may = self.authorizer.is_authorized(self, user, "read", RESOURCE)
        if user is None or not await ensure_async(may):
            who = getattr(user, "username", user)
            self.log.warning("comm broker: %s may not read %s: %s", who, RESOURCE, PATH)
            raise web.HTTPError(403, "%s may not read %s", who, RESOURCE)

    def built(self, page: Path) -> str | None:
        """Return a built page. If there is none, answer how to build it and return ``None``."""
        self.set_header("Cache-Control", "no-cache")
        if page.is_file():
            return page.read_text(encoding="utf-8")
        self.set_status(503)
        self.finish(NOT_BUILT)
        return None


class ShowDashboard(DashboardHandler):
    """``/comm-broker``: the page. Its query says what it shows."""

    @web.authenticated
    async def get(self) -> None:
        """Show the page, or how to build it."""
        await self.require_read()
        page = self.built(BUILT / "index.html")
        if page is None:
            return
        # Reading the token sets its cookie. Without the cookie the page can send nothing.
        self.log.debug("comm broker: the page has an XSRF token of %d", len(self.xsrf_token))
        self.finish(placed(page, self.base_url))


class ShowAsset(PublicStaticFileHandler):
    """
    ``/comm-broker/assets/``: the files that the page loads, for everybody.

    They are the same on every server, and anybody can install them. Browsers load modules in the
    mode "cors". A JupyterHub takes no cookie with a request in that mode, unless it has a token in
    a header, which a module cannot have.
    """

    def initialize(self) -> None:  # type: ignore[override]
        """Serve the folder of built files."""
        super().initialize(path=str(BUILT / "assets"))

    def set_extra_headers(self, path: str) -> None:
        """Let browsers keep the file. A file never changes under its name."""
        self.set_header("Cache-Control", f"public, max-age={A_YEAR}, immutable")
        self.set_header("Content-Security-Policy", POLICY)
        self.set_header("X-Content-Type-Options", "nosniff")

    def get_content_type(self) -> str:
        """Return the file's media type, by its suffix alone."""
        known = MEDIA_TYPES.get(Path(str(self.absolute_path)).suffix)
        return known or super().get_content_type()


def placed(page: str, base_url: str) -> str:
    """Return the built page with the addresses below a server's base_url."""
    base = escape(base_url, quote=True)
    return page.replace(BASE_URL_MARK, BASE_URL_MARK.replace('""', f'"{base}"')).replace(
        RELATIVE, f'"{base}{PATH}/assets/'
    )


page_handlers = [
    (f"/{PATH}", ShowDashboard),
    (rf"/{PATH}/assets/([\w.-]+)", ShowAsset),
]
"""The handlers, as tornado takes them."""
