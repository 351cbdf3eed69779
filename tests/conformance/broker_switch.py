"""
A pytest plugin that switches the broker on in tests that know nothing of it.

jupyter_server's tests override their server's configuration, and redirect every
configuration path to a temporary folder. So the switch is a real file, written
into that folder after the redirection.

The run fails when no server of it had the broker in its path: a suite that
passes with the broker off proves nothing.
"""

import json
import os
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

EXTENSION = "jupyter_comm_broker"
SWITCH = {"ServerApp": {"jpserver_extensions": {EXTENSION: True}}}
IN_PATH = pytest.StashKey[int]()
SERVERS = pytest.StashKey[int]()


def broker_wanted() -> bool:
    """Return whether this run has the broker. If not, it is the run to compare with."""
    return os.environ.get("JCB_CONFORMANCE", "broker") == "broker"


def pytest_configure(config: pytest.Config) -> None:
    config.stash[IN_PATH] = config.stash[SERVERS] = 0


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(
    fixturedef: pytest.FixtureDef[Any], request: pytest.FixtureRequest
) -> Generator[None, Any, Any]:
    value = yield
    if fixturedef.argname == "jp_environ" and broker_wanted():
        folder = Path(request.getfixturevalue("jp_config_dir")) / "jupyter_server_config.d"
        folder.mkdir(exist_ok=True)
        (folder / f"{EXTENSION}.json").write_text(json.dumps(SWITCH))
    if fixturedef.argname == "jp_serverapp":
        connection_class = value.web_app.settings["kernel_websocket_connection_class"]
        request.config.stash[SERVERS] += 1
        request.config.stash[IN_PATH] += connection_class.__module__.startswith(EXTENSION)
    return value


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    stash = session.config.stash
    if stash[SERVERS] and bool(stash[IN_PATH]) != broker_wanted():
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    terminalreporter.write_line(
        f"the broker was in the path of {config.stash[IN_PATH]} of {config.stash[SERVERS]} servers"
        f" ({'it should be' if broker_wanted() else 'it should be in none'})"
    )
