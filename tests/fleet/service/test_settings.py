"""The Hub tells the service where it is; without a Hub it says what is missing."""

from __future__ import annotations

import pytest

from jupyter_comm_broker._version import __version__
from jupyter_comm_broker.fleet.refusals import FleetSettingError
from jupyter_comm_broker.fleet.service.roster import MOST
from jupyter_comm_broker.fleet.service.settings import settings

HUBS = {
    "JUPYTERHUB_API_URL": "http://127.0.0.1:8081/base/hub/api",
    "JUPYTERHUB_BASE_URL": "/base/",
    "JUPYTERHUB_SERVICE_PREFIX": "/base/services/fleet/",
    "JUPYTERHUB_SERVICE_URL": "http://127.0.0.1:10101",
}


def test_the_hub_says_where() -> None:
    found = settings([], HUBS)
    assert (found.host, found.port, found.prefix) == ("127.0.0.1", 10101, "/base/services/fleet/")
    assert (found.api_url, found.users_at) == (HUBS["JUPYTERHUB_API_URL"], "/base/user/")
    assert (found.most, found.groups, found.current) == (MOST, (), __version__)


def test_with_a_domain_for_each_user_the_hub_leads_there() -> None:
    found = settings([], {**HUBS, "JUPYTERHUB_HOST": "https://hub.example.org"})
    assert found.users_at == "https://hub.example.org/base/hub/user/"


def test_words_say_the_rest() -> None:
    words = ["--most-servers=7", "--group", "a", "--group", "b", "--current", "1.2"]
    found = settings(words, HUBS)
    assert (found.most, found.groups, found.current) == (7, ("a", "b"), "1.2")


@pytest.mark.parametrize("name", [each for each in HUBS if each != "JUPYTERHUB_BASE_URL"])
def test_what_is_missing_is_named(name: str) -> None:
    with pytest.raises(FleetSettingError, match=name):
        settings([], {**HUBS, name: ""})


@pytest.mark.parametrize("url", ["https://127.0.0.1:1", "http://127.0.0.1", "http://[", "unix:/x"])
def test_a_url_that_cannot_be_listened_at_is_refused(url: str) -> None:
    with pytest.raises(FleetSettingError, match="url"):
        settings([], {**HUBS, "JUPYTERHUB_SERVICE_URL": url})


def test_there_is_room_for_one_at_least() -> None:
    with pytest.raises(FleetSettingError, match="at least 1"):
        settings(["--most-servers=0"], HUBS)
