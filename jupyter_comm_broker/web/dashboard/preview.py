"""
``/comm-broker/preview/frame``: the document in which the dashboard draws one widget.

Code of the kernel's author runs there: scripts in values, anywidget's modules, labextensions. So
the document has no origin. ``sandbox`` is set in the dashboard's frame, and also in the policy
here, for a user who opens the address directly. The document has no cookies, no storage and no
network. It reaches the page that frames it only by messages. (One way out is left: WebRTC, which
no browser's policy can forbid. Only what the widget's author put in could leave that way.)

A document without an origin sends no cookies with its requests. Browsers let it read module
scripts and fonts only if these are public. So its own code and the code of the server's
labextensions are served without a login, like jupyter_server's static files and JupyterLab's own
``lab/extensions``. Anybody can install that code, and it holds nothing about this server's users.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Any

from jupyter_server.base.handlers import FileFindHandler, PublicStaticFileHandler
from tornado import web

from jupyter_comm_broker.protocol.json_text import dumps
from jupyter_comm_broker.web.dashboard.labextensions import Labextension, drawing_widgets, folders
from jupyter_comm_broker.web.dashboard.page import A_YEAR, MEDIA_TYPES, PATH, DashboardHandler
from jupyter_comm_broker.web.dashboard.static_address import is_built

BUILT = Path(__file__).parents[2] / "static" / "preview"
"""The folder of the built document: ``index.html``, and the files that it loads in ``assets``."""

POLICY = "; ".join(
    [
        "sandbox allow-scripts",
        "default-src 'none'",
        # anywidget's widgets have their modules in their state (blob:). Some labextensions make
        # functions from texts. A script in the value of an HTML widget does not run, because that
        # would need 'unsafe-inline'.
        "script-src 'self' blob: 'unsafe-eval'",
        # Widgets set styles inline. anywidget's widgets have style sheets in their state.
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
"""The element that lists the labextensions for the document. The build leaves it empty."""


class ShowPreview(DashboardHandler):
    """``/comm-broker/preview/frame``: the document. It is the same for every widget."""

    @property
    def content_security_policy(self) -> str:
        """What the document may load, and which pages may frame it."""
        return POLICY

    @web.authenticated
    async def get(self) -> None:
        """Show the document, or how to build it."""
        await self.require_read()
        page = self.built(BUILT / "index.html")
        if page is not None:
            self.finish(placed(page, drawing_widgets(folders())))


class ShowPreviewAsset(PublicStaticFileHandler):
    """``/comm-broker/preview/assets/``: the document's own code."""

    def set_extra_headers(self, path: str) -> None:
        """Let a document without an origin read the file, and let browsers keep it."""
        self.set_header("Access-Control-Allow-Origin", "*")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Cache-Control", f"public, max-age={A_YEAR}, immutable")

    def get_content_type(self) -> str:
        """Return the file's media type, by its suffix alone."""
        known = MEDIA_TYPES.get(Path(str(self.absolute_path)).suffix)
        return known or super().get_content_type()


class ShowLabextension(FileFindHandler):
    """``/comm-broker/preview/extensions/``: the code of labextensions."""

    # jupyter_server's own dict is shared by all handlers of this kind, whatever their folders.
    _static_paths: dict[str, str] = {}  # noqa: RUF012 - as in the base class

    def parse_url_path(self, url_path: str) -> str:
        """Return the path of an address. Raises a 404 if the address is not plain."""
        if not is_built(url_path):
            raise web.HTTPError(404)
        return super().parse_url_path(url_path)

    @classmethod
    def get_absolute_path(cls, roots: Sequence[str], path: str) -> str:
        """Return the absolute path of a file; empty if there is none that may be shown."""
        if not is_built(path.replace(os.sep, "/")):
            return ""
        found = super().get_absolute_path(roots, path)
        return found if found and stays_inside(found, path) else ""

    def set_extra_headers(self, path: str) -> None:
        """Let a document without an origin read the file."""
        self.set_header("Access-Control-Allow-Origin", "*")
        self.set_header("X-Content-Type-Options", "nosniff")


def stays_inside(file: str, path: str) -> bool:
    """
    Return whether a labextension's file is in its own folder, also after following links.

    ``jupyter labextension develop`` makes the labextension's folder a link.

    Args:
        file: the file's absolute path.
        path: its path below the folder of all labextensions.
    """
    steps = path.replace(os.sep, "/").split("/")
    depth = len(steps) - steps.index("static") - 1
    built = os.path.realpath(Path(file).parents[depth - 1])
    return Path(os.path.realpath(file)).is_relative_to(built)


def placed(page: str, labextensions: list[Labextension]) -> str:
    """Return the built document with the labextensions that it may load."""
    told = escape(dumps(labextensions).decode(), quote=True)
    return page.replace(LABEXTENSIONS_MARK, LABEXTENSIONS_MARK.replace('"[]"', f'"{told}"'))


preview_handlers: list[tuple[Any, ...]] = [
    (f"/{PATH}/preview/frame", ShowPreview),
    (rf"/{PATH}/preview/assets/([\w.-]+)", ShowPreviewAsset, {"path": str(BUILT / "assets")}),
    # Only built files. package.json and schemas are not served without a login. The handler
    # checks the address again after it is decoded.
    (
        rf"/{PATH}/preview/extensions/([^/.][^/]*/(?:[^/.][^/]*/)?static/.+)",
        ShowLabextension,
        {"path": folders()},
    ),
]
"""The handlers, as tornado takes them."""
