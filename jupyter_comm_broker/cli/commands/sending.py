"""``send`` and ``open``: send a message on a comm, or open a new comm."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Mapping
from typing import Any

from jupyter_comm_broker.cli.arguments import Commands, add_kernel, command
from jupyter_comm_broker.cli.client import step
from jupyter_comm_broker.cli.command_context import CommandContext
from jupyter_comm_broker.cli.exits import CommandError, Exit, RefusalError
from jupyter_comm_broker.cli.payload import (
    add_data_or_attributes,
    add_payload,
    body,
    told_apart,
    update,
)
from jupyter_comm_broker.cli.waiting import ON_THE_WAY, add_timeout, behind, patiently
from jupyter_comm_broker.cli.wording import printable

LONGEST = 2000
"""The most characters of a message that are shown to people."""


def add(commands: Commands) -> None:
    """Add both commands."""
    parser = command(
        commands,
        "send",
        send,
        "send a message on a comm",
        "For example, jupyter comms send 3fa8 value=7 --wait processed moves a slider.",
    )
    parser.add_argument("comm", help="the comm's id, or the beginning of its id")
    add_data_or_attributes(parser)
    parser.add_argument(
        "--set",
        metavar="NAME=VALUE",
        action="append",
        default=[],
        help="another way to set an attribute, also one whose name is no word",
    )
    add_kernel(parser)
    parser.add_argument(
        "--wait",
        choices=("none", "processed", "reply"),
        default="none",
        help="none: do not wait; processed: wait until the kernel is done; reply: also show the "
        "answers",
    )
    add_timeout(parser)
    parser.add_argument("--reveal", action="store_true", help="show secrets in answers too")
    parser = command(commands, "open", open_comm, "open a comm to a target in a kernel")
    parser.add_argument("kernel", help="the kernel's id, the beginning of its id, or its notebook")
    parser.add_argument("target", help="the target name that the kernel has registered")
    add_payload(parser)
    parser.add_argument("--comm-id", help="the new comm's id; by default the server chooses one")
    add_timeout(parser)


def send(context: CommandContext, args: Namespace) -> Exit:
    """Send a message."""
    args.data, attributes = told_apart(args.data)
    attributes += args.set
    if attributes and (args.data or args.buffer):
        raise CommandError(Exit.USAGE, "attributes make the data and buffers; leave those out")
    if not attributes and not args.data:
        raise CommandError(Exit.USAGE, "nothing to send: give data as JSON, or NAME=VALUE")
    sent = {**body(args), **(update(attributes) if attributes else {})}
    comm = context.names.comm(args.comm, args.kernel)
    waits = args.wait != "none"
    query = {
        "wait": args.wait,
        "timeout": args.timeout if waits else None,
        "reveal": args.reveal or None,
    }

    def ask() -> Any:
        return context.client.ask(
            "POST",
            f"{comm.path}/messages",
            query=query,
            body=sent,
            patience=args.timeout + ON_THE_WAY if waits else None,
        )

    found = patiently(context, comm.kernel_id, ask)
    failed = bool(found.get("errors"))
    if context.as_json:
        context.print_json(found)
    elif not waits:
        context.out.print(f"sent as {printable(found['msg_id'])}", soft_wrap=True)
        if first := behind(found["queued_behind"]):
            context.note(printable(first))
    else:
        _answers(context, found)
        word = "failed" if failed else "done"
        context.out.print(f"{word} in {found['seconds']:.3f} s", soft_wrap=True)
    return Exit.REFUSED if failed else Exit.OK


def open_comm(context: CommandContext, args: Namespace) -> Exit:
    """Open a comm."""
    opened = {**body(args), "target_name": args.target}
    if args.comm_id is not None:
        opened["comm_id"] = args.comm_id
    kernel_id = context.names.kernel(args.kernel)

    def ask() -> Any:
        return context.client.ask(
            "POST",
            f"/api/kernels/{step(kernel_id)}/comms",
            query={"timeout": args.timeout},
            body=opened,
            patience=args.timeout + ON_THE_WAY,
        )

    try:
        found = patiently(context, kernel_id, ask)
    except RefusalError as error:
        said = str(error.problem.get("said") or "").strip()
        if error.status == 422 and said:
            # The last line of a traceback says what went wrong. --json shows all of it.
            last = printable(said.splitlines()[-1], LONGEST)
            raise CommandError(error.exit_code, f"{error} ({last})") from error
        raise
    if context.as_json:
        context.print_json(found)
    else:
        name = printable(found["comm_id"])
        context.out.print(f"opened {name} to {printable(found['target_name'])}", soft_wrap=True)
    return Exit.OK


def _answers(context: CommandContext, found: Mapping[str, Any]) -> None:
    for message in found.get("comm_messages", []):
        data = printable(json.dumps(message["data"], ensure_ascii=False), LONGEST)
        name = printable(message["comm_id"][:12])
        buffers = f" +{len(message['buffers'])} buffers" if message["buffers"] else ""
        context.out.print(f"{message['msg_type']} {name} {data}{buffers}", soft_wrap=True)
    for stream in found.get("streams", []):
        for line in stream["text"].splitlines():
            context.out.print(
                f"{printable(stream['name'])}: {printable(line, LONGEST)}", soft_wrap=True
            )
    for error in found.get("errors", []):
        context.out.print(
            printable(f"{error['ename']}: {error['evalue']}", LONGEST), soft_wrap=True
        )
    if found.get("truncated"):
        context.note("there were more answers than the server collects")
