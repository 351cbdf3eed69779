"""What every command works with: the server, the two outputs, and how results are written."""

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
from jupyter_comm_broker.cli.servers import choose

WIDE = 250
"""Columns of a table that goes into a file or a pipe, where no terminal sets a width."""


class Desk:
    """One command's surroundings."""

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
        """Where everything goes that is not the result: questions, progress, remarks."""
        self._environment = environment

    @cached_property
    def client(self) -> Client:
        """The server that is meant."""
        ask = self._ask_which if self.has_person else None
        return Client(choose(self.args.url, self.args.token, self._environment, ask))

    @cached_property
    def names(self) -> Names:
        """What there is on it."""
        return Names(self.client)

    @property
    def has_person(self) -> bool:
        """Whether somebody is there to be asked."""
        return not self.as_json and sys.stdin.isatty() and self.notes.is_terminal

    def print_json(self, value: Any, *, lines: bool = False) -> None:
        """Write a value for programs; ``lines`` puts each on one line, at once."""
        text = json.dumps(value, ensure_ascii=False, indent=None if lines else 2)
        # A lone surrogate, which JSON can hold, cannot be written as UTF-8.
        text = text.encode("utf-8", "backslashreplace").decode()
        self.out.file.write(text + "\n")
        self.out.file.flush()

    def note(self, text: str) -> None:
        """Remark something to people."""
        self.notes.print(text, soft_wrap=True)

    def agrees(self, question: str) -> bool:
        """
        Whether the person says yes; ``--yes`` has said it already.

        Raises:
            CommandError: nobody is there to be asked.
        """
        if self.args.yes:
            return True
        if not self.has_person:
            advice = "Nobody is here to be asked: say --yes, or --dry-run to look"
            raise CommandError(Exit.USAGE, f"{question} {advice}")
        self.notes.print(f"{question} [y/N] ", end="", soft_wrap=True)
        return input().strip().lower() in ("y", "yes")

    def _ask_which(self, lines: Any) -> int:
        for number, line in enumerate(lines, 1):
            self.notes.print(f"{number:>3}  {line}", soft_wrap=True)
        self.notes.print("Which server? ", end="")
        said = input().strip()
        if not said.isdecimal() or not 1 <= int(said) <= len(lines):
            raise CommandError(Exit.USAGE, f"{said!r} is none of 1 to {len(lines)}")
        return int(said) - 1


def console(file: TextIO, environment: Mapping[str, str]) -> Console:
    """Return where to print: texts as they are, as wide as the terminal or a pipe takes it."""
    width = None if file.isatty() or environment.get("COLUMNS") else WIDE
    return Console(file=file, width=width, markup=False, highlight=False, emoji=False)
