"""``status``: whether the broker is in the path, and the health of each kernel's link."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Mapping
from typing import Any

from jupyter_comm_broker.cli.arguments import Commands, command
from jupyter_comm_broker.cli.command_context import CommandContext
from jupyter_comm_broker.cli.exits import Exit
from jupyter_comm_broker.cli.tables import facts, table
from jupyter_comm_broker.cli.wording import counted, size

COLUMNS = ("kernel", "id", "link", "state", "comms", "bytes", "pages", "waiting", "dropped", "list")


def add(commands: Commands) -> None:
    """Add the command."""
    command(
        commands,
        "status",
        status,
        "show whether the broker is in the path, and the health of its links",
        f"The exit code is {int(Exit.FAILED)} if the broker is not in the path.",
    )


def status(context: CommandContext, args: Namespace) -> Exit:
    """Show the self-check."""
    check = context.client.get("/api/comms/broker")
    if context.as_json:
        context.print_json(check)
    else:
        why = f": {check['reason']}" if check["reason"] else ""
        path = "in the path" if check["in_path"] else "NOT in the path"
        context.out.print(
            facts(
                [
                    ("server", context.client.address.url),
                    ("broker", f"{check['version']}, {path} ({check['mode']}{why})"),
                    ("kernels", counted(len(check["kernels"]), "kernel")),
                    # An older server does not have this field.
                    *(
                        ("not connected", f"{kernel_id[:8]}: {why}")
                        for kernel_id, why in check.get("unlinked", {}).items()
                    ),
                ]
            )
        )
        if check["kernels"]:
            context.out.print()
            context.out.print(table(COLUMNS, [_row(each, context) for each in check["kernels"]]))
    return Exit.OK if check["in_path"] else Exit.FAILED


def _row(kernel: Mapping[str, Any], context: CommandContext) -> tuple[str, ...]:
    pages = kernel["frontends"]
    there = sum(page["attached"] for page in pages)
    gone = f" (+{len(pages) - there} gone)" if len(pages) > there else ""
    return (
        context.names.label(kernel["kernel_id"]),
        kernel["kernel_id"][:8],
        kernel["link"],
        kernel["execution_state"],
        f"{kernel['comms']:,}",
        size(kernel["state_bytes"]),
        f"{there}{gone}",
        f"{sum(page['waiting_messages'] for page in pages):,}",
        f"{sum(page['dropped'] for page in pages):,}",
        "complete" if kernel["registry_complete"] else "incomplete",
    )
