"""A server reports where it is told, under the name that its Hub gave it."""

from __future__ import annotations

import pytest

from jupyter_comm_broker.fleet.destination import destination
from jupyter_comm_broker.fleet.refusals import FleetSettingError

HUBS = {
    "JUPYTERHUB_API_TOKEN": "the-key",
    "JUPYTERHUB_USER": "ann@example.org",
    "JUPYTERHUB_SERVER_NAME": "",
}


@pytest.mark.parametrize(
    "url", ["http://hub:10101/services/fleet", "http://hub:10101/services/fleet/"]
)
def test_the_hub_says_who_reports(url: str) -> None:
    found = destination(url, {**HUBS, "JUPYTERHUB_SERVER_NAME": "second"})
    assert found.url == "http://hub:10101/services/fleet/api/reports"
    assert (found.user, found.server_name, found.token) == ("ann@example.org", "second", "the-key")
    # It may be logged.
    assert "the-key" not in repr(found)


def test_the_name_of_a_default_server_is_empty() -> None:
    short = {name: said for name, said in HUBS.items() if name != "JUPYTERHUB_SERVER_NAME"}
    assert destination("https://hub/services/fleet/", short).server_name == ""


@pytest.mark.parametrize(
    "url",
    [
        "fleet",
        "hub:10101/services/fleet/",
        "file:///etc/passwd",
        "http://",
        "http://[",
        "http://hub:port/",
        "http://hub:99999/",
        "http://hub/services/fleet/?token=x",
        "http://hub/services/fleet/#here",
        "http://user:password@hub/services/fleet/",
    ],
)
def test_what_is_no_url_of_a_service_is_refused(url: str) -> None:
    with pytest.raises(FleetSettingError, match="not the URL"):
        destination(url, HUBS)


@pytest.mark.parametrize("name", ["JUPYTERHUB_API_TOKEN", "JUPYTERHUB_USER"])
def test_a_server_that_no_hub_started_cannot_report(name: str) -> None:
    with pytest.raises(FleetSettingError, match=name):
        destination("http://hub:10101/services/fleet/", {**HUBS, name: ""})
