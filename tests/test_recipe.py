"""The recipe for conda makes the package that pip installs: its version, needs and commands."""

from __future__ import annotations

import re
from importlib.metadata import entry_points, metadata, requires
from pathlib import Path
from typing import Any

import pytest
from jupyter_events import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from jupyter_comm_broker._version import __version__

ROOT = Path(__file__).parents[1]
PACKAGE = "jupyter_comm_broker"
RECIPE = ROOT / "recipe" / "recipe.yaml"
RELEASE = Version(__version__).base_version


def loaded() -> dict[str, Any]:
    found: dict[str, Any] = yaml.load(RECIPE)
    return found


def required(lines: list[str]) -> dict[str, str]:
    """Return the bound of each requirement by its name, in one form for pip and conda."""
    return {
        str(canonicalize_name(each.name)): str(each.specifier) for each in map(Requirement, lines)
    }


def test_the_recipe_asks_for_what_the_package_asks_for() -> None:
    recipe = loaded()
    python = recipe["context"]["python_min"]
    assert metadata(PACKAGE)["Requires-Python"] == f">={python}"
    run = [line for line in recipe["requirements"]["run"] if not line.startswith("python ")]
    assert required(run) == required(
        [line for line in requires(PACKAGE) or [] if "extra ==" not in line]
    )
    built = re.search(r'^requires = \["(.+)"\]$', (ROOT / "pyproject.toml").read_text(), re.M)
    assert built
    host = recipe["requirements"]["host"]
    assert required(host[1:]) == required([built[1], "pip"])


def test_the_recipe_is_of_this_version_with_its_commands_and_words() -> None:
    recipe = loaded()
    assert recipe["context"]["version"] == RELEASE
    commands = {
        f"{each.name} = {each.value}"
        for each in entry_points(group="console_scripts")
        if each.dist is not None and canonicalize_name(each.dist.name) == "jupyter-comm-broker"
    }
    assert set(recipe["build"]["python"]["entry_points"]) == commands
    assert recipe["about"]["summary"] == metadata(PACKAGE)["Summary"]
    assert all((ROOT / name).is_file() for name in recipe["about"]["license_file"])


def test_the_recipe_can_be_read_by_the_program_that_builds_it() -> None:
    rattler_build = pytest.importorskip("rattler_build", reason="it is in the extra lint")
    (variant,) = rattler_build.Stage0Recipe.from_file(RECIPE).render()
    package = variant.recipe.package
    assert (str(package.name), str(package.version)) == (PACKAGE, RELEASE)
