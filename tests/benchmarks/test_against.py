"""Two checkouts are measured in turns, each with the package that lies in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import against
from benchmarks.servers import Server
from benchmarks.target import BROKER


def test_too_few_turns_and_an_unknown_folder_are_refused(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit):
        against.main([str(Path.cwd()), "--turns", "1"])
    assert "2 turns at least" in capsys.readouterr().err


@pytest.mark.slow
def test_a_server_imports_the_broker_from_the_checkout_that_is_named(tmp_path: Path) -> None:
    package, marker = tmp_path / "jupyter_comm_broker", tmp_path / "imported"
    package.mkdir()
    # The server goes on without it.
    text = f"open({str(marker)!r}, 'w').close()\nraise ImportError('only a marker')\n"
    (package / "__init__.py").write_text(text)
    with Server(BROKER, package=tmp_path):
        assert marker.exists()


@pytest.mark.slow
def test_a_row_has_both_costs_and_their_ratio(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = [str(against.HERE), "--turns", "2", "--only", "delivery.1,"]
    assert against.main(arguments) == 0
    _, _, row = capsys.readouterr().out.splitlines()
    name, other, this, ratio, _ = [cell.strip() for cell in row.strip("|").split("|")]
    assert name == "delivery.1, us"
    assert float(other) > 0
    assert float(this) > 0
    assert float(ratio) > 0
