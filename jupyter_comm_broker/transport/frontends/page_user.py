"""
The user of a page, as far as the name stays the same from one socket to the next.

When a request shows only the server's token, or needs no authentication, jupyter_server makes up
a user name and puts it into a cookie. A browser keeps the cookie, so its name stays the same. A
program keeps no cookie. It gets another name with each request, so that name identifies nobody.
"""

from __future__ import annotations

import re

from jupyter_server.base.handlers import JupyterHandler

from jupyter_comm_broker.core.pages.page_user import PageUser

MADE_UP = re.compile("[0-9a-f]{32}")
"""The pattern of user names that jupyter_server makes up: the hex digits of a UUID."""


def page_user(handler: JupyterHandler) -> PageUser:
    """Return the user of an authenticated request."""
    user = handler.current_user
    name = str(getattr(user, "username", user or ""))
    shows_token = handler.token_authenticated or not handler.identity_provider.auth_enabled
    if shows_token and MADE_UP.fullmatch(name) and not _names(handler, name):
        name = ""
    return PageUser(name, shows_token)


def _names(handler: JupyterHandler, name: str) -> bool:
    """Return whether the request's login cookie holds the name."""
    provider = handler.identity_provider
    cookie = handler.get_secure_cookie(
        provider.get_cookie_name(handler), **provider.get_secure_cookie_kwargs
    )
    return cookie is not None and name.encode() in cookie
