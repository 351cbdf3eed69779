"""A Jupyter server of its own for the browser, and what JupyterLab keeps on it."""

from __future__ import annotations

import json
import urllib.parse
from pathlib import Path
from typing import Any

from jupyter_comm_broker.errors import ServerRefusedError
from jupyter_comm_broker.testing import server
from jupyter_comm_broker.testing.server import START_LIMIT, Subject

from .kernel import evaluate

NOTIFICATIONS = "@jupyterlab/apputils-extension:notification"
WIDGETS = "@jupyter-widgets/jupyterlab-manager:plugin"


class Server(server.Server):
    """One running Jupyter server with JupyterLab and Notebook 7."""

    def __init__(
        self, folder: Path, subject: Subject, base_url: str = "/", config: str = ""
    ) -> None:
        self._kept = {"SETTINGS": folder / "settings", "WORKSPACES": folder / "workspaces"}
        super().__init__(
            folder,
            subject,
            base_url=base_url,
            config=config,
            environment={f"JUPYTERLAB_{name}_DIR": str(path) for name, path in self._kept.items()},
        )

    def start(self, within: float = START_LIMIT) -> None:
        """Start the server and return when it answers."""
        for path in self._kept.values():
            path.mkdir(parents=True, exist_ok=True)
        super().start(within)

    @property
    def notebooks(self) -> Path:
        """The folder of the notebooks."""
        return self.folder / "root"

    # -- REST ------------------------------------------------------------------------------

    def rest(self, method: str, path: str, body: Any = None) -> Any:
        """
        Ask the server, and return what it answers.

        Raises:
            ServerRefusedError: that is an error.
        """
        answer = self.request(method, path, body)
        if answer.status >= 400:
            raise ServerRefusedError(f"{method} {path}", answer.status, str(answer.body))
        return answer.body

    def self_check(self) -> dict[str, Any] | None:
        """The broker's self-check; ``None`` if there is no broker."""
        try:
            answer: dict[str, Any] = self.rest("GET", "/api/comms/broker")
        except ServerRefusedError as error:
            if error.status != 404:
                raise
            return None
        return answer

    def dropped_by_kernels(self) -> int:
        """How many messages kernels published and dropped, so that no server got them."""
        check = self.self_check()
        return int(check["counters"].get("lost_before_us", 0)) if check else 0

    def configure(self, plugin: str, settings: dict[str, Any]) -> None:
        """Store the user's settings of one plug-in of JupyterLab."""
        path = "/lab/api/settings/" + urllib.parse.quote(plugin)
        self.rest("PUT", path, {"raw": json.dumps(settings)})

    def kernel_of(self, notebook: str) -> str | None:
        """The id of the kernel that runs ``notebook``."""
        for session in self.rest("GET", "/api/sessions"):
            if session["path"] == notebook:
                kernel_id: str = session["kernel"]["id"]
                return kernel_id
        return None

    def shut_down(self, notebook: str) -> None:
        """End the notebook's session and kernel."""
        for session in self.rest("GET", "/api/sessions"):
            if session["path"] == notebook:
                self.rest("DELETE", f"/api/sessions/{session['id']}")

    def evaluate(self, notebook: str, expression: str) -> str:
        """Return the ``repr`` of an expression in the kernel, once its cells are over."""
        kernel_id = self.kernel_of(notebook)
        if kernel_id is None:
            raise LookupError(f"{notebook} has no kernel")
        return evaluate(self.connection_file(kernel_id), expression)
