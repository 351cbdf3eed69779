"""Says which installed packages are older than this one needs, and what to install."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, requires, version

from packaging.requirements import Requirement

PACKAGE = "jupyter_comm_broker"


def advice(error: Exception) -> str:
    """
    Return one line about an error of an import: what is wrong, and what to do.

    Args:
        error: the error.
    """
    wrong = list(_unmet())
    if not wrong:
        return f"{PACKAGE} is off: {type(error).__name__}: {error}"
    said = ", ".join(
        f"{each.name} {has} is installed" if has else f"{each.name} is not installed"
        for each, has in wrong
    )
    names = " ".join(f"'{each.name}{each.specifier}'" for each, _ in wrong)
    return f"{PACKAGE} is off: {said}. Run: pip install --upgrade {names}"


def _unmet() -> Iterator[tuple[Requirement, str]]:
    """Return what is needed and not there, with the version that is; empty if there is none."""
    try:
        needed = requires(PACKAGE) or []
    except PackageNotFoundError:
        return
    for each in map(Requirement, needed):
        if each.marker is not None and not each.marker.evaluate({"extra": ""}):
            continue
        try:
            has = version(each.name)
        except PackageNotFoundError:
            has = ""
        if not has or not each.specifier.contains(has, prereleases=True):
            yield each, has
