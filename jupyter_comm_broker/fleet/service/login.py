"""How people log in: by OAuth at the Hub. Only this module needs the package jupyterhub."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from jupyterhub.services.auth import HubOAuth, HubOAuthCallbackHandler, HubOAuthenticated
from tornado import web

from jupyter_comm_broker.fleet.refusals import HubNotReachedError
from jupyter_comm_broker.fleet.service.pages import FleetHandler, ShowFleet, ShowRows

KEPT = 60
"""Seconds for which the Hub's word on a viewer holds. An admin who is none any more is out then."""

PATIENCE = 10.0
"""Seconds that the Hub may take to say who somebody is."""


class ThroughHub(HubOAuthenticated, FleetHandler):  # type: ignore[misc]  # it ships no types
    """A handler for people who have logged in at the Hub, and may access this service."""

    async def who(self) -> Mapping[str, Any] | None:
        """
        Return who asks; ``None`` if they are not logged in.

        Raises:
            HubNotReachedError: the Hub does not say in time.
        """
        auth = self.hub_auth
        try:
            found = await asyncio.wait_for(auth.get_user(self, sync=False), PATIENCE)
        except (web.HTTPError, asyncio.TimeoutError, TimeoutError) as error:
            raise HubNotReachedError(str(error) or "it takes too long") from error
        if found is None:
            return None
        viewer: dict[str, Any] = found
        if not auth.check_scopes(auth.access_scopes, viewer):
            # A token with fewer rights. It is somebody, but nobody who may look.
            return {"kind": viewer.get("kind"), "name": viewer.get("name")}
        return viewer


class ShowFleetThroughHub(ThroughHub, ShowFleet):
    """The page, for who has logged in."""


class ShowRowsThroughHub(ThroughHub, ShowRows):
    """What the script asks for, for who has logged in."""


PAGES = (ShowFleetThroughHub, ShowRowsThroughHub, HubOAuthCallbackHandler)
"""The handlers of the page, of its rows, and of the end of a login."""


def prepare() -> None:
    """
    Read the Hub's environment.

    Raises:
        ValueError: it is not the environment of a Hub's service.
    """
    auth = HubOAuth.instance(cache_max_age=KEPT)
    if not auth.oauth_client_id or not auth.access_scopes:
        raise ValueError("the Hub has not set JUPYTERHUB_CLIENT_ID and JUPYTERHUB_SERVICE_NAME")
