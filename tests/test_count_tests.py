"""The closing lines of the suite: each failure has its reason, also one that was not seen again."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

SCRIPT = Path(__file__).parents[1] / "scripts" / "count_tests.py"

TESTS = """
import os, pytest

@pytest.fixture
def breaks():
    yield
    raise OSError("not closed")

def test_right(): pass

def test_skipped(): pytest.skip("no browser")

def test_once(): assert os.path.exists("again"), "busy machine"

def test_teardown(breaks): pass
"""


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A folder with the report of a run in which two of four tests failed."""
    (tmp_path / "test_it.py").write_text(TESTS)
    report(tmp_path, "pytest.xml")
    return tmp_path


def report(folder: Path, name: str, *arguments: str) -> None:
    """Run the tests of a folder and leave a report."""
    command = [sys.executable, "-m", "pytest", f"--junitxml={name}", *arguments]
    # Plug-ins that these tests do not use would take most of the time.
    env = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    subprocess.run(command, cwd=folder, env=env, capture_output=True, check=False)  # noqa: S603


def count(*arguments: str | Path) -> tuple[int, list[str]]:
    """Run the script; return its exit code and the lines it printed."""
    ended = subprocess.run(  # noqa: S603
        [sys.executable, SCRIPT, *arguments], capture_output=True, text=True, check=False
    )
    assert not ended.stderr
    return ended.returncode, ended.stdout.splitlines()


def test_each_failure_has_its_reason(run: Path) -> None:
    code, lines = count(run)
    assert code == 1
    assert len(lines) == 3
    assert lines[0].startswith("failed: test_it.test_once: AssertionError: busy machine")
    assert lines[1].startswith("failed: test_it.test_teardown: ")
    assert "not closed" in lines[1]
    assert lines[2] == "1 passed, 2 failed, 1 skipped"


def test_who_passes_when_tried_once_more_is_named(run: Path) -> None:
    (run / "again").touch()
    (run / "test_it.py").write_text(TESTS.replace('raise OSError("not closed")', "pass"))
    report(run, "pytest_again.xml", "--last-failed")
    code, lines = count(run)
    assert code == 0
    assert lines[0].startswith("passed only when tried once more: test_it.test_once: Assertion")
    assert lines[2] == "3 passed, 0 failed, 1 skipped"


def test_what_fails_again_has_failed(run: Path) -> None:
    report(run, "pytest_again.xml", "--last-failed")
    assert count(run)[0] == 1


def test_few_failures_are_tried_again_and_many_are_not(run: Path) -> None:
    assert count("--few", run / "pytest.xml")[0] == 0
    assert count("--few", run / "not-there.xml")[0] == 1
    many = "\n".join(f"def test_{number}(): assert False" for number in range(6))
    (run / "test_it.py").write_text(many)
    report(run, "pytest.xml")
    assert count("--few", run / "pytest.xml")[0] == 1
    (run / "test_it.py").write_text("def test_right(): pass")
    report(run, "pytest.xml")
    assert count("--few", run / "pytest.xml")[0] == 1, "nothing failed"


def test_no_test_at_all_is_no_success(tmp_path: Path) -> None:
    assert count(tmp_path) == (1, ["0 passed, 0 failed, 0 skipped"])
