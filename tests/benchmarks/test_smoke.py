"""Every benchmark still runs: tiny numbers, real servers and kernels, no judgement on figures."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks import __main__ as command
from benchmarks.figures import Figure
from benchmarks.measures import MEASURES
from benchmarks.servers import Server
from benchmarks.target import BROKER, STOCK, WrongServerError

pytestmark = pytest.mark.slow


@pytest.mark.long
def test_every_measure_gives_figures_with_the_broker() -> None:
    with Server(BROKER) as target:
        figures = {name: command.run(name, "smoke", target, None) for name in MEASURES}

    assert list(figures) == list(MEASURES)
    for name, found in figures.items():
        assert found, f"{name} answered nothing"
        assert all(each.values for each in found)


def test_a_stock_server_is_not_taken_for_the_broker() -> None:
    with Server(STOCK) as target:
        asyncio.run(target.check_side())
        with pytest.raises(WrongServerError):
            asyncio.run(replace(target, side=BROKER).check_side())


def test_a_saved_result_holds_every_figure_with_machine_and_versions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "RESULTS", tmp_path)
    assert command.main(["--smoke", "--save", "--sides", "stock", "--only", "descriptors"]) == 0

    (record,) = tmp_path.glob("*.json")
    (page,) = tmp_path.glob("*.md")
    saved = json.loads(record.read_text())
    assert saved["machine"]["jupyter_server"] in page.read_text()
    (column,) = saved["figures"].values()
    assert {Figure.load(each).key for each in column} >= {"descriptors.socket", "descriptors.left"}
