"""The command ends with a code and one line, whatever happens."""

from __future__ import annotations

import pytest

from jupyter_comm_broker._version import __version__
from jupyter_comm_broker.cli.commands import listing
from jupyter_comm_broker.cli.exits import Exit
from jupyter_comm_broker.cli.main import GROUPS, main, parser

from .conftest import Run
from .counter import Counter


def test_help_says_commands_and_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["--help"])
    assert caught.value.code == 0
    said = capsys.readouterr().out
    assert "exit codes:\n    0  done" in said
    assert len(GROUPS) > 1
    for name in (
        "list",
        "show",
        "tree",
        "targets",
        "status",
        "export",
        "send",
        "open",
        "close",
        "watch",
        "tail",
    ):
        assert f"\n    {name}" in said


def test_without_a_command_it_prints_its_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == Exit.OK
    assert capsys.readouterr().out.startswith("usage: jupyter comms")


def test_the_version_is_the_packages(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parser().parse_args(["--version"])
    assert capsys.readouterr().out.strip() == __version__


def test_an_error_is_one_line(run: Run, counter: Counter) -> None:
    counter.lays("/api/comms", {"message": "a\nb", "reason": "InvalidFieldError"}, status=400)
    ended = run("list")
    assert (ended.code, ended.out, ended.err) == (Exit.USAGE, "", "jupyter comms: a\\nb\n")


@pytest.mark.parametrize(
    ("error", "code"), [(KeyboardInterrupt, Exit.INTERRUPTED), (EOFError, Exit.INTERRUPTED)]
)
def test_an_interrupt_is_no_traceback(
    run: Run, monkeypatch: pytest.MonkeyPatch, error: type[BaseException], code: Exit
) -> None:
    def interrupted(*_args: object) -> Exit:
        raise error

    monkeypatch.setattr(listing, "list_comms", interrupted)
    ended = run("list")
    assert (ended.code, ended.out, ended.err) == (code, "", "\n")


def test_a_fault_of_our_own_is_one_line_unless_it_is_looked_for(run: Run, counter: Counter) -> None:
    counter.lays("/api/comms", {"comms": "not a list", "next": None})
    ended = run("list")
    assert (ended.code, ended.out) == (Exit.FAILED, "")
    assert ended.err.startswith("jupyter comms: an error in this command (KeyError: 'total')")
    assert len(ended.err.splitlines()) == 1
    with pytest.raises(KeyError):
        run("list", "--debug")
