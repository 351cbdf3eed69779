"""Runs a command by its arguments. Returns what it wrote, and how it ended."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator

import pytest

from jupyter_comm_broker.cli.main import main
from tests.ended import Ended

from .counter import Counter

Run = Callable[..., Ended]


@pytest.fixture
def counter() -> Iterator[Counter]:
    served = Counter()
    served.open()
    yield served
    served.close()


@pytest.fixture
def run(
    counter: Counter, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Run:
    """Run a command against the server of prepared answers."""
    for name in ("JUPYTER_SERVER_URL", "JUPYTER_TOKEN", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)

    def running(*words: str, stdin: str = "") -> Ended:
        monkeypatch.setattr("sys.stdin", io.StringIO(stdin))
        code = main([words[0], "--url", counter.url, "--token", "secret", *words[1:]])
        written = capsys.readouterr()
        return Ended(code, written.out, written.err)

    return running
