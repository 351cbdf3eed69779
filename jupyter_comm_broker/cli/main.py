"""The command ``jupyter comms``: reads the arguments, runs a command, returns an exit code."""

from __future__ import annotations

import os
import sys
from argparse import RawDescriptionHelpFormatter
from collections.abc import Sequence

from jupyter_comm_broker._version import __version__
from jupyter_comm_broker.cli.arguments import Parser, add_server
from jupyter_comm_broker.cli.command_context import CommandContext
from jupyter_comm_broker.cli.commands import (
    closing,
    listing,
    outputs,
    running,
    saving,
    sending,
    showing,
    status,
    tail,
    tree,
    watch,
)
from jupyter_comm_broker.cli.exits import CommandError, Exit, described
from jupyter_comm_broker.cli.wording import printable

GROUPS = (listing, showing, tree, status, running, outputs, saving, sending, closing, watch, tail)
"""The modules of the commands, in the order of ``--help``."""

ABOUT = """\
See and use the comms of a Jupyter server's kernels: widgets, and all other comms. See what runs.

A comm is named by its id or the beginning of its id. A kernel can also be named by its notebook.
"""


def parser() -> Parser:
    """Return the parser of the command's arguments."""
    made = Parser(
        prog="jupyter comms",
        description=ABOUT,
        epilog=described(),
        formatter_class=RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    made.add_argument("--version", action="version", version=__version__)
    add_server(made)
    commands = made.add_subparsers(title="commands", metavar="COMMAND")
    for group in GROUPS:
        group.add(commands)
    return made


def main(words: Sequence[str] | None = None) -> int:
    """Run one command. Returns its exit code."""
    debug = False
    try:
        arguments = parser()
        args = arguments.parse_args(words)
        debug = args.debug
        if not hasattr(args, "run"):
            arguments.print_help()
            return Exit.OK
        code: Exit = args.run(CommandContext(args), args)
        # Here, so that an error is reported: the reader of a pipe may be gone.
        sys.stdout.flush()
    except CommandError as error:
        line = " ".join(str(error).split())
        sys.stderr.write(f"jupyter comms: {line}\n")
        return error.exit_code
    except BrokenPipeError:
        # Python would try to write the rest again at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.BROKEN_PIPE
    except (KeyboardInterrupt, EOFError):
        sys.stderr.write("\n")
        return Exit.INTERRUPTED
    except Exception as error:
        if debug:
            raise
        what = printable(f"{type(error).__name__}: {error}")
        advice = "run it again with --debug and report the traceback"
        sys.stderr.write(f"jupyter comms: an error in this command ({what}); {advice}\n")
        return Exit.FAILED
    return code
