"""
The fleet page on a real Hub: who is on it, who sees it, and who cannot lie.

Each promise was seen to fail once: with the check of the owner's name taken out of
``fleet/service/owners.py``, and with ``may_look`` answering yes.
"""

from __future__ import annotations

import asyncio
import os
import signal
import time
from pathlib import Path

import pytest

from jupyter_comm_broker.fleet.pace import PROMISED
from jupyter_comm_broker.fleet.service.roster import SLACK
from jupyter_comm_broker.testing.address import Address, ask
from jupyter_comm_broker.testing.page import Page

from .fleet import ROWS, Fleet
from .hub import ADMIN, ANN, BOB, Hub, soon
from .test_prefix import SLIDER, kernel_of

pytestmark = pytest.mark.slow

WITHIN = 30.0
"""Seconds within which a server is on the page, and shows what is new."""

SILENT = PROMISED * SLACK + 3.0
"""
Seconds for which the service is away: until the page calls a server silent.

The longer, the likelier a server's second attempt fails as well, and the third is a minute later.
"""

SERVED = ["/api/comms", "/api/comms/broker", "/api/comms/targets", "/api/kernels", "/comm-broker"]


async def test_both_users_servers_are_on_the_page_with_what_runs_there(hub: Hub) -> None:
    fleet = await asyncio.to_thread(Fleet.of, hub)
    async with kernel_of(hub, ANN) as (server, kernel_id), kernel_of(hub, BOB):
        async with Page(server, kernel_id) as page:
            await page.run(SLIDER)
            begin = time.monotonic()
            row = await asyncio.to_thread(
                soon, lambda: fleet.row(ANN, Comms="3", Pages="1", Targets="jupyter.widget"), WITHIN
            )
            bobs = await asyncio.to_thread(soon, lambda: fleet.row(BOB, Kernels="1"), WITHIN)
        print(f"shown after {time.monotonic() - begin:.1f} s")  # noqa: T201 - a figure
        assert (row["In path"], row["Kernels"], row["Faults"]) == ("yes", "1", "0")
        assert (bobs["Comms"], bobs["Pages"]) == ("0", "0")
        # The page left, which is an event.
        await asyncio.to_thread(soon, lambda: fleet.row(ANN, Pages="0"), WITHIN)


def test_a_server_that_is_stopped_leaves_the_page_at_once(hub: Hub) -> None:
    fleet = Fleet.of(hub)
    hub.starts(BOB)
    soon(lambda: fleet.row(BOB), WITHIN)
    hub.stops(BOB)
    soon(lambda: fleet.row(BOB) is None, 5.0)
    assert fleet.row(ANN) or ANN not in hub.server_tokens()


def test_a_user_sees_neither_the_page_nor_another_server(hub: Hub) -> None:
    hub.starts(ANN)
    hub.starts(BOB)
    soon(lambda: Fleet.of(hub).row(BOB), WITHIN)
    for token in (hub.token(ANN), hub.server_tokens()[ANN]):
        for path in ("/services/fleet/", ROWS, f"{ROWS}?since=0"):
            answer = hub.asked("GET", path, token=token)
            assert answer.status == 403, path
            assert BOB not in str(answer.body)
        others = Address(port=hub.port, token=token, base_url=hub.address(BOB).base_url)
        for path in SERVED:
            assert ask(others, "GET", path).status == 403, path
    # Without a token, the Hub is asked.
    status, headers = hub.headers("/services/fleet/")
    assert (status, "/hub/api/oauth2/authorize" in headers["location"]) == (302, True)
    assert hub.headers(ROWS)[0] == 401


def test_nobody_reports_for_another_server(hub: Hub) -> None:
    hub.starts(ANN)
    hub.starts(BOB)
    fleet = Fleet.of(hub)
    before = soon(lambda: fleet.row(BOB), WITHIN)
    tokens = hub.server_tokens()
    lies = {"version": "6.6.6"}
    tries = {
        "A's server": (tokens[ANN], 403),
        "A": (hub.token(ANN), 403),
        "the admin": (hub.token(ADMIN), 403),
        "the service itself": (tokens["fleet"], 403),
        "an operator of the Hub": ("operators-token", 403),
        "a stranger": ("0" * 32, 401),
    }
    for who, (token, status) in tries.items():
        answer = fleet.reported(token, BOB, **lies)
        assert (answer.status, who) == (status, who), answer
    # A token of B's own that is not as strong as the server's.
    weak = hub.token(BOB, scopes=["read:users:name!user"])
    assert fleet.reported(weak, BOB, **lies).status == 403
    # B's server speaks for no other server of B.
    assert fleet.reported(tokens[BOB], BOB, server_name="another", **lies).status == 403
    assert "6.6.6" not in str(fleet.rows())
    assert fleet.rows()[f"{BOB}/"]["Version"] == before["Version"]
    # It was not the report: B's server may say what it likes of itself.
    time.sleep(1.0)
    assert fleet.reported(tokens[BOB], BOB, **lies).status == 204


def test_the_services_token_opens_no_server(hub: Hub) -> None:
    token = hub.server_tokens()["fleet"]
    assert hub.asked("GET", "/hub/api/user", token=token).body["scopes"] == []
    for user in (ANN, BOB):
        hub.starts(user)
        there = hub.address(user)
        for path in SERVED:
            assert ask(there, "GET", path).status == 200, path
            refused = ask(Address(port=hub.port, token=token, base_url=there.base_url), "GET", path)
            assert refused.status == 403, path
    assert hub.asked("GET", "/hub/api/users", token=token).status == 403


def test_reports_need_no_right_that_servers_do_not_have_anyway(hub: Hub) -> None:
    hub.starts(ANN)
    scopes = hub.asked("GET", "/hub/api/user", token=hub.server_tokens()[ANN]).body["scopes"]
    assert f"access:servers!server={ANN}/" in scopes
    assert not [each for each in scopes if "services" in each]


def test_a_service_that_is_down_disturbs_no_server_and_gets_one_report_of_each(
    hub: Hub,
) -> None:
    there = hub.starts(ANN)
    fleet = Fleet.of(hub)
    soon(lambda: fleet.row(ANN), WITHIN)
    (place,) = [
        place
        for place in Path("/proc").glob("[0-9]*/environ")
        if f"JUPYTERHUB_SERVICE_URL=http://127.0.0.1:{hub.port + 3}\0" in _text(place)
    ]
    # The Hub starts a service that ended again, so this one sleeps.
    os.kill(int(place.parent.name), signal.SIGSTOP)
    try:
        end = time.monotonic() + SILENT
        slowest = 0.0
        while time.monotonic() < end:
            begin = time.monotonic()
            assert ask(there, "GET", "/api/comms/broker").status == 200
            slowest = max(slowest, time.monotonic() - begin)
            time.sleep(0.5)
    finally:
        os.kill(int(place.parent.name), signal.SIGCONT)
    print(f"the slowest answer of a server took {slowest:.2f} s")  # noqa: T201 - a figure
    soon(lambda: fleet.rows() == {} or "silent" in str(fleet.row(ANN)), 5.0)
    soon(lambda: "silent" not in str(fleet.row(ANN)), 90.0)
    said = [line for line in hub.log.splitlines() if "fleet service at" in line]
    # Two servers at most, and one line for each reason.
    assert 1 <= len(said) <= 4, said


def _text(place: Path) -> str:
    try:
        return place.read_bytes().decode(errors="replace")
    except OSError:
        return ""
