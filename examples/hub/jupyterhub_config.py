"""A Hub on this machine with two users, an admin and the fleet page. For a try, not for others."""

import os
import sys
from pathlib import Path

PORT = int(os.environ.get("FLEET_EXAMPLE_PORT", "8000"))
"""The Hub takes this port. The Hub's own processes take the three ports that follow."""

FOLDER = Path(os.environ.get("FLEET_EXAMPLE_FOLDER", "/tmp/fleet-example")).resolve()  # noqa: S108
"""The files of the Hub and of the users are here."""

PROXY = os.environ.get("FLEET_EXAMPLE_PROXY", "configurable-http-proxy")
FLEET = f"http://127.0.0.1:{PORT + 3}/services/fleet/"

FOLDER.mkdir(parents=True, exist_ok=True)
c = get_config()  # type: ignore[name-defined]  # noqa: F821 - JupyterHub defines it

# -- the Hub, its proxy, and who may log in ----------------------------------------------------
c.JupyterHub.bind_url = f"http://127.0.0.1:{PORT}/"
c.JupyterHub.hub_bind_url = f"http://127.0.0.1:{PORT + 1}"
c.JupyterHub.db_url = f"sqlite:///{FOLDER / 'jupyterhub.sqlite'}"
c.JupyterHub.cookie_secret_file = str(FOLDER / "cookie_secret")
c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{PORT + 2}"
c.ConfigurableHTTPProxy.command = [PROXY]
c.ConfigurableHTTPProxy.pid_file = str(FOLDER / "proxy.pid")

c.JupyterHub.authenticator_class = "dummy"
c.DummyAuthenticator.password = "try it"  # noqa: S105 - everybody on this machine may know it
c.Authenticator.allowed_users = {"ann@example.org", "bob the builder"}
c.Authenticator.admin_users = {"admin"}

# -- the users' servers ------------------------------------------------------------------------
c.JupyterHub.spawner_class = "simple"
c.SimpleLocalProcessSpawner.home_dir_template = str(FOLDER / "home" / "{username}")
c.Spawner.cmd = [sys.executable, "-m", "jupyterhub.singleuser"]
c.Spawner.args = ["--allow-root"]
c.Spawner.http_timeout = c.Spawner.start_timeout = 120

# This line makes the servers report. They need no other right than the one that they have.
c.Spawner.environment = {"JUPYTER_COMM_FLEET_URL": FLEET}

# -- the fleet page ----------------------------------------------------------------------------
c.JupyterHub.services = [
    {
        "name": "fleet",
        "url": f"http://127.0.0.1:{PORT + 3}",
        "command": [sys.executable, "-m", "jupyter_comm_broker.fleet"],
        # An admin is not asked whether the service may know their name.
        "oauth_no_confirm": True,
    }
]
