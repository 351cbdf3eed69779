"""The fleet page in a browser, on a real Hub: for its admin, and for nobody else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from jupyter_comm_broker.testing.address import Address, ask
from jupyter_comm_broker.testing.blocking_page import BlockingPage
from jupyter_comm_broker.testing.page import Page as Frontend
from tests.acceptance.hub.fleet import ROWS
from tests.acceptance.hub.hub import ADMIN, ANN, BOB, Hub

from .conftest import LogIn

pytestmark = pytest.mark.slow

FLEET = "/services/fleet/"

WIDGETS = """
import ipywidgets as widgets
sliders = [widgets.IntSlider() for _ in range(4)]
"""


def kernel(server: Address) -> str:
    answer = ask(server, "POST", "/api/kernels", {"name": "python3"})
    assert answer.status == 201
    kernel_id: str = answer.body["id"]
    return kernel_id


def test_the_admin_sees_both_users_live_and_is_asked_before_the_dashboard_of_one(
    hub: Hub, logs_in: LogIn, pictures: Path
) -> None:
    server = hub.starts(ANN)
    hub.starts(BOB)
    page = logs_in(ADMIN, FLEET)
    # The Hub does not ask an admin whether this service may know their name.
    page.wait_for_url(re.compile(FLEET + "$"))
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    row = page.get_by_role("row").filter(has_text=ANN)
    row.wait_for(timeout=30_000)
    page.get_by_role("row").filter(has_text=BOB).wait_for(timeout=30_000)
    kernel_id = kernel(server)
    with BlockingPage(Frontend(server, kernel_id)) as notebook:
        notebook.run(WIDGETS)
        # The page was not loaded again.
        row.get_by_text("jupyter.widget").wait_for(timeout=30_000)
        page.screenshot(path=pictures / "fleet-on-hub.png")
        page.get_by_role("link", name=ANN).click()
        # JupyterHub asks, before it gives the admin a token for ann's server.
        page.get_by_text("Authorize access").wait_for()
        assert f"user={ANN}" in page.content() or ANN in page.content()
        page.screenshot(path=pictures / "fleet-access-asked.png")
        page.get_by_role("button", name="Authorize").click()
        page.wait_for_url(re.compile(r"/user/ann@example\.org/comm-broker"))
        page.get_by_text(kernel_id[:8]).first.wait_for()
        page.get_by_text("jupyter.widget").first.wait_for()
        page.screenshot(path=pictures / "fleet-dashboard-of-ann.png")
    assert errors == []


def test_a_user_sees_nothing_of_it(hub: Hub, logs_in: LogIn, pictures: Path) -> None:
    hub.starts(BOB)
    page = logs_in(ANN, FLEET)
    page.get_by_text("403").first.wait_for()
    page.screenshot(path=pictures / "fleet-for-a-user.png")
    assert BOB not in page.content()
    status = page.evaluate("path => fetch(path).then((answer) => answer.status)", ROWS)
    assert status in (401, 403)
    # Ann's own dashboard works.
    hub.starts(ANN)
    page.goto(f"http://127.0.0.1:{hub.port}/user/{ANN}/comm-broker")
    page.get_by_role("heading").first.wait_for()
    assert f"/user/{ANN}/comm-broker" in page.url


def test_the_dashboard_works_below_a_name_with_spaces(
    hub: Hub, logs_in: LogIn, pictures: Path
) -> None:
    server = hub.starts(BOB)
    kernel_id = kernel(server)
    page = logs_in(BOB, f"/user/{BOB}/comm-broker")
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.get_by_text(kernel_id[:8]).first.wait_for(timeout=30_000)
    with BlockingPage(Frontend(server, kernel_id)) as notebook:
        comm_id = notebook.run(WIDGETS + "print(sliders[0].comm.comm_id)").strip()
        # By the stream of events.
        page.get_by_text("jupyter.widget").first.wait_for(timeout=15_000)
        page.screenshot(path=pictures / "fleet-dashboard-of-bob.png")
        # The frame of a preview has no cookies.
        page.goto(f"{page.url.partition('?')[0]}?view=comm&kernel={kernel_id}&comm={comm_id}")
        page.get_by_role("button", name="Preview", exact=True).click()
        page.locator("[data-shown=true] iframe").wait_for()
        # Something that changes the kernel, by the page.
        page.get_by_role("button", name="Close comm").click()
        page.screenshot(path=pictures / "fleet-comm-of-bob.png")
        page.get_by_role("button", name="Close it").click()
        page.get_by_text("closed").first.wait_for()
        assert ask(server, "GET", f"/api/kernels/{kernel_id}/comms/{comm_id}").status == 410
    assert errors == []
