"""``/comm-broker``: the dashboard, under a policy that trusts nothing but its own files."""

from __future__ import annotations

from html import escape
from pathlib import Path

from jupyter_core.utils import ensure_async
from jupyter_server.base.handlers import JupyterHandler
from tornado import web

from jupyter_comm_broker.core.gate.rights import RESOURCE

PATH = "comm-broker"
"""Where the page is, below the server's base_url."""

BUILT = Path(__file__).parents[1] / "static" / "dashboard"
"""What the build puts there: ``index.html``, and what it loads under ``assets``."""

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
"""No script and no style but our own files, whatever a widget's state holds."""

BASE_URL_MARK = '<meta name="jupyter-base-url" content="" />'
"""Where the page reads the server's base_url from; empty in what is built."""

RELATIVE = '"./assets/'
"""How the built page names what it loads."""

NOT_BUILT = """<!doctype html>
<html lang="en">
<title>Comm broker</title>
<h1>The dashboard has not been built</h1>
<p>This server runs jupyter_comm_broker from a checkout. In it, run</p>
<pre>pip install -e .</pre>
<p>which builds the page, then load it again. An installed wheel has the page in it.</p>
</html>
"""

A_YEAR = 365 * 24 * 3600
"""For how long browsers keep what is loaded: its name is another one when it changes."""

MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
"""By suffix; a machine's own table may know another type, which browsers then refuse to run."""


class DashboardHandler(JupyterHandler):
    """What page and assets share."""

    auth_resource = RESOURCE

    @property
    def content_security_policy(self) -> str:
        """What the page may load, and who may frame it."""
        return POLICY

    def set_default_headers(self) -> None:
        """Add to the server's: no guessing of types, and no address told to anybody else."""
        super().set_default_headers()
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Referrer-Policy", "same-origin")

    async def require_read(self) -> None:
        """Go on only for who may read comms; raises a 403."""
        # Action and resource stand here explicitly, as in web.operation.
        user = self.current_user
        may = self.authorizer.is_authorized(self, user, "read", RESOURCE)
        if user is None or not await ensure_async(may):
            who = getattr(user, "username", user)
            self.log.warning("comm broker: %s may not read %s: %s", who, RESOURCE, PATH)
            raise web.HTTPError(403, "%s may not read %s", who, RESOURCE)

    def built(self, page: Path) -> str | None:
        """Return a built page; where there is none, say what has to be done and return ``None``."""
        self.set_header("Cache-Control", "no-cache")
        if page.is_file():
            return page.read_text(encoding="utf-8")
        self.set_status(503)
        self.finish(NOT_BUILT)
        return None


class ShowDashboard(DashboardHandler):
    """``/comm-broker``: the page itself. What it shows stands in its query."""

    @web.authenticated
    async def get(self) -> None:
        """Show the page, or what has to be done to have one."""
        await self.require_read()
        page = self.built(BUILT / "index.html")
        if page is None:
            return
        # Asking for the token sets its cookie, without which nothing can be sent from the page.
        self.log.debug("comm broker: the page has an XSRF token of %d", len(self.xsrf_token))
        self.finish(placed(page, self.base_url))


class ShowAsset(DashboardHandler, web.StaticFileHandler):
    """``/comm-broker/assets/``: what the page loads."""

    def initialize(self) -> None:  # type: ignore[override]
        """Serve what was built."""
        super().initialize(path=str(BUILT / "assets"))

    @web.authenticated
    async def get(  # type: ignore[override]  # what the decorator returns
        self, path: str, include_body: bool = True
    ) -> None:
        """Show one file."""
        await self.require_read()
        await web.StaticFileHandler.get(self, path, include_body)

    @web.authenticated
    async def head(self, path: str) -> None:  # type: ignore[override]
        """Show one file's headers."""
        await self.require_read()
        await web.StaticFileHandler.get(self, path, include_body=False)

    def set_extra_headers(self, path: str) -> None:
        """Let browsers keep it: under this name it never changes."""
        self.set_header("Cache-Control", f"private, max-age={A_YEAR}, immutable")

    def get_content_type(self) -> str:
        """Return its type, by its suffix alone."""
        known = MEDIA_TYPES.get(Path(str(self.absolute_path)).suffix)
        return known or super().get_content_type()


def placed(page: str, base_url: str) -> str:
    """Return the built page as it stands below a server's base_url."""
    base = escape(base_url, quote=True)
    return page.replace(BASE_URL_MARK, BASE_URL_MARK.replace('""', f'"{base}"')).replace(
        RELATIVE, f'"{base}{PATH}/assets/'
    )


page_handlers = [
    (f"/{PATH}", ShowDashboard),
    (rf"/{PATH}/assets/([\w.-]+)", ShowAsset),
]
"""What tornado takes."""
