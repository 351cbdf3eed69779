"""``show`` and ``export``: one comm's state, and a kernel's as a document."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from jupyter_comm_broker.cli.commands.showing import LONGEST
from jupyter_comm_broker.cli.exits import Exit

from ..conftest import Run
from ..counter import KERNEL, Counter, comm

WHOLE = comm(
    state={"value": 7, "title": "\x1b[2J"},
    buffers=[{"path": ["value", 0], "length": 3}],
    redacted=[["password"]],
    dirty_because="a loss",
    knowledge="dirty",
)
DOCUMENT = {"version_major": 2, "version_minor": 0, "state": {"c1": {}}}


@pytest.fixture
def one(counter: Counter) -> Counter:
    counter.lays_kernels(a="x.ipynb")
    counter.lays_comms(comm())
    counter.lays(f"/api/kernels/{KERNEL}/comms/c1", WHOLE)
    counter.lays(f"/api/kernels/{KERNEL}/comms", DOCUMENT)
    return counter


def test_people_see_what_is_known_and_the_state(run: Run, one: Counter) -> None:
    ended = run("show", "c1")
    assert ended.code == 0
    for text in ("x.ipynb", "dirty (a loss)", '"value": 7', "value.0, 3 B", "password (secret;"):
        assert text in ended.out
    assert "\x1b[2J" not in ended.out
    (asked,) = one.of("GET", f"/api/kernels/{KERNEL}/comms/c1")
    assert asked.query == {"buffers": "omit"}


def test_programs_get_it_as_the_api_has_it(run: Run, one: Counter) -> None:
    assert run("show", "c1", "--json", "--buffers", "--reveal").json == WHOLE
    assert one.asked[-1].query == {"buffers": "base64", "reveal": "true"}


def test_a_long_state_is_cut_for_people_only(run: Run, one: Counter) -> None:
    long = {**WHOLE, "state": {"value": "x" * 2 * LONGEST}}
    one.lays(f"/api/kernels/{KERNEL}/comms/c1", long)
    ended = run("show", "c1")
    assert len(ended.out) < LONGEST + 5000
    assert "--json shows all" in ended.err
    assert run("show", "c1", "--json").json == long


def test_a_document_is_written_to_a_file(run: Run, one: Counter, tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    ended = run("export", "x", str(path))
    assert (ended.code, ended.out) == (0, f"1 model written to {path}\n")
    assert json.loads(path.read_text()) == DOCUMENT
    asked = one.asked[-1]
    assert asked.headers["Accept"] == "application/vnd.jupyter.widget-state+json"
    assert run("export", "x", str(path), "--json").json == {
        "kernel_id": KERNEL,
        "file": str(path),
        "models": 1,
    }
    assert run("export", "x", "-").json == DOCUMENT


def test_a_place_that_cannot_be_written_is_said(run: Run, one: Counter, tmp_path: Path) -> None:
    ended = run("export", "x", str(tmp_path / "no" / "where"))
    assert (ended.code, ended.out) == (Exit.FAILED, "")
    assert "No such file or directory" in ended.err
