"""A release has one version and one date everywhere."""

from __future__ import annotations

import json
import re
from importlib.metadata import metadata
from pathlib import Path
from typing import Any

import pytest
from jupyter_events import yaml
from packaging.version import Version

from jupyter_comm_broker._version import __version__

ROOT = Path(__file__).parents[1]
PACKAGE = "jupyter_comm_broker"

RELEASE = Version(__version__).base_version
"""The version that is released, or that a development version leads to: npm has no other form."""

PACKAGES = (
    "labextension/package.json",
    "labextension/schemas/jupyter_comm_broker/package.json.orig",
    "ui/package.json",
    "ui/package-lock.json",
)

DATED = re.compile(r"^## \[(.+)\](?: - (\d{4}-\d\d-\d\d))?$", re.MULTILINE)


def latest_change() -> tuple[str, str]:
    """Return the version and the date of the changelog's first heading."""
    found = DATED.search((ROOT / "CHANGELOG.md").read_text())
    assert found
    return found[1], found[2]


@pytest.mark.parametrize("name", PACKAGES)
def test_the_page_and_the_plug_ins_have_the_version_of_the_package(name: str) -> None:
    found = json.loads((ROOT / name).read_text())
    assert found["version"] == RELEASE
    if "packages" in found:
        assert found["packages"][""]["version"] == RELEASE


def test_the_changelog_begins_with_this_version_and_its_date() -> None:
    version, date = latest_change()
    if Version(__version__).is_devrelease:
        assert version == "Unreleased"
    else:
        assert version == __version__
        assert date


def test_the_citation_is_of_this_version_and_by_those_who_have_the_copyright() -> None:
    citation: dict[str, Any] = yaml.load(ROOT / "CITATION.cff")
    owners = re.search(r"Copyright \(c\) \d+, (.+)", (ROOT / "LICENSE").read_text())
    assert owners
    assert [author["name"] for author in citation["authors"]] == [owners[1]]
    assert citation["license"] == metadata(PACKAGE)["License-Expression"]
    if not Version(__version__).is_devrelease:
        assert (citation["version"], str(citation["date-released"])) == latest_change()
