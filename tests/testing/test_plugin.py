"""Who writes an extension gets fixtures with the package, and pays for them by using them."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import entry_points

import pytest

pytest_plugins = "pytester"

PLAIN = """
def test_a_slider_survives_a_reload(comm_broker_page):
    slider = comm_broker_page.run("import ipywidgets; print(ipywidgets.IntSlider(7).model_id)")
    comm_broker_page.reload()
    assert comm_broker_page.widgets[slider.strip()]["value"] == 7
"""

MADE_TO_ORDER = """
import pytest

@pytest.fixture(scope="module")
def comm_broker_server_options():
    return {"base_url": "/user/anna/", "config": "c.CommBroker.events_kept = 17"}

@pytest.fixture
def comm_broker_page_options():
    return {"targets": ("jupyter.widget", "mine")}

def test_options_reach_server_and_page(comm_broker_server, comm_broker_page):
    check = comm_broker_server.request("GET", "/api/comms/broker").body
    assert (comm_broker_server.base_url, check["limits"]["events_kept"]) == ("/user/anna/", 17)
    comm_broker_page.run("import comm; mine = comm.create_comm('mine')")
    assert comm_broker_page.widgets.refused == []

def test_each_test_has_a_kernel_of_its_own(comm_broker_page):
    assert comm_broker_page.run("print('mine' in globals())") == "False\\n"

def test_each_set_of_options_has_one_server(comm_broker_server, comm_broker_servers):
    options = {"base_url": "/user/anna/", "config": "c.CommBroker.events_kept = 17"}
    assert comm_broker_servers(**options) is comm_broker_server
"""

COSTLY = ("asyncio", "jupyter_client", "jupyter_server", "tornado", "traitlets", "zmq")


def test_pytest_is_told_of_the_plugin() -> None:
    found = {each.name: each.value for each in entry_points(group="pytest11")}
    assert found.get("comm_broker") == "jupyter_comm_broker.testing.plugin", (
        "installed before there was a plugin: install the checkout anew"
    )


def test_loading_it_imports_nothing_but_pytest() -> None:
    code = (
        "import sys, pytest; before = set(sys.modules)\n"
        "import jupyter_comm_broker.testing.plugin\n"
        "print(*sorted(set(sys.modules) - before))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603
    loaded = ran.stdout.split()
    assert [name for name in loaded if name.partition(".")[0] in COSTLY] == []
    ours = [name for name in loaded if name.startswith("jupyter_comm_broker")]
    assert ours == [
        "jupyter_comm_broker",
        "jupyter_comm_broker._version",
        "jupyter_comm_broker.testing",
        "jupyter_comm_broker.testing.plugin",
    ]


def test_the_package_does_not_import_what_is_for_tests() -> None:
    code = (
        "import sys, jupyter_comm_broker.services, jupyter_comm_broker.comms\n"
        "print(*(name for name in sys.modules if name.startswith('jupyter_comm_broker.testing')))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603
    assert ran.stdout.strip() == ""


@pytest.mark.acceptance
@pytest.mark.parametrize(("written", "passed"), [(PLAIN, 1), (MADE_TO_ORDER, 3)])
def test_it_is_used_as_people_would(pytester: pytest.Pytester, written: str, passed: int) -> None:
    pytester.makepyfile(written)
    ran = pytester.runpytest_subprocess("-Werror", "-pno:schemathesis")
    ran.assert_outcomes(passed=passed)


def test_the_fixtures_are_listed_with_what_they_are_for(pytester: pytest.Pytester) -> None:
    ran = pytester.runpytest_subprocess("--fixtures", "-pno:schemathesis")
    ran.stdout.fnmatch_lines(
        [
            "comm_broker_server *",
            "*A real Jupyter server with the broker*",
            "comm_broker_kernel *",
            "comm_broker_page *",
        ]
    )
