"""``close``: close the comms that are named, or all that meet conditions, after a question."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Mapping, Sequence
from typing import Any

from jupyter_comm_broker.cli.arguments import Commands, add_filters, command, filters
from jupyter_comm_broker.cli.client import step
from jupyter_comm_broker.cli.command_context import CommandContext
from jupyter_comm_broker.cli.commands.listing import any_condition
from jupyter_comm_broker.cli.exits import CommandError, Exit
from jupyter_comm_broker.cli.tables import table
from jupyter_comm_broker.cli.waiting import behind
from jupyter_comm_broker.cli.wording import counted, duration, printable, short_length

SHOWN = 20
"""Comms that are shown before the question. ``--dry-run`` shows all."""


def add(commands: Commands) -> None:
    """Add the command."""
    parser = command(
        commands,
        "close",
        close,
        "close comms for their kernels and all pages",
        "Name the comms, or give conditions that they must meet. --kernel can be used with both.",
    )
    parser.add_argument("comm", nargs="*", help="the comms' ids, or the beginnings of their ids")
    add_filters(parser)
    parser.add_argument("--all", action="store_true", help="close all comms, without a condition")
    parser.add_argument(
        "--dry-run", action="store_true", help="close nothing; only show what would be closed"
    )
    parser.add_argument("-y", "--yes", action="store_true", help="do not ask")


def close(context: CommandContext, args: Namespace) -> Exit:
    """Close comms."""
    conditions = _conditions(args)
    if args.comm and (conditions or args.all):
        raise CommandError(Exit.USAGE, "name comms or give conditions, not both")
    if args.all and conditions:
        raise CommandError(
            Exit.USAGE, "--all can be used without a condition or with --kernel only"
        )
    if not (args.comm or args.all or args.kernel or any_condition(args)):
        raise CommandError(Exit.USAGE, "which comms? name them, give conditions, or use --all")
    return _named(context, args) if args.comm else _meant(context, args)


def _named(context: CommandContext, args: Namespace) -> Exit:
    # All names are found before anything is closed.
    comms = list(dict.fromkeys(context.names.comm(name, args.kernel) for name in args.comm))
    closed: list[dict[str, Any]] = []
    failure: CommandError | None = None
    for each in comms:
        place = {"kernel_id": each.kernel_id, "comm_id": each.comm_id}
        try:
            told = {} if args.dry_run else context.client.ask("DELETE", each.path)
        except CommandError as error:
            # The comms that were closed are reported before the error.
            failure = error
            break
        closed.append({**place, **told})
    if context.as_json:
        context.print_json({"dry_run": args.dry_run, "closed": closed})
    else:
        _tell(context, closed, "would close" if args.dry_run else "closed")
    if failure is not None:
        raise failure
    return Exit.OK


def _tell(context: CommandContext, closed: Sequence[Mapping[str, Any]], word: str) -> None:
    for each in closed:
        context.out.print(f"{word} {printable(each['comm_id'])}", soft_wrap=True)
        if first := behind(each.get("queued_behind")):
            context.note(printable(first))


def _meant(context: CommandContext, args: Namespace) -> Exit:
    query = {**filters(args), "all": True if args.all or not _conditions(args) else None}
    found = [_delete(context, each, query, dry_run=True) for each in _kernels(context, args)]
    count = sum(len(each["comms"]) for each in found)
    held = sum(each.get("held", 0) for each in found)
    if args.dry_run:
        if context.as_json:
            context.print_json({"dry_run": True, "held": held, "closed": _flat(found)})
        else:
            _show(context, found, limit=None)
            context.note(f"would close {counted(count, 'comm')}")
            _tell_held(context, held)
        return Exit.OK
    if count and not args.yes and not context.as_json:
        _show(context, found, limit=SHOWN)
        _tell_held(context, held)
    if count and not context.agrees(f"Close {counted(count, 'comm')}?"):
        context.note("nothing was closed")
        return Exit.FAILED
    closed = [
        _delete(context, each["kernel_id"], query, dry_run=False) for each in found if each["comms"]
    ]
    if context.as_json:
        context.print_json({"dry_run": False, "held": held, "closed": _flat(closed)})
    else:
        total = sum(each["closed"] for each in closed)
        context.out.print(f"closed {counted(total, 'comm')}", soft_wrap=True)
    return Exit.OK


def _tell_held(context: CommandContext, held: int) -> None:
    if held:
        context.note(f"{counted(held, 'comm')} more matched and stay open: other widgets use them")


def _conditions(args: Namespace) -> bool:
    return any(each is not None for each in filters(args).values())


def _kernels(context: CommandContext, args: Namespace) -> list[str]:
    if args.kernel:
        return [context.names.kernel(args.kernel)]
    listed, _ = context.client.pages("/api/comms", {**filters(args), "fields": "kernel_id"})
    return list(dict.fromkeys(each["kernel_id"] for each in listed))


def _delete(
    context: CommandContext, kernel_id: str, query: Mapping[str, object], *, dry_run: bool
) -> Any:
    path = f"/api/kernels/{step(kernel_id)}/comms"
    return context.client.ask("DELETE", path, query={**query, "dry_run": dry_run or None})


def _flat(found: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [{"kernel_id": each["kernel_id"], **comm} for each in found for comm in each["comms"]]


def _show(context: CommandContext, found: Sequence[Mapping[str, Any]], limit: int | None) -> None:
    comms = _flat(found)
    length = short_length(comm["comm_id"] for comm in comms)
    rows = [
        (
            comm["comm_id"][:length],
            context.names.label(comm["kernel_id"]),
            comm["target_name"],
            comm["model"] or "",
            duration(comm["idle_seconds"]),
        )
        for comm in comms[:limit]
    ]
    if rows:
        # Not in the output, because it belongs to the question.
        shown = context.out if limit is None else context.notes
        shown.print(table(("comm", "kernel", "target", "model", "idle"), rows))
    if limit is not None and len(comms) > limit:
        context.note(f"and {len(comms) - limit:,} more; --dry-run shows all")
