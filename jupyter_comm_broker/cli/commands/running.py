"""``running``: the cells that run now, and those that wait."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterable, Mapping
from typing import Any

from jupyter_comm_broker.cli.arguments import Commands, command
from jupyter_comm_broker.cli.client import runs_path
from jupyter_comm_broker.cli.command_context import CommandContext
from jupyter_comm_broker.cli.exits import Exit, RefusalError
from jupyter_comm_broker.cli.tables import table
from jupyter_comm_broker.cli.wording import duration, short_length, size

COLUMNS = ("kernel", "request", "cell", "state", "for", "bytes", "last line")

CELL = 13
"""The most characters of a cell's id. JupyterLab's have 8 or 36."""


def add(commands: Commands) -> None:
    """Add the command."""
    parser = command(
        commands,
        "running",
        running,
        "show which cells run now, and which wait",
        "It needs the right to read kernels. jupyter comms outputs shows what such a cell prints.",
    )
    parser.add_argument(
        "kernel",
        nargs="?",
        help="only this kernel: its id, the beginning of its id, or its notebook",
    )


def running(context: CommandContext, args: Namespace) -> Exit:
    """Show the cells that run or wait."""
    runs = [
        each for kernel_id in _kernels(context, args) for each in _runs(context, args, kernel_id)
    ]
    if context.as_json:
        context.print_json(runs)
    elif runs:
        context.out.print(table(COLUMNS, _rows(context, runs)))
    else:
        context.note("no cell runs" + (" on this kernel" if args.kernel else ""))
    return Exit.OK


def _kernels(context: CommandContext, args: Namespace) -> list[str]:
    if args.kernel:
        return [context.names.kernel(args.kernel)]
    # Not the names that people use: a user who may not list kernels must be told so.
    return [each["id"] for each in context.client.get("/api/kernels")]


def _runs(context: CommandContext, args: Namespace, kernel_id: str) -> list[Any]:
    query = {"state": "running,queued", "lines": 1}
    try:
        found, _ = context.client.pages(runs_path(kernel_id), query, of="requests")
    except RefusalError as error:
        # It is just gone, or the server is not connected to it.
        if args.kernel is None and error.problem.get("reason") == "KernelNotFoundError":
            return []
        raise
    return found


def _rows(context: CommandContext, runs: list[Any]) -> Iterable[tuple[str, ...]]:
    length = short_length(each["msg_id"] for each in runs)
    for each in runs:
        yield (
            context.names.label(each["kernel_id"]),
            each["msg_id"][:length],
            (each["cell_id"] or "")[:CELL],
            "asks" if each["prompt"] is not None else each["state"],
            duration(each["seconds"]),
            size(each["bytes"]),
            _last_line(each),
        )


def _last_line(run: Mapping[str, Any]) -> str:
    if run["prompt"] is not None:
        return str(run["prompt"])
    return str(run["last_lines"][-1]) if run["last_lines"] else ""
