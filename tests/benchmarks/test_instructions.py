"""The guard on instruction counts: it fails on growth, and only on growth."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks import instructions
from benchmarks.instructions import NotCountableError


@pytest.fixture
def stored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(instructions, "setting", lambda: "here")
    monkeypatch.setattr(instructions, "STORED", tmp_path / "figures.json")
    (tmp_path / "figures.json").write_text(json.dumps({"here": {"reference": 1000, "hot": 5000}}))


@pytest.mark.usefixtures("stored")
def test_growth_by_more_than_a_tenth_is_told() -> None:
    assert instructions.compare({"reference": 1010, "hot": 5400}) == []
    (line,) = instructions.compare({"reference": 1010, "hot": 5600})
    assert "hot" in line


@pytest.mark.usefixtures("stored")
def test_another_interpreter_is_no_verdict() -> None:
    with pytest.raises(NotCountableError, match="another interpreter"):
        instructions.compare({"reference": 1300, "hot": 9000})


@pytest.mark.usefixtures("stored")
def test_new_figures_are_kept_beside_those_of_other_settings(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(instructions, "setting", lambda: "there")
    instructions.store({"reference": 900.4})

    assert json.loads(instructions.STORED.read_text()) == {
        "here": {"reference": 1000, "hot": 5000},
        "there": {"reference": 900},
    }


@pytest.mark.slow
@pytest.mark.timeout(400)  # an interpreter under valgrind is fifty times slower
def test_the_hot_path_takes_no_more_instructions_than_stored() -> None:
    try:
        assert instructions.compare(instructions.measure_all()) == []
    except NotCountableError as reason:
        pytest.skip(str(reason))
