"""Two people on one kernel: one moves its widgets, the other may only see them follow."""

from __future__ import annotations

import asyncio
import uuid

import pytest

from jupyter_comm_broker.testing.page import Page
from jupyter_comm_broker.testing.restore import arrive
from jupyter_comm_broker.testing.server import Server

from .conftest import StartServer

GUEST = "a guest's token"

RULES = f"""
from pathlib import Path
from jupyter_server.auth import Authorizer, PasswordIdentityProvider, User

TOKEN = {GUEST!r}
TAKEN = Path(__file__).parent / "taken"


class People(PasswordIdentityProvider):
    async def get_user_token(self, handler):
        if self.get_token(handler) == TOKEN:
            return User("guest")
        return await super().get_user_token(handler)


class Rules(Authorizer):
    async def is_authorized(self, handler, user, action, resource):
        if resource != "comms":
            return True
        return action == "read" or (user.username != "guest" and not TAKEN.exists())


c.ServerApp.identity_provider_class = People
c.ServerApp.authorizer_class = Rules
"""

SLIDER = "import ipywidgets as widgets\nslider = widgets.IntSlider(5)"


@pytest.fixture
def ruled(start_server: StartServer) -> Server:
    return start_server(config=RULES)


async def test_who_may_only_see_follows_and_springs_back_and_goes_on_following(
    ruled: Server,
) -> None:
    kernel_id = ruled.start_kernel()
    async with Page(ruled, kernel_id) as ann, Page(ruled, kernel_id, token=GUEST) as guest:
        await ann.kernel_info()
        await ann.run(SLIDER)
        mine = ann.widgets.only("IntSliderModel")
        # As a page that loads later, also while the kernel is busy.
        restored = await arrive(guest)
        assert restored.by == "control"
        theirs = guest.widgets.models[mine.comm_id]
        await ann.widgets.set(mine.comm_id, value=6)
        await guest.shows(lambda: theirs.state["value"] == 6)

        since = len(guest.received)
        await guest.widgets.set(mine.comm_id, value=99)
        assert theirs.state["value"] == 99
        tried = theirs.in_flight
        refused = await guest.until(lambda m: m.type == "error" and m.parent_id == tried)
        assert refused.content["ename"] == "NotAuthorized"
        assert "guest may not write comms" in refused.content["evalue"]
        await guest.idle(tried)
        assert theirs.state["value"] == 6
        assert not theirs.in_flight

        # The refusal was the guest's alone, and nothing of the move reached the kernel.
        assert await ann.run("print(slider.value)") == "6\n"
        assert mine.state["value"] == 6
        assert not [m for m in ann.received if m.type == "error"]
        await ann.widgets.set(mine.comm_id, value=7)
        await guest.shows(lambda: theirs.state["value"] == 7)
        assert "value" not in theirs.expected_echo
        shown = [m.type for m in guest.received[since:] if m.parent_id == tried]
        assert shown == ["error", "comm_msg", "status"]


async def test_who_may_only_see_opens_and_closes_nothing(ruled: Server) -> None:
    kernel_id = ruled.start_kernel()
    async with Page(ruled, kernel_id) as ann, Page(ruled, kernel_id, token=GUEST) as guest:
        await ann.kernel_info()
        await ann.run(SLIDER)
        await arrive(guest)
        comm_id = guest.widgets.only("IntSliderModel").comm_id
        opened = uuid.uuid4().hex
        content = {"comm_id": opened, "target_name": "jupyter.widget", "data": {"state": {}}}
        await guest.send("comm_open", content, metadata={"version": "2.1.0"})
        gone = await guest.until(lambda m: m.type == "comm_close" and m.comm_id == opened)
        assert "guest may not execute comms" in gone.metadata["reason"]
        # Who never used a comm says with a close that it does not know the target.
        asking = {"comm_id": comm_id, "data": {"method": "request_state"}}
        await guest.idle(await guest.send("comm_msg", asking))
        closing = await guest.send("comm_close", {"comm_id": comm_id, "data": {}})
        await guest.until(lambda m: m.type == "error" and m.parent_id == closing)
        assert comm_id in await ruled.comms(kernel_id)
        await ann.widgets.set(comm_id, value=8)
        await ann.shows(lambda: not ann.widgets.models[comm_id].in_flight)
        assert await ann.run("print(slider.value)") == "8\n"
        assert comm_id not in ann.widgets.closed


async def test_a_right_that_is_taken_away_is_gone_within_two_seconds(ruled: Server) -> None:
    kernel_id = ruled.start_kernel()
    async with Page(ruled, kernel_id) as ann:
        await ann.kernel_info()
        await ann.run(SLIDER)
        slider = ann.widgets.only("IntSliderModel")
        await ann.widgets.set(slider.comm_id, value=6)
        await ann.shows(lambda: not slider.in_flight)
        (ruled.folder / "config" / "taken").touch()
        await asyncio.sleep(2.0)
        await ann.widgets.set(slider.comm_id, value=7)
        await ann.until(lambda m: m.type == "error")
        await ann.shows(lambda: slider.state["value"] == 6)
        counters = (await ruled.link(kernel_id))["counters"]
        assert counters["refused_unauthorized"] == 1
        assert "may not write comms, which a comm_msg needs" in ruled.log
