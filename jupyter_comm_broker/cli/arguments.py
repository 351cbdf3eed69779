"""The arguments that several commands share: the server, the kernel, and the choice of comms."""

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
    from jupyter_comm_broker.cli.command_context import CommandContext

FILTERS = ("target", "model", "knowledge", "attached", "idle_longer_than", "text")
"""The API's names of the conditions by which comms are chosen."""


class Parser(ArgumentParser):
    """A parser that reports an error in one line."""

    def error(self, message: str) -> NoReturn:
        """End the command. Raises CommandError."""
        raise CommandError(Exit.USAGE, f"{message}; see {self.prog} --help")


Run = Callable[["CommandContext", Namespace], Exit]
Commands: TypeAlias = "_SubParsersAction[Parser]"


def command(commands: Commands, name: str, run: Run, summary: str, more: str = "") -> Parser:
    """
    Add a command, with the arguments that all commands take.

    Args:
        commands: the parser's commands.
        name: the command's name.
        run: what runs it.
        summary: what it does, without a capital letter or a full stop.
        more: further sentences for its ``--help``.

    Returns:
        The command's parser, to which its own arguments are added.
    """
    parser = commands.add_parser(
        name,
        help=summary,
        description=f"{summary[:1].upper()}{summary[1:]}. {more}".strip(),
        allow_abbrev=False,
    )
    parser.set_defaults(run=run)
    # An argument before the command's name counts, unless it is given again after the name.
    add_server(parser, default=SUPPRESS)
    return parser


def add_server(parser: ArgumentParser, default: object = None) -> None:
    """Add the arguments for the server and for the form of the output."""
    group = parser.add_argument_group("the server, and the form of the output")
    group.add_argument(
        "--url",
        default=default,
        help="the server's URL; by default JUPYTER_SERVER_URL or a server that runs here",
    )
    group.add_argument(
        "--token",
        default=default,
        help="the server's token; by default JUPYTER_TOKEN, which ps does not show",
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
        help="show the traceback of an error in this command",
    )


def add_kernel(parser: _ActionsContainer) -> None:
    """Add the choice of one kernel."""
    parser.add_argument(
        "-k",
        "--kernel",
        metavar="KERNEL",
        help="the kernel's id, the beginning of its id, or its notebook",
    )


def add_filters(parser: ArgumentParser) -> None:
    """Add the choice of comms."""
    group = parser.add_argument_group("which comms (they must meet all conditions)")
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
        "--attached",
        action="store_true",
        default=None,
        help="a page that is connected has the comm",
    )
    pages.add_argument(
        "--detached",
        dest="attached",
        action="store_false",
        default=None,
        help="no page that is connected has the comm",
    )
    group.add_argument(
        "--idle-longer-than",
        metavar="TIME",
        type=a_time,
        help="no message on the comm for that long: 90, 90s, 5m, 2h, 1d",
    )
    group.add_argument("--text", help="a part of the id, the target or the model name")


def filters(args: Namespace) -> dict[str, object]:
    """Return the conditions as the API takes them. A condition that was not given is ``None``."""
    return {name: getattr(args, name) for name in FILTERS}


def a_time(text: str) -> float:
    """Return a duration in seconds. Raises ArgumentTypeError."""
    try:
        return read_duration(text)
    except ValueError as error:
        raise ArgumentTypeError(str(error)) from error


def a_count(text: str) -> int:
    """Return a number that is not negative. Raises ArgumentTypeError."""
    if not text.isdecimal():
        raise ArgumentTypeError(f"{text!r} is not a whole number")
    return int(text)
