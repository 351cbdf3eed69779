"""``list`` and ``targets``: what there is, one line each."""

from __future__ import annotations

from argparse import Namespace

from jupyter_comm_broker.cli.arguments import (
    Commands,
    a_count,
    add_filters,
    add_kernel,
    command,
    filters,
)
from jupyter_comm_broker.cli.command_context import Desk
from jupyter_comm_broker.cli.exits import CommandError, Exit
from jupyter_comm_broker.cli.tables import comm_table, table
from jupyter_comm_broker.cli.wording import counted

SHOWN = 200
"""Comms in a table, unless more are asked for; programs get all."""

SORTS = ("opened_at", "last_activity", "idle", "state_bytes", "messages", "target", "model")


def add(commands: Commands) -> None:
    """Add both commands."""
    parser = command(commands, "list", list_comms, "list the comms that live on a server")
    add_filters(parser)
    parser.add_argument(
        "--sort",
        metavar="BY",
        choices=[*SORTS, *(f"-{name}" for name in SORTS)],
        help=f"{', '.join(SORTS)}; with - the other way round (--sort=-messages)",
    )
    parser.add_argument(
        "--limit",
        type=a_count,
        help=f"how many at most, 0 for all; else {SHOWN} in a table and all as JSON",
    )
    parser.add_argument("--fields", help="with --json: what to show of each, as in comm_id,model")
    parser = command(commands, "targets", list_targets, "list the target names that are known")
    add_kernel(parser)


def list_comms(desk: Desk, args: Namespace) -> Exit:
    """List comms."""
    if args.fields and not desk.as_json:
        raise CommandError(Exit.USAGE, "--fields goes with --json; a table has its own columns")
    limit = args.limit if args.limit is not None else (0 if desk.as_json else SHOWN)
    kernel_id = desk.names.kernel(args.kernel) if args.kernel else None
    query = {**filters(args), "kernel": kernel_id, "sort": args.sort, "fields": args.fields}
    comms, total = desk.client.pages("/api/comms", query, limit or None)
    if desk.as_json:
        desk.print_json(comms)
        return Exit.OK
    if comms:
        desk.out.print(comm_table(comms, desk.names))
    if len(comms) < total:
        desk.note(f"{len(comms):,} of {counted(total, 'comm')}; --limit 0 shows all")
    elif not comms:
        desk.note("no such comm" if any_choice(args) else "no comm lives on this server")
    return Exit.OK


def any_choice(args: Namespace) -> bool:
    """Whether some comms were chosen from all."""
    return args.kernel is not None or any(each is not None for each in filters(args).values())


def list_targets(desk: Desk, args: Namespace) -> Exit:
    """List targets."""
    kernel_id = desk.names.kernel(args.kernel) if args.kernel else None
    targets = desk.client.get("/api/comms/targets")["targets"]
    if kernel_id is not None:
        targets = [each for each in targets if each["kernel_id"] == kernel_id]
    if desk.as_json:
        desk.print_json(targets)
        return Exit.OK
    columns = ("kernel", "side", "target", "status", "comms", "since", "evidence")
    rows = [
        (
            desk.names.label(each["kernel_id"]),
            each["side"],
            each["target_name"],
            each["status"],
            f"{each['comms']:,}",
            each["since"][:19].replace("T", " "),
            each["evidence"],
        )
        for each in targets
    ]
    if rows:
        desk.out.print(table(columns, rows))
    else:
        desk.note("no target name is known yet; they are learned from what passes")
    return Exit.OK
