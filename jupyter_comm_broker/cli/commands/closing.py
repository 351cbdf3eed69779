"""``close``: end one comm, or all that are meant, after a look and a question."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Mapping, Sequence
from typing import Any

from jupyter_comm_broker.cli.arguments import Commands, add_filters, command, filters
from jupyter_comm_broker.cli.client import step
from jupyter_comm_broker.cli.command_context import Desk
from jupyter_comm_broker.cli.commands.listing import any_choice
from jupyter_comm_broker.cli.exits import CommandError, Exit
from jupyter_comm_broker.cli.tables import table
from jupyter_comm_broker.cli.waiting import behind
from jupyter_comm_broker.cli.wording import counted, duration, printable, short_length

SHOWN = 20
"""Comms that are shown before the question; --dry-run shows all."""


def add(commands: Commands) -> None:
    """Add the command."""
    parser = command(
        commands,
        "close",
        close,
        "close comms for their kernels and all pages",
        "Either those that are named, or all that meet the conditions; --kernel goes with both.",
    )
    parser.add_argument("comm", nargs="*", help="their ids, or the beginnings of them")
    add_filters(parser)
    parser.add_argument("--all", action="store_true", help="all of them, without a condition")
    parser.add_argument("--dry-run", action="store_true", help="only show which")
    parser.add_argument("-y", "--yes", action="store_true", help="ask nothing")


def close(desk: Desk, args: Namespace) -> Exit:
    """Close comms."""
    conditions = _conditions(args)
    if args.comm and (conditions or args.all):
        raise CommandError(Exit.USAGE, "name comms, or give conditions, not both")
    if args.all and conditions:
        raise CommandError(Exit.USAGE, "--all goes without a condition, but --kernel")
    if not (args.comm or args.all or any_choice(args)):
        raise CommandError(Exit.USAGE, "which comms? name them, give conditions, or say --all")
    return _named(desk, args) if args.comm else _meant(desk, args)


def _named(desk: Desk, args: Namespace) -> Exit:
    # All names are found before anything is closed.
    comms = list(dict.fromkeys(desk.names.comm(name, args.kernel) for name in args.comm))
    closed: list[dict[str, Any]] = []
    failure: CommandError | None = None
    for each in comms:
        place = {"kernel_id": each.kernel_id, "comm_id": each.comm_id}
        try:
            told = {} if args.dry_run else desk.client.ask("DELETE", each.path)
        except CommandError as error:
            # What is closed already is told before what went wrong.
            failure = error
            break
        closed.append({**place, **told})
    if desk.as_json:
        desk.print_json({"dry_run": args.dry_run, "closed": closed})
    else:
        _tell(desk, closed, "would close" if args.dry_run else "closed")
    if failure is not None:
        raise failure
    return Exit.OK


def _tell(desk: Desk, closed: Sequence[Mapping[str, Any]], word: str) -> None:
    for each in closed:
        desk.out.print(f"{word} {printable(each['comm_id'])}", soft_wrap=True)
        if first := behind(each.get("queued_behind")):
            desk.note(printable(first))


def _meant(desk: Desk, args: Namespace) -> Exit:
    query = {**filters(args), "all": True if args.all or not _conditions(args) else None}
    found = [_delete(desk, each, query, dry_run=True) for each in _kernels(desk, args)]
    count = sum(len(each["comms"]) for each in found)
    held = sum(each.get("held", 0) for each in found)
    if args.dry_run:
        if desk.as_json:
            desk.print_json({"dry_run": True, "held": held, "closed": _flat(found)})
        else:
            _show(desk, found, limit=None)
            desk.note(f"would close {counted(count, 'comm')}")
            _tell_held(desk, held)
        return Exit.OK
    if count and not args.yes and not desk.as_json:
        _show(desk, found, limit=SHOWN)
        _tell_held(desk, held)
    if count and not desk.agrees(f"Close {counted(count, 'comm')}?"):
        desk.note("nothing was closed")
        return Exit.FAILED
    closed = [
        _delete(desk, each["kernel_id"], query, dry_run=False) for each in found if each["comms"]
    ]
    if desk.as_json:
        desk.print_json({"dry_run": False, "held": held, "closed": _flat(closed)})
    else:
        total = sum(each["closed"] for each in closed)
        desk.out.print(f"closed {counted(total, 'comm')}", soft_wrap=True)
    return Exit.OK


def _tell_held(desk: Desk, held: int) -> None:
    if held:
        desk.note(f"{counted(held, 'comm')} more would do, and stay: widgets that stay need them")


def _conditions(args: Namespace) -> bool:
    return any(each is not None for each in filters(args).values())


def _kernels(desk: Desk, args: Namespace) -> list[str]:
    if args.kernel:
        return [desk.names.kernel(args.kernel)]
    listed, _ = desk.client.pages("/api/comms", {**filters(args), "fields": "kernel_id"})
    return list(dict.fromkeys(each["kernel_id"] for each in listed))


def _delete(desk: Desk, kernel_id: str, query: Mapping[str, object], *, dry_run: bool) -> Any:
    path = f"/api/kernels/{step(kernel_id)}/comms"
    return desk.client.ask("DELETE", path, query={**query, "dry_run": dry_run or None})


def _flat(found: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [{"kernel_id": each["kernel_id"], **comm} for each in found for comm in each["comms"]]


def _show(desk: Desk, found: Sequence[Mapping[str, Any]], limit: int | None) -> None:
    comms = _flat(found)
    length = short_length(comm["comm_id"] for comm in comms)
    rows = [
        (
            comm["comm_id"][:length],
            desk.names.label(comm["kernel_id"]),
            comm["target_name"],
            comm["model"] or "",
            duration(comm["idle_seconds"]),
        )
        for comm in comms[:limit]
    ]
    if rows:
        # Beside the output: it belongs to the question.
        shown = desk.out if limit is None else desk.notes
        shown.print(table(("comm", "kernel", "target", "model", "idle"), rows))
    if limit is not None and len(comms) > limit:
        desk.note(f"and {len(comms) - limit:,} more; --dry-run shows all")
