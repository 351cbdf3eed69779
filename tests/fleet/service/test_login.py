"""People log in at the Hub; a token that may not access the service is nobody's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from tornado import web

from jupyter_comm_broker.fleet.refusals import HubNotReachedError
from jupyter_comm_broker.fleet.service.pages import may_look

HUBS = {
    "JUPYTERHUB_API_TOKEN": "the-services",
    "JUPYTERHUB_CLIENT_ID": "service-fleet",
    "JUPYTERHUB_SERVICE_NAME": "fleet",
    "JUPYTERHUB_SERVICE_PREFIX": "/services/fleet/",
}
ADMIN = {"kind": "user", "name": "admin", "admin": True, "groups": []}


@pytest.fixture
def login(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The module, in the environment of a service."""
    auth = pytest.importorskip("jupyterhub.services.auth")
    for name, text in HUBS.items():
        monkeypatch.setenv(name, text)
    auth.HubOAuth.clear_instance()
    from jupyter_comm_broker.fleet.service import login

    yield login
    auth.HubOAuth.clear_instance()


class Asked:
    """A request, and the Hub's answer to it."""

    def __init__(self, login: Any, answer: Any) -> None:
        self.hub_auth = login.HubOAuth.instance()
        self._answer = answer

        async def get_user(handler: Any, *, sync: bool) -> Any:
            if isinstance(answer, Exception):
                raise answer
            return answer

        self.hub_auth.get_user = get_user


async def who(login: Any, answer: Any) -> Any:
    login.prepare()
    return await login.ThroughHub.who(Asked(login, answer))


@pytest.mark.parametrize("scope", ["access:services", "access:services!service=fleet"])
async def test_who_may_access_the_service_is_shown_as_the_hub_describes_them(
    login: Any, scope: str
) -> None:
    viewer = {**ADMIN, "scopes": [scope]}
    assert await who(login, viewer) == viewer
    assert await who(login, None) is None


@pytest.mark.parametrize("scopes", [[], ["access:services!service=other"], ["access:servers"]])
async def test_a_token_of_an_admin_that_may_not_access_the_service_sees_nothing(
    login: Any, scopes: list[str]
) -> None:
    found = await who(login, {**ADMIN, "scopes": scopes})
    assert found["name"] == "admin"
    assert not may_look(found, [])


@pytest.mark.parametrize("error", [web.HTTPError(502), TimeoutError()])
async def test_a_hub_that_is_down_or_slow_is_said_to_be_down(login: Any, error: Exception) -> None:
    with pytest.raises(HubNotReachedError):
        await who(login, error)


def test_an_environment_that_is_no_services_is_refused(
    login: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("JUPYTERHUB_CLIENT_ID")
    with pytest.raises(ValueError, match="JUPYTERHUB_CLIENT_ID"):
        login.prepare()
