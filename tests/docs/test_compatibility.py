"""The page of supported versions says the bounds that the package has."""

from __future__ import annotations

import re
from importlib.metadata import metadata, requires
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PACKAGE = "jupyter_comm_broker"
PAGE = Path(__file__).parents[2] / "docs" / "topics" / "compatibility.md"

EXTRAS = {"jupyterlab": "demo", "notebook": "test", "ipykernel": "testing", "jupyterhub": "fleet"}
"""The extras that have the bounds of what is no dependency."""

ROW = re.compile(r"^\| ([\w ]+?)(?:, [^|]*)? \| ([\d.]+) \|", re.MULTILINE)
"""A row of the page's table: a name, perhaps with what it is for, and the lowest version."""


def bound(name: str) -> str | None:
    """Return the lowest version of a package that this one allows; ``None`` if it names none."""
    extra = EXTRAS.get(name, "")
    for each in map(Requirement, requires(PACKAGE) or []):
        wanted = each.marker.evaluate({"extra": extra}) if each.marker else not extra
        if canonicalize_name(each.name) == canonicalize_name(name) and wanted:
            return str(each.specifier).removeprefix(">=")
    return None


def test_the_lowest_versions_are_those_that_the_package_allows() -> None:
    said = {name.lower(): version for name, version in ROW.findall(PAGE.read_text())}
    python = metadata(PACKAGE)["Requires-Python"].removeprefix(">=")
    assert said.pop("python") == python
    assert said == {name: bound(name) for name in said}
    assert {"jupyter_server", "jupyter_client", "tornado", *EXTRAS} <= set(said)
