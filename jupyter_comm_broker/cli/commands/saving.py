"""``save``: put widget states, and on request outputs, into a notebook that no page had open."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from jupyter_comm_broker.cli import saved_state
from jupyter_comm_broker.cli.arguments import Commands, command
from jupyter_comm_broker.cli.client import runs_path, step
from jupyter_comm_broker.cli.command_context import CommandContext
from jupyter_comm_broker.cli.commands.outputs import OVER
from jupyter_comm_broker.cli.exits import CommandError, Exit
from jupyter_comm_broker.cli.names import Kernel
from jupyter_comm_broker.cli.wording import counted, printable


def add(commands: Commands) -> None:
    """Add the command."""
    parser = command(
        commands,
        "save",
        save,
        "put the states of the widgets that a notebook shows into the notebook",
        "nbconvert then shows them, though no browser had the notebook open. Secrets are left out. "
        "It needs the right to read and write contents.",
    )
    parser.add_argument("notebook", help="the notebook's path, or the end of it")
    parser.add_argument(
        "-k",
        "--kernel",
        help="the kernel that ran it, if the server has no session for the notebook; "
        "the path must then be the whole path",
    )
    parser.add_argument(
        "--outputs",
        action="store_true",
        help="put the output of cells that ran in as well, where no page has saved it",
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="save nothing; only say what would be saved"
    )


def save(context: CommandContext, args: Namespace) -> Exit:
    """Save widget states into a notebook."""
    kernel_id = context.names.kernel(args.kernel or args.notebook)
    path = args.notebook if args.kernel else _path(context, kernel_id, args.notebook)
    contents = f"/api/contents/{quote(path.strip('/'))}"
    file = context.client.get(contents, type="notebook", content=1, hash=1)
    notebook = file["content"]
    cells = _put_outputs(context, kernel_id, notebook) if args.outputs else 0
    document = context.client.ask(
        "GET", f"/api/kernels/{step(kernel_id)}/comms", accept=saved_state.STATE
    )
    roots, before = saved_state.shown(notebook), saved_state.saved(notebook)
    # What only the file knows is of an earlier kernel, and its outputs are still shown.
    models = saved_state.reached({**before, **document["state"]}, roots)
    missing = [each for each in roots if each not in models]
    is_new = cells > 0 or models != before
    if models != before:
        saved_state.put(notebook, models)
    if is_new:
        _check(notebook, path)
        if not args.dry_run:
            _write(context, contents, file, notebook)
    told = {"kernel_id": kernel_id, "notebook": path, "dry_run": args.dry_run}
    told |= {"models": len(models), "cells": cells, "missing": missing}
    if context.as_json:
        context.print_json({**told, "saved": is_new and not args.dry_run})
    else:
        _tell(context, told, is_new)
    return Exit.OK


def _path(context: CommandContext, kernel_id: str, name: str) -> str:
    """Return the path of the notebook that is meant. Raises CommandError."""
    kernel = context.names.kernels.get(kernel_id, Kernel(kernel_id))
    notebooks = [each for each in kernel.paths if each.endswith(".ipynb")]
    meant = [each for each in notebooks if Kernel(kernel_id, (each,)).is_called(name)] or notebooks
    if len(meant) == 1:
        return meant[0]
    which = ", ".join(map(printable, meant)) or "none"
    message = f"which notebook of kernel {kernel.label}? The server knows of: {which}"
    raise CommandError(Exit.USAGE, message)


def _put_outputs(context: CommandContext, kernel_id: str, notebook: dict[str, Any]) -> int:
    """Put the outputs of the latest runs into their cells. Returns into how many."""
    # Below nbformat 4.5 cells have no ids, so no run is theirs for sure.
    cells = {
        each["id"]: each
        for each in notebook["cells"]
        if each.get("cell_type") == "code" and each.get("id")
    }
    fields = "msg_id,cell_id,state,execution_count,is_saved"
    runs, _ = context.client.pages(
        runs_path(kernel_id), {"sort": "-sent_at", "fields": fields}, of="requests"
    )
    count = 0
    for run in runs:
        # Of several runs of a cell the latest one counts, also if it is not over.
        cell = cells.pop(run["cell_id"], None)
        if cell is None or run["is_saved"] or run["state"] not in OVER:
            continue
        ended = context.client.get(f"{runs_path(kernel_id)}/{step(run['msg_id'])}/outputs")
        found = {"outputs": ended["outputs"], "execution_count": run["execution_count"]}
        # Right after a run the server does not yet know that its output was saved.
        if found.items() <= cell.items():
            continue
        cell.update(found)
        count += 1
    return count


def _check(notebook: Mapping[str, Any], path: str) -> None:
    # Here, as it takes longer to import than most commands take.
    import nbformat

    try:
        nbformat.validate(nbformat.from_dict(notebook))  # type: ignore[no-untyped-call]
    except nbformat.ValidationError as error:
        reason = printable(str(error).splitlines()[0])
        message = f"{printable(path)} would be no valid notebook, so it was not saved: {reason}"
        raise CommandError(Exit.FAILED, message) from error


def _write(
    context: CommandContext, contents: str, file: Mapping[str, Any], notebook: Mapping[str, Any]
) -> None:
    """Write the notebook, unless somebody else has meanwhile. Raises CommandError."""
    now = context.client.get(contents, type="notebook", content=0, hash=1)
    if any(now.get(each) != file.get(each) for each in ("last_modified", "hash")):
        message = f"{printable(file['path'])} was changed meanwhile, so it was not saved"
        raise CommandError(Exit.REFUSED, f"{message}; run the command again")
    body = {"type": "notebook", "format": "json", "content": notebook}
    context.client.ask("PUT", contents, body=body)


def _tell(context: CommandContext, told: Mapping[str, Any], is_new: bool) -> None:
    what = counted(told["models"], "model")
    if told["cells"]:
        what = f"the output of {counted(told['cells'], 'cell')} and {what}"
    path = printable(told["notebook"])
    if not is_new:
        context.out.print(f"{path} has all of it already: {what}", soft_wrap=True)
    else:
        verb = "would save" if told["dry_run"] else "saved"
        context.out.print(f"{verb} {what} in {path}", soft_wrap=True)
    if told["missing"]:
        widgets = counted(len(told["missing"]), "widget")
        context.note(f"the outputs show {widgets} that neither the kernel nor the file has")
