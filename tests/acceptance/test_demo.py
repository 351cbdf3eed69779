"""The demonstration plays to its end: what README promises is seen by the first who tries it."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.timeout(300)
def test_demo_check_sees_the_widgets_restored_and_stock_waiting() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "demo.check"],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(
        r"broker: \d+ widgets restored in \d+ ms while the kernel was busy", done.stdout
    )
    assert re.search(r"stock: waited [\d.]+ s, until the cell ended", done.stdout)
