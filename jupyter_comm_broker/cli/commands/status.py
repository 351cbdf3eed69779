"""``status``: whether the broker does its work, and how each kernel's link does."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Mapping
from typing import Any

from jupyter_comm_broker.cli.arguments import Commands, command
from jupyter_comm_broker.cli.command_context import Desk
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
        "say whether the broker is in the path, and how its links do",
        f"Ends with {int(Exit.FAILED)} where it is not in the path.",
    )


def status(desk: Desk, args: Namespace) -> Exit:
    """Show the self-check."""
    check = desk.client.get("/api/comms/broker")
    if desk.as_json:
        desk.print_json(check)
    else:
        why = f": {check['reason']}" if check["reason"] else ""
        path = "in the path" if check["in_path"] else "NOT in the path"
        desk.out.print(
            facts(
                [
                    ("server", desk.client.address.url),
                    ("broker", f"{check['version']}, {path} ({check['mode']}{why})"),
                    ("kernels", counted(len(check["kernels"]), "kernel")),
                ]
            )
        )
        if check["kernels"]:
            desk.out.print()
            desk.out.print(table(COLUMNS, [_row(each, desk) for each in check["kernels"]]))
    return Exit.OK if check["in_path"] else Exit.FAILED


def _row(kernel: Mapping[str, Any], desk: Desk) -> tuple[str, ...]:
    pages = kernel["frontends"]
    there = sum(page["attached"] for page in pages)
    gone = f" (+{len(pages) - there} gone)" if len(pages) > there else ""
    return (
        desk.names.label(kernel["kernel_id"]),
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
