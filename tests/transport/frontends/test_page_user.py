"""A user counts by a lasting name or by none, never by a name made up for one request."""

from __future__ import annotations

import json
import uuid
from types import SimpleNamespace
from typing import Any

import pytest
from jupyter_server.auth import User

from jupyter_comm_broker.core.pages.page_user import PageUser
from jupyter_comm_broker.transport.frontends.page_user import page_user

MADE_UP = uuid.uuid4().hex


def handler(user: Any, *, token: bool = False, auth: bool = True, cookie: str | None = None) -> Any:
    provider = SimpleNamespace(
        auth_enabled=auth, get_cookie_name=lambda handler: "username", get_secure_cookie_kwargs={}
    )

    def get_secure_cookie(name: str) -> bytes | None:
        assert name == "username"
        return None if cookie is None else json.dumps({"username": cookie}).encode()

    return SimpleNamespace(
        current_user=user,
        token_authenticated=token,
        identity_provider=provider,
        get_secure_cookie=get_secure_cookie,
    )


@pytest.mark.parametrize(
    ("request_", "user"),
    [
        # A password, or a hub.
        (handler(User("ann")), PageUser("ann", shows_token=False)),
        (handler(User(MADE_UP), cookie=MADE_UP), PageUser(MADE_UP, shows_token=False)),
        # A browser that loaded JupyterLab with the token.
        (handler(User(MADE_UP), token=True, cookie=MADE_UP), PageUser(MADE_UP)),
        # A hub's token.
        (handler(User("ann"), token=True), PageUser("ann")),
        # A program with the server's token.
        (handler(User(MADE_UP), token=True), PageUser("")),
        (handler(User(MADE_UP), token=True, cookie="another"), PageUser("")),
        # A server that asks for nothing.
        (handler(User(MADE_UP), auth=False), PageUser("")),
        (handler(User(MADE_UP), auth=False, cookie=MADE_UP), PageUser(MADE_UP)),
        # Older servers had names alone.
        (handler("ann"), PageUser("ann", shows_token=False)),
        (handler(None, auth=False), PageUser("")),
    ],
)
def test_a_users_name_is_one_that_lasts(request_: Any, user: PageUser) -> None:
    assert page_user(request_) == user
