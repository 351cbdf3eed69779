"""
A server that only reports is idle, and is culled.

The server beside it shows that the test can fail: it is asked through the Hub's proxy as often as
it reports, and stays.
"""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from jupyter_comm_broker.testing.address import ask

from .fleet import Fleet
from .hub import ANN, BOB, Hub, soon

pytestmark = pytest.mark.slow

IDLE = 45
"""Seconds after which a server is culled: more than two reports."""

CULLER = f"""
import sys
c.JupyterHub.services = c.JupyterHub.services + [
    {{
        "name": "culler",
        "command": [
            sys.executable, "-m", "jupyterhub_idle_culler", "--timeout={IDLE}", "--cull-every=3"
        ],
    }},
]
c.JupyterHub.load_roles = c.JupyterHub.load_roles + [
    {{
        "name": "culler",
        "scopes": ["list:users", "read:users:activity", "read:servers", "delete:servers"],
        "services": ["culler"],
    }}
]
c.JupyterHub.last_activity_interval = 3
c.Spawner.environment = {{**c.Spawner.environment, "JUPYTERHUB_ACTIVITY_INTERVAL": "3"}}
"""


@pytest.mark.timeout(400)
def test_an_idle_server_is_culled_in_spite_of_its_reports(proxied: None, tmp_path: Path) -> None:
    pytest.importorskip("jupyterhub_idle_culler")
    with Hub(tmp_path, CULLER) as hub:
        there = hub.starts(BOB)
        idle = hub.starts(ANN)
        assert ask(idle, "POST", "/api/kernels", {"name": "python3"}).status == 201
        fleet, begin = Fleet.of(hub), time.monotonic()
        heard: set[str] = set()

        def is_culled() -> bool:
            row = fleet.row(ANN)
            if row is not None:
                heard.add(row["Last report"])
            assert ask(there, "GET", "/api/comms/broker").status == 200
            return hub.server(ANN) is None

        soon(is_culled, 5 * IDLE, every=2.0)
        print(f"culled after {time.monotonic() - begin:.0f} s and {len(heard)} reports")  # noqa: T201 - a figure
        assert len(heard) >= 2
        assert hub.server(BOB) is not None
        # It said farewell.
        assert fleet.row(ANN) is None
