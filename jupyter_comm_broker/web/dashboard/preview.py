"""
``/comm-broker/preview/frame``: the document in which the dashboard draws one widget.

Whatever a kernel put into a widget runs there: scripts in values, anywidget's modules, code of
labextensions. So the document has no origin: ``sandbox`` stands in the dashboard's frame and, for
whoever opens the address by itself, in the policy here. It has no cookies, no storage and no
network, and reaches the page that frames it by messages alone. (One way out is left: WebRTC, which
no policy that browsers know forbids. What could leave is what the widget's author put in.)

A document without an origin sends no cookies with what it loads, and browsers let it read module
scripts and fonts only where these are for everybody. So its own code and that of the server's
labextensions is served without a login, as jupyter_server's static files and JupyterLab's own
``lab/extensions`` are: it is what anybody can install, and holds nothing of this server's users.
"""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import Any

from jupyter_server.base.handlers import FileFindHandler, PublicStaticFileHandler
from tornado import web

from jupyter_comm_broker.protocol.json_text import dumps
from jupyter_comm_broker.web.dashboard.labextensions import Labextension, drawing_widgets, folders
from jupyter_comm_broker.web.dashboard.page import A_YEAR, MEDIA_TYPES, PATH, DashboardHandler

BUILT = Path(__file__).parents[1] / "static" / "preview"
"""What the build puts there: ``index.html``, and what it loads under ``assets``."""

POLICY = "; ".join(
    [
        "sandbox allow-scripts",
        "default-src 'none'",
        # anywidget's widgets bring their modules in their state (blob:), and some labextensions
        # make functions of texts. No script in a value of an HTML widget runs: that would take
        # 'unsafe-inline'.
        "script-src 'self' blob: 'unsafe-eval'",
        # Widgets set styles inline, and anywidget's bring style sheets in their state.
        "style-src 'self' 'unsafe-inline'",
        "font-src 'self' data:",
        "img-src data: blob:",
        "media-src data: blob:",
        "connect-src 'none'",
        "frame-ancestors 'self'",
        "base-uri 'none'",
        "form-action 'none'",
    ]
)

LABEXTENSIONS_MARK = '<meta name="labextensions" content="[]" />'
"""Where the document reads from which labextensions it can have widgets; empty in what is built."""


class ShowPreview(DashboardHandler):
    """``/comm-broker/preview/frame``: the document, which is the same for every widget."""

    @property
    def content_security_policy(self) -> str:
        """What the document may load, and who may frame it."""
        return POLICY

    @web.authenticated
    async def get(self) -> None:
        """Show it, or what has to be done to have it."""
        await self.require_read()
        page = self.built(BUILT / "index.html")
        if page is not None:
            self.finish(placed(page, drawing_widgets(folders())))


class ShowPreviewAsset(PublicStaticFileHandler):
    """``/comm-broker/preview/assets/``: the document's own code."""

    def set_extra_headers(self, path: str) -> None:
        """Let a document without an origin read it, and browsers keep it."""
        self.set_header("Access-Control-Allow-Origin", "*")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Cache-Control", f"public, max-age={A_YEAR}, immutable")

    def get_content_type(self) -> str:
        """Return its type, by its suffix alone."""
        known = MEDIA_TYPES.get(Path(str(self.absolute_path)).suffix)
        return known or super().get_content_type()


class ShowLabextension(FileFindHandler):
    """``/comm-broker/preview/extensions/``: the code of labextensions."""

    def set_extra_headers(self, path: str) -> None:
        """Let a document without an origin read it."""
        self.set_header("Access-Control-Allow-Origin", "*")
        self.set_header("X-Content-Type-Options", "nosniff")


def placed(page: str, labextensions: list[Labextension]) -> str:
    """Return the built document with the labextensions that it may load."""
    told = escape(dumps(labextensions).decode(), quote=True)
    return page.replace(LABEXTENSIONS_MARK, LABEXTENSIONS_MARK.replace('"[]"', f'"{told}"'))


preview_handlers: list[tuple[Any, ...]] = [
    (f"/{PATH}/preview/frame", ShowPreview),
    (rf"/{PATH}/preview/assets/([\w.-]+)", ShowPreviewAsset, {"path": str(BUILT / "assets")}),
    # Only what was built: package.json and schemas are nobody's without a login.
    (
        rf"/{PATH}/preview/extensions/([^/.][^/]*/(?:[^/.][^/]*/)?static/.+)",
        ShowLabextension,
        {"path": folders()},
    ),
]
"""What tornado takes."""
