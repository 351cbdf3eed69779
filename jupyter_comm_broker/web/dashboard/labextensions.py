"""The server's labextensions that may draw widgets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, TypedDict

import msgspec
from jupyter_core.paths import jupyter_path

BASE = "@jupyter-widgets/base"
"""The package that every package of widgets depends on."""

OWN = "@jupyter-widgets/jupyterlab-manager"
"""The labextension of the widget manager in JupyterLab. The preview has a manager of its own."""


class Labextension(TypedDict):
    """What a page needs to load a labextension."""

    name: str
    load: str
    extension: str
    style: str | None


def folders() -> list[str]:
    """Return the folders of labextensions. The first folder that has a labextension counts."""
    return list(jupyter_path("labextensions"))


def drawing_widgets(places: Sequence[str]) -> list[Labextension]:
    """Return the installed labextensions that may draw widgets, each once."""
    found: dict[str, Labextension] = {}
    for place in places:
        for file in _packages(Path(place)):
            package = _read(file)
            name = package.get("name")
            told = package.get("jupyterlab")
            built = told.get("_build") if isinstance(told, dict) else None
            if not isinstance(name, str) or not isinstance(built, dict) or name in found:
                continue
            load, extension, style = (built.get(each) for each in ("load", "extension", "style"))
            # A labextension without a plug-in is a theme or a mime renderer.
            if name == OWN or not isinstance(load, str) or not isinstance(extension, str):
                continue
            if _may_draw(package):
                found[name] = {
                    "name": name,
                    "load": load,
                    "extension": extension,
                    "style": style if isinstance(style, str) else None,
                }
    return list(found.values())


def _packages(place: Path) -> Iterator[Path]:
    for pattern in ("[!@]*/package.json", "@*/*/package.json"):
        yield from sorted(place.glob(pattern))


def _read(file: Path) -> dict[str, Any]:
    try:
        package = msgspec.json.decode(file.read_bytes())
    except (OSError, msgspec.DecodeError):
        # JupyterLab reports it at its start. Here it only draws nothing.
        return {}
    return package if isinstance(package, dict) else {}


def _may_draw(package: dict[str, Any]) -> bool:
    """Return whether a package depends on :data:`BASE`, or does not name its dependencies."""
    needs = [package.get(each) for each in ("dependencies", "peerDependencies")]
    return not any(needs) or any(isinstance(each, dict) and BASE in each for each in needs)
