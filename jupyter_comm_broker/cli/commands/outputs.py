"""``outputs``: what a cell has printed, and what it goes on to print."""

from __future__ import annotations

import time
from argparse import Namespace
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from jupyter_comm_broker.cli.arguments import Commands, command
from jupyter_comm_broker.cli.client import Client, runs_path, step
from jupyter_comm_broker.cli.command_context import CommandContext
from jupyter_comm_broker.cli.event_stream import PAUSE, TRIES
from jupyter_comm_broker.cli.exits import CommandError, Exit
from jupyter_comm_broker.cli.output_text import GrowingText
from jupyter_comm_broker.cli.wording import printable, short_length

Run = Mapping[str, Any]

OVER = ("ended", "lost")

OFTEN, SELDOM = 0.5, 3.0
"""Seconds between two requests: after something new, and after a long time without."""

SHARE = 10
"""By how much a pause is longer than the request before it, so that large outputs cost little."""

SHOWN = 5
"""How many runs an error lists."""


def add(commands: Commands) -> None:
    """Add the command."""
    parser = command(
        commands,
        "outputs",
        outputs,
        "show the output of a cell as text",
        "By default it is the cell that runs, or else the one that ran last. Displays are shown by "
        "their plain text. It needs the right to read kernels.",
    )
    parser.add_argument("kernel", help="the kernel's id, the beginning of its id, or its notebook")
    parser.add_argument(
        "request",
        nargs="?",
        help="another run: the id of its request or of its cell, or the beginning of one",
    )
    parser.add_argument(
        "-f",
        "--follow",
        action="store_true",
        help="go on until the cell ends, or until Ctrl-C; the exit code tells how it ended",
    )


def outputs(context: CommandContext, args: Namespace) -> Exit:
    """Show the output of a run."""
    kernel_id = context.names.kernel(args.kernel)
    msg_id = _meant(context, kernel_id, args.request)
    path = f"{runs_path(kernel_id)}/{step(msg_id)}/outputs"
    if not args.follow:
        run = context.client.get(path)
        _show(context, [run])
        return Exit.OK
    return _exit(_show(context, followed(context.client, path)))


def followed(client: Client, path: str) -> Iterator[Run]:
    """
    Yield the output of a run whenever it has changed, until the run is over.

    Args:
        client: the client of the server.
        path: the path of the output.

    Raises:
        CommandError: the server refuses or does not come back, or the run is no longer kept.
    """
    tag, pause, failed = "", OFTEN, 0
    while True:
        began = time.monotonic()
        try:
            run, tag = client.get_changed(path, tag)
        except CommandError as error:
            failed += 1
            if error.exit_code is not Exit.NO_SERVER or not tag or failed > TRIES:
                raise
            time.sleep(PAUSE)
            continue
        failed, took = 0, time.monotonic() - began
        if run is not None:
            yield run
            if run["state"] in OVER:
                return
        pause = OFTEN if run is not None else min(SELDOM, pause * 1.2)
        time.sleep(max(pause, SHARE * took))


def _show(context: CommandContext, states: Iterator[Run] | Sequence[Run]) -> Run:
    """Write the output of a run as it grows. Returns the last state of the run."""
    file, asked = context.out.file, None
    last: Run = {}
    text = GrowingText(file.write, context.note, context.out.width * context.out.is_terminal)
    is_followed = not isinstance(states, Sequence)
    for last in states:
        if context.as_json:
            continue
        is_over = not is_followed or last["state"] in OVER
        text.show(last["outputs"], is_cut=last["bytes_dropped"] > 0, is_over=is_over)
        file.flush()
        if last["prompt"] != asked:
            asked = last["prompt"]
            if asked is not None:
                context.note(printable(f"the cell asks: {asked}"))
    if context.as_json:
        context.print_json(dict(last))
    elif said := _said(last):
        context.note(said)
    return last


def _said(run: Run) -> str:
    if run["state"] == "lost":
        return printable(f"the end of the cell is not known: {run['lost']}")
    if run["state"] == "queued":
        return "the cell waits: the kernel has not begun with it"
    if run["state"] == "running":
        return "the cell still runs; --follow goes on"
    return "the cell was not run: one before it failed" if run["status"] == "aborted" else ""


def _exit(run: Run) -> Exit:
    if run["state"] == "lost":
        return Exit.KERNEL_DOWN if run["lost"].startswith("DeadKernelError") else Exit.REFUSED
    return Exit.OK if run["status"] in ("ok", None) else Exit.REFUSED


# -- which run -------------------------------------------------------------------------------------


def _meant(context: CommandContext, kernel_id: str, name: str | None) -> str:
    """Return the msg_id of the run that is meant. Raises CommandError."""
    query = {"sort": "-sent_at", "fields": "msg_id,cell_id,state"}
    runs, _ = context.client.pages(runs_path(kernel_id), query, of="requests")
    label = context.names.label(kernel_id)
    if not runs:
        raise CommandError(Exit.NOT_FOUND, f"no run of a cell is kept of kernel {label}")
    if name is None:
        return _latest(runs)
    by_id = [each for each in runs if each["msg_id"] == name] or [
        each for each in runs if name and each["msg_id"].startswith(name)
    ]
    # A cell may have been run often. Its latest run counts.
    by_cell: dict[str, Run] = {}
    for each in runs:
        if name and (each["cell_id"] or "").startswith(name):
            by_cell.setdefault(each["cell_id"], each)
    meant = by_id or ([by_cell[name]] if name in by_cell else list(by_cell.values()))
    if not meant:
        message = f"no run {printable(name)!r} is kept of kernel {label}"
        raise CommandError(Exit.NOT_FOUND, f"{message}; jupyter comms running shows what runs")
    if len(meant) > 1:
        length = short_length(each["msg_id"] for each in meant)
        some = ", ".join(printable(each["msg_id"][:length]) for each in meant[:SHOWN])
        raise CommandError(Exit.USAGE, f"{printable(name)!r} may be several runs: {some}")
    return str(meant[0]["msg_id"])


def _latest(runs: Sequence[Run]) -> str:
    """Return the run that goes on, or the last that did; of those that wait, the next one."""
    for states in (("running",), OVER):
        for each in runs:
            if each["state"] in states:
                return str(each["msg_id"])
    return str(runs[-1]["msg_id"])
