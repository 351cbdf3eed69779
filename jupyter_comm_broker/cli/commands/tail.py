"""``tail``: messages as they pass, one line each."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping
from itertools import islice
from typing import Any

from jupyter_comm_broker.cli.arguments import Commands, a_count, add_kernel, command
from jupyter_comm_broker.cli.command_context import CommandContext
from jupyter_comm_broker.cli.event_stream import Event, follow
from jupyter_comm_broker.cli.exits import Exit
from jupyter_comm_broker.cli.wording import printable, size

LONGEST = 4000
"""The most characters of a message's data that are shown to people in a file or a pipe."""

ARROWS = {"from_kernel": "<-", "from_frontend": "->"}


def add(commands: Commands) -> None:
    """Add the command."""
    parser = command(
        commands,
        "tail",
        tail,
        "show messages as they pass, until Ctrl-C",
        "-> means to the kernel, <- from the kernel. Passwords and uploads are not shown.",
    )
    parser.add_argument(
        "comm", nargs="?", help="only this comm: its id, or the beginning of its id"
    )
    add_kernel(parser)
    parser.add_argument("-t", "--target", help="only comms with exactly this target name")
    add_count(parser, "messages")


def add_count(parser: ArgumentParser, what: str) -> None:
    """Add the argument for the number of events after which to end."""
    parser.add_argument("-n", "--count", type=a_count, help=f"end after that many {what}")


def tail(context: CommandContext, args: Namespace) -> Exit:
    """Show messages."""
    query: dict[str, object] = {"types": "message", "target": args.target}
    if args.comm:
        comm = context.names.comm(args.comm, args.kernel)
        query |= {"kernel": comm.kernel_id, "comm": comm.comm_id}
    elif args.kernel:
        query["kernel"] = context.names.kernel(args.kernel)
    seen = 0
    for event in follow(context.client, query):
        if event.type == "resync":
            context.note(printable(f"some messages are missing here: {event.data['reason']}"))
            continue
        if context.as_json:
            context.print_json(event.shown(), lines=True)
        else:
            _print(context, event)
        seen += 1
        if args.count is not None and seen >= args.count:
            break
    return Exit.OK


def print_events(context: CommandContext, query: Mapping[str, object], count: int | None) -> None:
    """
    Write events as JSON, one on each line.

    Args:
        context: the command's server and outputs.
        query: the parameters of the stream.
        count: the number of events after which to end; ``None`` for no end.
    """
    for event in islice(follow(context.client, query), count):
        context.print_json(event.shown(), lines=True)


def _print(context: CommandContext, event: Event) -> None:
    found = event.data
    words = [
        found["at"][11:23],
        context.names.label(found["kernel_id"]),
        ARROWS.get(found["direction"], "--"),
        printable(found["comm_id"])[:8],
        found["msg_type"] + (f" {printable(found['method'])}" if found["method"] else ""),
        size(found["size"]),
        carried(found),
    ]
    no_wrap = context.out.is_terminal
    context.out.print("  ".join(words), no_wrap=no_wrap, overflow="ellipsis", soft_wrap=not no_wrap)
    context.out.file.flush()


def carried(found: Mapping[str, Any]) -> str:
    """Return a message's data for people. Of a widget's message, only the attributes."""
    data = found["data"]
    if found["cut"] is not None:
        text = f"{found['cut']}…"
    elif found["method"] and isinstance(data, dict) and isinstance(data.get("state"), dict):
        text = json.dumps(data["state"], ensure_ascii=False)
    else:
        text = json.dumps(data, ensure_ascii=False)
    lengths = [size(each) for each in found["buffers"]]
    buffers = f" +{', '.join(lengths)}" if lengths else ""
    hidden = " (secrets left out)" if found["redacted"] else ""
    return printable(text, LONGEST) + buffers + hidden
