"""``show`` and ``export``: the state of one comm, or of all widgets of a kernel."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jupyter_comm_broker.cli.arguments import Commands, add_kernel, command
from jupyter_comm_broker.cli.client import step
from jupyter_comm_broker.cli.command_context import CommandContext
from jupyter_comm_broker.cli.exits import CommandError, Exit
from jupyter_comm_broker.cli.saved_state import STATE
from jupyter_comm_broker.cli.tables import facts
from jupyter_comm_broker.cli.wording import counted, duration, printable, size

LONGEST = 20_000
"""The most characters of a state that are shown to people."""


def add(commands: Commands) -> None:
    """Add both commands."""
    parser = command(commands, "show", show, "show one comm with its state")
    parser.add_argument("comm", help="the comm's id, or the beginning of its id")
    add_kernel(parser)
    parser.add_argument("--reveal", action="store_true", help="show passwords and uploads too")
    parser.add_argument(
        "--buffers",
        action="store_true",
        help="with --json: show the bytes of its buffers too, as base64",
    )
    parser = command(
        commands,
        "export",
        export,
        "write the states of a kernel's widgets as a widget state document",
        "Notebooks store such documents. nbconvert and ipywidgets.embed show widgets from them.",
    )
    parser.add_argument("kernel", help="the kernel's id, the beginning of its id, or its notebook")
    parser.add_argument("file", help="the file to write; - for standard output")
    parser.add_argument("--reveal", action="store_true", help="write passwords and uploads too")


def show(context: CommandContext, args: Namespace) -> Exit:
    """Show one comm."""
    comm = context.names.comm(args.comm, args.kernel)
    buffers = "base64" if args.buffers and context.as_json else "omit"
    found = context.client.get(comm.path, buffers=buffers, reveal=args.reveal or None)
    if context.as_json:
        context.print_json(found)
        return Exit.OK
    context.out.print(facts(_facts(found, context)))
    if found["state"] is not None:
        text = json.dumps(found["state"], ensure_ascii=False, indent=2)
        shown = "\n".join(printable(line, LONGEST) for line in text[:LONGEST].splitlines())
        context.out.print("\n" + shown, soft_wrap=True)
        if len(text) > LONGEST:
            context.note(f"the first {LONGEST:,} of {len(text):,} characters; --json shows all")
    return Exit.OK


def export(context: CommandContext, args: Namespace) -> Exit:
    """Write a widget state document."""
    kernel_id = context.names.kernel(args.kernel)
    document = context.client.ask(
        "GET",
        f"/api/kernels/{step(kernel_id)}/comms",
        query={"reveal": args.reveal or None},
        accept=STATE,
    )
    count = len(document["state"])
    if args.file == "-":
        context.print_json(document)
        return Exit.OK
    path = Path(args.file)
    try:
        path.write_text(json.dumps(document), encoding="utf-8")
    except OSError as error:
        message = f"cannot write {path}: {error.strerror or error}"
        raise CommandError(Exit.FAILED, message) from error
    if context.as_json:
        context.print_json({"kernel_id": kernel_id, "file": str(path), "models": count})
    else:
        context.out.print(f"{counted(count, 'model')} written to {path}", soft_wrap=True)
    return Exit.OK


def _facts(comm: Mapping[str, Any], context: CommandContext) -> list[tuple[str, str]]:
    model, messages, passed = comm["model"], comm["messages"], comm["bytes"]
    known = comm["knowledge"]
    if comm["dirty_because"]:
        known += f" ({comm['dirty_because']})"
    if comm["pending"]:
        known += ", an update from a page is pending"
    kernel = context.names.label(comm["kernel_id"])
    found = [
        ("comm", comm["comm_id"]),
        ("kernel", f"{comm['kernel_id']} ({kernel})"),
        ("target", comm["target_name"]),
        ("model", f"{model['name']} of {model['module']} {model['version']}" if model else "none"),
        ("seen as", comm["caption"] or "nothing that has a name"),
        ("state", f"{known}, number {comm['sequence']}, {size(passed['state'])}"),
        ("checked", comm["checked_at"] or "never: the kernel has not told its state"),
        ("opened", f"by {comm['opened_by']} at {comm['opened_at']}"),
        ("last message", f"{duration(comm['idle_seconds'])} ago"),
        ("from kernel", f"{messages['from_kernel']:,} messages, {size(passed['from_kernel'])}"),
        (
            "from pages",
            f"{messages['from_frontends']:,} messages, {size(passed['from_frontends'])}",
        ),
        ("pages", ", ".join(comm["frontends"]) or "none"),
        ("used by", ", ".join(comm["parents"]) or "none"),
        ("uses", ", ".join(comm["references"]) or "none"),
    ]
    found += [
        ("buffer", f"{_dotted(each['path'])}, {size(each['length'])}") for each in comm["buffers"]
    ]
    if comm["redacted"]:
        hidden = ", ".join(map(_dotted, comm["redacted"]))
        found.append(("not shown", f"{hidden} (secret; use --reveal with the right to execute)"))
    return found


def _dotted(path: list[Any]) -> str:
    return ".".join(map(str, path))
