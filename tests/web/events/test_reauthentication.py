"""Who sent a request is asked anew, by a handler that remembers nothing."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from jupyter_server.auth import User
from jupyter_server.base.handlers import JupyterHandler
from tornado.httputil import HTTPHeaders, HTTPServerRequest, RequestStartLine

from jupyter_comm_broker.web.events.reauthentication import is_still_known


class Connection:
    callback: Any = None

    def set_close_callback(self, callback: Any) -> None:
        self.callback = callback


@pytest.mark.parametrize("user", [User("ann"), None])
async def test_what_the_first_handler_remembers_is_not_asked(
    jp_serverapp: Any, monkeypatch: pytest.MonkeyPatch, user: User | None
) -> None:
    connection: Any = Connection()
    connection.context = SimpleNamespace(remote_ip="", protocol="http")
    line = RequestStartLine("GET", "/x?token=1", "HTTP/1.1")
    request = HTTPServerRequest(
        start_line=line, connection=connection, headers=HTTPHeaders({"Host": "localhost"})
    )
    first = JupyterHandler(jp_serverapp.web_app, request)
    first.current_user = first._jupyter_current_user = User("remembered")
    closing, asked = connection.callback, []

    def get_user(handler: Any) -> User | None:
        asked.append(handler)
        return user

    monkeypatch.setattr(jp_serverapp.identity_provider, "get_user", get_user)
    assert await is_still_known(first) is (user is not None)
    (handler,) = asked
    assert handler is not first
    assert not hasattr(handler, "_jupyter_current_user")
    assert handler.request.uri == request.uri
    # Who leaves is still noticed by the first one.
    assert connection.callback == closing
