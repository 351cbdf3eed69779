"""What every command works with: the server, the two outputs, and ways to write results."""

from __future__ import annotations

import json
import os
import sys
from argparse import Namespace
from collections.abc import Mapping
from functools import cached_property
from typing import Any, TextIO

from rich.console import Console

from jupyter_comm_broker.cli.client import Client
from jupyter_comm_broker.cli.exits import CommandError, Exit
from jupyter_comm_broker.cli.names import Names
from jupyter_comm_broker.cli.servers.address import choose

WIDE = 250
"""Columns of a table that is written to a file or a pipe."""


class CommandContext:
    """
    The server and the outputs of one command.

    Args:
        args: the command's arguments.
        out: where results are written; by default standard output.
        notes: where questions, progress and remarks are written; by default standard error.
        environment: the environment variables.
    """

    def __init__(
        self,
        args: Namespace,
        *,
        out: TextIO | None = None,
        notes: TextIO | None = None,
        environment: Mapping[str, str] = os.environ,
    ) -> None:
        self.args = args
        self.as_json: bool = args.json
        self.out = console(out or sys.stdout, environment)
        self.notes = console(notes or sys.stderr, environment)
        self._environment = environment

    @cached_property
    def client(self) -> Client:
        """The client of the chosen server."""
        ask = self._ask_which if self.has_person else None
        return Client(choose(self.args.url, self.args.token, self._environment, ask))

    @cached_property
    def names(self) -> Names:
        """The kernels and comms of the server, by the names that people use."""
        return Names(self.client)

    @property
    def has_person(self) -> bool:
        """Whether a person can be asked."""
        return not self.as_json and sys.stdin.isatty() and self.notes.is_terminal

    def print_json(self, value: Any, *, lines: bool = False) -> None:
        """Write a value as JSON; on a single line if ``lines`` is set."""
        text = json.dumps(value, ensure_ascii=False, indent=None if lines else 2)
        # JSON can hold a lone surrogate, but UTF-8 cannot.
        text = text.encode("utf-8", "backslashreplace").decode()
        self.out.file.write(text + "\n")
        self.out.file.flush()

    def note(self, text: str) -> None:
        """Write a remark for people."""
        self.notes.print(text, soft_wrap=True)

    def agrees(self, question: str) -> bool:
        """
        Ask a question, and return whether the answer is yes. With ``--yes``, nobody is asked.

        Raises:
            CommandError: nobody can be asked.
        """
        if self.args.yes:
            return True
        if not self.has_person:
            advice = "Nobody can be asked here: use --yes, or --dry-run to look first"
            raise CommandError(Exit.USAGE, f"{question} {advice}")
        self.notes.print(f"{question} [y/N] ", end="", soft_wrap=True)
        return input().strip().lower() in ("y", "yes")

    def _ask_which(self, lines: Any) -> int:
        for number, line in enumerate(lines, 1):
            self.notes.print(f"{number:>3}  {line}", soft_wrap=True)
        self.notes.print("Which server? ", end="")
        said = input().strip()
        if not said.isdecimal() or not 1 <= int(said) <= len(lines):
            raise CommandError(Exit.USAGE, f"{said!r} is not a number from 1 to {len(lines)}")
        return int(said) - 1


def console(file: TextIO, environment: Mapping[str, str]) -> Console:
    """Return a console that prints texts unchanged, as wide as the terminal or the pipe allows."""
    width = None if file.isatty() or environment.get("COLUMNS") else WIDE
    return Console(file=file, width=width, markup=False, highlight=False, emoji=False)
