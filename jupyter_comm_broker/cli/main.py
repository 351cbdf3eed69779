"""The command itself: its words are read, one part is run, and its end is an exit code."""

from __future__ import annotations

import os
import sys
from argparse import RawDescriptionHelpFormatter
from collections.abc import Sequence

from jupyter_comm_broker._version import __version__
from jupyter_comm_broker.cli.arguments import Parser, add_server
from jupyter_comm_broker.cli.command_context import Desk
from jupyter_comm_broker.cli.commands import (
    closing,
    listing,
    sending,
    showing,
    status,
    tail,
    tree,
    watch,
)
from jupyter_comm_broker.cli.exits import CommandError, Exit, described
from jupyter_comm_broker.cli.wording import printable

GROUPS = (listing, showing, tree, status, sending, closing, watch, tail)
"""The modules of the commands, in the order of ``--help``."""

ABOUT = """\
See and use the comms of a Jupyter server's kernels: widgets, and whatever else talks to pages.

Comms are named by their id or the beginning of it, kernels also by their notebook's name.
"""


def parser() -> Parser:
    """Return what reads the command's words."""
    made = Parser(
        prog="jupyter comms",
        description=ABOUT,
        epilog=described(),
        formatter_class=RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    made.add_argument("--version", action="version", version=__version__)
    add_server(made)
    commands = made.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for group in GROUPS:
        group.add(commands)
    return made


def main(words: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code."""
    debug = False
    try:
        args = parser().parse_args(words)
        debug = args.debug
        code: Exit = args.run(Desk(args), args)
        # Here, where it can still be told: the reader of a pipe may be gone.
        sys.stdout.flush()
    except CommandError as error:
        line = " ".join(str(error).split())
        sys.stderr.write(f"jupyter comms: {line}\n")
        return error.exit_code
    except BrokenPipeError:
        # Python would write what is left once more when it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.BROKEN_PIPE
    except (KeyboardInterrupt, EOFError):
        sys.stderr.write("\n")
        return Exit.INTERRUPTED
    except Exception as error:
        if debug:
            raise
        what = printable(f"{type(error).__name__}: {error}")
        advice = "say it again with --debug and report what that shows"
        sys.stderr.write(f"jupyter comms: a fault of this command itself ({what}); {advice}\n")
        return Exit.FAILED
    return code
