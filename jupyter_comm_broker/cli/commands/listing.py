"""``list`` and ``targets``: the comms and the targets, one on each line."""

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
from jupyter_comm_broker.cli.command_context import CommandContext
from jupyter_comm_broker.cli.exits import CommandError, Exit
from jupyter_comm_broker.cli.tables import comm_table, table
from jupyter_comm_broker.cli.wording import counted

SHOWN = 200
"""The most comms in a table by default. Programs get all."""

SORTS = ("opened_at", "last_activity", "idle", "state_bytes", "messages", "target", "model")


def add(commands: Commands) -> None:
    """Add both commands."""
    parser = command(commands, "list", list_comms, "list the open comms of a server")
    add_filters(parser)
    parser.add_argument(
        "--all", action="store_true", help="show layouts and styles too, as --json does"
    )
    parser.add_argument(
        "--sort",
        metavar="BY",
        choices=[*SORTS, *(f"-{name}" for name in SORTS)],
        help=f"{', '.join(SORTS)}; a leading - reverses the order (--sort=-messages)",
    )
    parser.add_argument(
        "--limit",
        type=a_count,
        help=f"the most comms to list, 0 for all; by default {SHOWN} in a table and all as JSON",
    )
    parser.add_argument(
        "--fields", help="with --json: the fields to show of each comm, as in comm_id,model"
    )
    parser = command(commands, "targets", list_targets, "list the target names that are known")
    add_kernel(parser)


def list_comms(context: CommandContext, args: Namespace) -> Exit:
    """List comms."""
    if args.fields and not context.as_json:
        raise CommandError(Exit.USAGE, "--fields needs --json; a table has its own columns")
    limit = args.limit if args.limit is not None else (0 if context.as_json else SHOWN)
    kernel_id = context.names.kernel(args.kernel) if args.kernel else None
    query = {**filters(args), "kernel": kernel_id, "sort": args.sort, "fields": args.fields}
    # A list that is narrowed shows all that it found.
    narrowed = any_condition(args)
    folds = not (args.all or narrowed or context.as_json)
    shown = {**query, "dress": False} if folds else query
    comms, total = context.client.pages("/api/comms", shown, limit or None)
    if context.as_json:
        context.print_json(comms)
        return Exit.OK
    if comms:
        context.out.print(comm_table(comms, context.names))
    if len(comms) < total:
        context.note(f"{len(comms):,} of {counted(total, 'comm')}; --limit 0 shows all")
    folded = context.client.pages("/api/comms", query, 1)[1] - total if folds else 0
    if folded > 0:
        dress = "layout or style" if folded == 1 else "layouts and styles"
        context.note(f"without {folded:,} {dress}; --all shows them")
    elif not comms:
        found_none = "no such comm" if narrowed or kernel_id else "no comm is open on this server"
        context.note(found_none)
    return Exit.OK


def any_condition(args: Namespace) -> bool:
    """Return whether the arguments have a condition beside the kernel."""
    return any(each is not None for each in filters(args).values())


def list_targets(context: CommandContext, args: Namespace) -> Exit:
    """List targets."""
    kernel_id = context.names.kernel(args.kernel) if args.kernel else None
    targets = context.client.get("/api/comms/targets")["targets"]
    if kernel_id is not None:
        targets = [each for each in targets if each["kernel_id"] == kernel_id]
    if context.as_json:
        context.print_json(targets)
        return Exit.OK
    columns = ("kernel", "side", "target", "status", "comms", "since", "evidence")
    rows = [
        (
            context.names.label(each["kernel_id"]),
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
        context.out.print(table(columns, rows))
    else:
        context.note("no target name is known yet; the broker learns them from messages")
    return Exit.OK
