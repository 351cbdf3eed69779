"""The words that several commands share: the server, the choice of comms, and the payload."""

from __future__ import annotations

from argparse import (
    SUPPRESS,
    ArgumentParser,
    ArgumentTypeError,
    Namespace,
    _ActionsContainer,
    _SubParsersAction,
)
from collections.abc import Callable
from typing import TYPE_CHECKING, NoReturn, TypeAlias

from jupyter_comm_broker.cli.exits import CommandError, Exit
from jupyter_comm_broker.cli.wording import read_duration

if TYPE_CHECKING:
    from jupyter_comm_broker.cli.command_context import Desk

FILTERS = ("target", "model", "knowledge", "attached", "idle_longer_than", "text")
"""The API's names for the choice of comms."""


class Parser(ArgumentParser):
    """Says what is wrong with the words in one line."""

    def error(self, message: str) -> NoReturn:
        """End the command. Raises CommandError."""
        raise CommandError(Exit.USAGE, f"{message}; {self.prog} --help shows what it takes")


Run = Callable[["Desk", Namespace], Exit]
Commands: TypeAlias = "_SubParsersAction[Parser]"


def command(commands: Commands, name: str, run: Run, summary: str, more: str = "") -> Parser:
    """Add a command, which takes what all of them take."""
    parser = commands.add_parser(
        name,
        help=summary,
        description=f"{summary[:1].upper()}{summary[1:]}. {more}".strip(),
        allow_abbrev=False,
    )
    parser.set_defaults(run=run)
    # What was said before the command's name stands unless it is said again behind it.
    add_server(parser, default=SUPPRESS)
    return parser


def add_server(parser: ArgumentParser, default: object = None) -> None:
    """Add what says where the server is and how it is to be written."""
    group = parser.add_argument_group("the server, and the form of the output")
    group.add_argument(
        "--url", default=default, help="the server; else one that runs here (JUPYTER_SERVER_URL)"
    )
    group.add_argument(
        "--token", default=default, help="its token; else JUPYTER_TOKEN, which ps does not show"
    )
    group.add_argument(
        "--json",
        action="store_true",
        default=False if default is None else default,
        help="write JSON, for programs",
    )
    group.add_argument(
        "--debug",
        action="store_true",
        default=False if default is None else default,
        help="of a fault of this command itself, show where it is",
    )


def add_kernel(parser: _ActionsContainer) -> None:
    """Add the choice of one kernel."""
    parser.add_argument(
        "-k", "--kernel", metavar="KERNEL", help="its id, the beginning of it, or its notebook"
    )


def add_filters(parser: ArgumentParser) -> None:
    """Add the choice of comms."""
    group = parser.add_argument_group("which comms (all of these have to hold)")
    add_kernel(group)
    group.add_argument("-t", "--target", help="exactly this target name")
    group.add_argument("--model", help="exactly this model name, as in IntSliderModel")
    group.add_argument(
        "--knowledge",
        choices=("clean", "dirty", "unknown", "too_large"),
        help="how far the mirrored state can be trusted",
    )
    pages = group.add_mutually_exclusive_group()
    pages.add_argument(
        "--attached", action="store_true", default=None, help="a page that is there has it"
    )
    pages.add_argument(
        "--detached", dest="attached", action="store_false", default=None, help="no page has it"
    )
    group.add_argument(
        "--idle-longer-than",
        metavar="TIME",
        type=a_time,
        help="no message on it for that long: 90, 90s, 5m, 2h, 1d",
    )
    group.add_argument("--text", help="part of the id, target or model name")


def filters(args: Namespace) -> dict[str, object]:
    """Return the choice of comms as the API takes it; what was not said is ``None``."""
    return {name: getattr(args, name) for name in FILTERS}


def a_time(text: str) -> float:
    """Read a length of time. Raises ArgumentTypeError."""
    try:
        return read_duration(text)
    except ValueError as error:
        raise ArgumentTypeError(str(error)) from error


def a_count(text: str) -> int:
    """Read a number that is not negative. Raises ArgumentTypeError."""
    if not text.isdecimal():
        raise ArgumentTypeError(f"{text!r} is no number of comms")
    return int(text)
