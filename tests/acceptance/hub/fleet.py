"""What an admin sees of the fleet, and reports as anybody may send them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from jupyter_comm_broker.fleet.report import encoded
from jupyter_comm_broker.fleet.service.columns import COLUMNS
from jupyter_comm_broker.testing.address import Answer
from tests.fleet.reports import report

from .hub import ADMIN, Hub

ROWS = "/services/fleet/api/rows"
REPORTS = "/services/fleet/api/reports"


@dataclass
class Fleet:
    """The fleet page of a Hub, as its admin sees it."""

    hub: Hub
    token: str

    @classmethod
    def of(cls, hub: Hub) -> Fleet:
        """Return the page for the admin."""
        return cls(hub, hub.token(ADMIN))

    def rows(self) -> dict[str, dict[str, str]]:
        """Return what each server's row shows, by the row's name and the columns' titles."""
        answer = self.hub.asked("GET", ROWS, token=self.token)
        assert answer.status == 200, answer
        return {each["name"]: _texts(each) for each in answer.body["rows"]}

    def row(self, user: str, **shown: str) -> dict[str, str] | None:
        """Return a row, if it shows this. ``In_path`` is the column "In path"."""
        found = self.rows().get(f"{user}/")
        wanted = {title.replace("_", " "): text for title, text in shown.items()}
        return found if found is not None and wanted.items() <= found.items() else None

    def reported(self, token: str, user: str, **said: Any) -> Answer:
        """Send a report about a user's server with a token."""
        body = json.loads(encoded(report(user, life="forged", **said)))
        return self.hub.asked("POST", REPORTS, body, token=token)


def _texts(row: Mapping[str, Any]) -> dict[str, str]:
    return {column.title: cell[0] for column, cell in zip(COLUMNS, row["cells"], strict=True)}
