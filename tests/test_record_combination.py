"""A run of the tests becomes a row of the table of combinations, and keeps what people wrote."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from scripts import record_combination

REPORT = """
<testsuites><testsuite>
<testcase classname="tests.core.test_broker" name="test_one"/>
<testcase classname="tests.core.test_broker" name="test_two"><failure message="no"/></testcase>
<testcase classname="tests.acceptance.gateway.test_tls" name="test_one"/>
<testcase classname="tests.acceptance.test_cli" name="test_one"><skipped/></testcase>
</testsuite></testsuites>
"""

AGAIN = """
<testsuites><testsuite>
<testcase classname="tests.core.test_broker" name="test_two"/>
</testsuite></testsuites>
"""


def test_a_run_is_recorded_by_area_and_a_remark_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    records = tmp_path / "combinations.json"
    records.write_text(json.dumps({"newest": {"remark": "of a person"}, "other": {}}))
    monkeypatch.setattr(record_combination, "RECORDS", records)
    (tmp_path / "pytest.xml").write_text(REPORT)
    (tmp_path / "pytest_again.xml").write_text(AGAIN)
    record_combination.record("newest", sys.executable, tmp_path)
    written = json.loads(records.read_text())
    assert list(written) == ["newest", "other"]
    newest = written["newest"]
    assert newest["areas"] == {
        "without servers": {"passed": 2},
        "servers and kernels": {"skipped": 1},
        "a gateway": {"passed": 1},
    }
    assert newest["remark"] == "of a person"
    assert newest["versions"]["Python"] == ".".join(map(str, sys.version_info[:3]))
    assert {"tornado", "jupyter_server"} <= newest["versions"].keys()
