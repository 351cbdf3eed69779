"""Which labextensions a preview is told of."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from jupyter_comm_broker.web.dashboard.labextensions import BASE, OWN, drawing_widgets, folders


def installed(place: Path, name: str, **package: Any) -> None:
    folder = place / name
    folder.mkdir(parents=True)
    built = {"_build": {"load": "static/remoteEntry.1.js", "extension": "./extension"}}
    whole = {"name": name, "jupyterlab": built, "dependencies": {BASE: "^6"}, **package}
    (folder / "package.json").write_text(json.dumps(whole))


def names(*places: Path) -> list[str]:
    return [each["name"] for each in drawing_widgets([str(place) for place in places])]


def test_what_is_built_on_the_base_of_widgets_is_told(tmp_path: Path) -> None:
    installed(tmp_path, "bqplot")
    installed(tmp_path, "@jupyter-widgets/maps")
    installed(tmp_path, "peer", dependencies={}, peerDependencies={BASE: "*"})
    installed(tmp_path, "theme", dependencies={"@jupyterlab/apputils": "^4"})
    assert names(tmp_path) == ["bqplot", "peer", "@jupyter-widgets/maps"]


def test_who_does_not_say_what_it_is_built_on_may_draw(tmp_path: Path) -> None:
    installed(tmp_path, "anywidget", dependencies=None)
    assert names(tmp_path) == ["anywidget"]


def test_what_a_page_needs_to_load_one_is_told(tmp_path: Path) -> None:
    built = {"load": "./static/r.js", "extension": "./ext", "style": "./style"}
    installed(tmp_path, "bqplot", jupyterlab={"_build": built})
    assert drawing_widgets([str(tmp_path)]) == [{"name": "bqplot", **built}]


def test_the_first_folder_that_has_one_counts(tmp_path: Path) -> None:
    for place in ("user", "system"):
        built = {"load": f"static/{place}.js", "extension": "./ext"}
        installed(tmp_path / place, "bqplot", jupyterlab={"_build": built})
    found = drawing_widgets([str(tmp_path / "user"), str(tmp_path / "system")])
    assert [each["load"] for each in found] == ["static/user.js"]


def test_what_cannot_be_used_is_left_out(tmp_path: Path) -> None:
    installed(tmp_path, OWN)
    installed(tmp_path, "source", jupyterlab={"extension": True})
    installed(tmp_path, "mime", jupyterlab={"_build": {"load": "a.js", "mimeExtension": "./m"}})
    for name, text in {"broken": "{", "list": "[]", "bytes": "\udcff"}.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "package.json").write_text(text, errors="surrogateescape")
    assert names(tmp_path, tmp_path / "missing") == []


def test_jupyters_own_folders_are_looked_at() -> None:
    assert folders()
    assert all(place.endswith("labextensions") for place in folders())
