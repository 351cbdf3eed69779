"""Results go to the output, questions beside it, and nobody is asked who is not there."""

from __future__ import annotations

import io
from argparse import Namespace
from typing import Any

import pytest

from jupyter_comm_broker.cli.command_context import WIDE, CommandContext, console
from jupyter_comm_broker.cli.exits import CommandError, Exit
from jupyter_comm_broker.cli.servers import address


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


def context(
    monkeypatch: pytest.MonkeyPatch, said: str | None = None, **args: Any
) -> tuple[CommandContext, io.StringIO, io.StringIO]:
    """Return a context with its outputs; a person is there who says something, or none."""
    out = io.StringIO()
    notes = io.StringIO() if said is None else Screen()
    monkeypatch.setattr("sys.stdin", io.StringIO() if said is None else Screen(said + "\n"))
    words = Namespace(**{"json": False, "yes": False, "url": None, "token": None, **args})
    return CommandContext(words, out=out, notes=notes, environment={"TERM": "dumb"}), out, notes


def test_json_is_written_as_it_is_also_where_it_cannot_be_encoded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made, out, _ = context(monkeypatch)
    made.print_json({"a": "ä\ud800 [bold]"}, lines=True)
    made.print_json([1])
    assert out.getvalue() == '{"a": "ä\\ud800 [bold]"}\n[\n  1\n]\n'


@pytest.mark.parametrize(
    ("said", "agreed"), [("y", True), ("Yes", True), ("", False), ("n", False)]
)
def test_a_person_is_asked(monkeypatch: pytest.MonkeyPatch, said: str, agreed: bool) -> None:
    made, out, notes = context(monkeypatch, said)
    assert made.agrees("Close 2 comms?") is agreed
    assert "Close 2 comms? [y/N]" in notes.getvalue()
    assert out.getvalue() == ""


def test_who_said_yes_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    made, _, notes = context(monkeypatch, "n", yes=True)
    assert made.agrees("Close 2 comms?")
    assert notes.getvalue() == ""


@pytest.mark.parametrize("said", [None, "y"])
def test_programs_are_not_asked(monkeypatch: pytest.MonkeyPatch, said: str | None) -> None:
    made, _, _ = context(monkeypatch, said, json=said is not None)
    with pytest.raises(CommandError, match="--yes") as caught:
        made.agrees("Close 2 comms?")
    assert caught.value.exit_code is Exit.USAGE


SERVERS = [{"url": f"http://localhost:{port}/", "token": str(port)} for port in (1, 2)]


def test_a_person_chooses_between_servers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(address, "running_servers", lambda: SERVERS)
    made, _, notes = context(monkeypatch, "2")
    assert made.client.address.token == "2"
    assert "1  http://localhost:1/" in notes.getvalue()


@pytest.mark.parametrize("said", ["3", "0", "x", ""])
def test_a_choice_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, said: str) -> None:
    monkeypatch.setattr(address, "running_servers", lambda: SERVERS)
    made, _, _ = context(monkeypatch, said)
    with pytest.raises(CommandError, match="not a number from 1 to 2"):
        _ = made.client


def test_a_pipe_takes_wide_tables_and_a_person_may_say_how_wide() -> None:
    assert console(io.StringIO(), {}).width == WIDE
    assert console(io.StringIO(), {"COLUMNS": "60"}).width != WIDE
