"""``tree``: widgets below the widgets that refer to them."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterable, Mapping
from typing import Any, TypedDict

from rich.tree import Tree

from jupyter_comm_broker.cli.arguments import Commands, add_kernel, command
from jupyter_comm_broker.cli.command_context import CommandContext
from jupyter_comm_broker.cli.exits import Exit
from jupyter_comm_broker.cli.tables import called, model_name
from jupyter_comm_broker.cli.wording import counted, printable, short_length

Comm = Mapping[str, Any]

FIELDS = "kernel_id,comm_id,target_name,model,caption,parents,references,frontends,knowledge"


class Node(TypedDict):
    """A comm and the comms that it refers to."""

    comm_id: str
    target_name: str
    model: str | None
    caption: str | None
    knowledge: str
    pages: int
    seen_before: bool
    """Whether its children are shown at an earlier place."""
    children: list[Node]


def add(commands: Commands) -> None:
    """Add the command."""
    parser = command(
        commands,
        "tree",
        tree,
        "show widgets below the widgets that refer to them",
        "A widget with several parents is shown below each. Its own children are shown once.",
    )
    add_kernel(parser)
    parser.add_argument("--all", action="store_true", help="show layouts and styles too")


def tree(context: CommandContext, args: Namespace) -> Exit:
    """Show trees of widgets, one for each kernel."""
    kernel_id = context.names.kernel(args.kernel) if args.kernel else None
    dress = None if args.all else False
    query = {"kernel": kernel_id, "fields": FIELDS, "dress": dress}
    comms, _ = context.client.pages("/api/comms", query)
    kernels: dict[str, list[Comm]] = {}
    for comm in comms:
        kernels.setdefault(comm["kernel_id"], []).append(comm)
    grown = {each: grow(found) for each, found in kernels.items()}
    if context.as_json:
        context.print_json([{"kernel_id": each, "comms": nodes} for each, nodes in grown.items()])
        return Exit.OK
    for each, nodes in grown.items():
        length = short_length(comm["comm_id"] for comm in kernels[each])
        top = Tree(f"{context.names.label(each)} ({counted(len(kernels[each]), 'comm')})")
        _draw(top, nodes, length)
        context.out.print(top)
    if not grown:
        context.note("no comm is open there")
    return Exit.OK


def grow(comms: Iterable[Comm]) -> list[Node]:
    """Return the comms that no other refers to, with the comms that they refer to below them."""
    known = {comm["comm_id"]: comm for comm in comms}
    placed: set[str] = set()
    roots = [i for i, comm in known.items() if not any(held in known for held in comm["parents"])]
    nodes = [_node(i, known, placed) for i in roots]
    # The rest is in cycles of references. Each cycle begins with its oldest comm.
    nodes += [_node(i, known, placed) for i in known if i not in placed]
    return [node for node in nodes if node is not None]


def _node(root: str, known: Mapping[str, Comm], placed: set[str]) -> Node | None:
    # Not recursive, because widgets may be nested to any depth.
    if root in placed:
        return None
    placed.add(root)
    top = _leaf(known[root])
    waiting = [top]
    while waiting:
        node = waiting.pop()
        for held in known[node["comm_id"]]["references"]:
            if held not in known:
                continue
            child = _leaf(known[held])
            node["children"].append(child)
            if held in placed:
                child["seen_before"] = bool(known[held]["references"])
            else:
                placed.add(held)
                waiting.append(child)
    return top


def _leaf(comm: Comm) -> Node:
    return {
        "comm_id": comm["comm_id"],
        "target_name": comm["target_name"],
        "model": model_name(comm) or None,
        "caption": comm["caption"],
        "knowledge": comm["knowledge"],
        "pages": len(comm["frontends"]),
        "seen_before": False,
        "children": [],
    }


def _draw(top: Tree, nodes: list[Node], length: int) -> None:
    waiting = [(top, nodes)]
    while waiting:
        branch, children = waiting.pop()
        for node in children:
            name = called(node["caption"], node["model"]) or node["target_name"]
            words = [printable(name), node["comm_id"][:length]]
            if node["knowledge"] != "clean" and node["model"]:
                words.append(node["knowledge"])
            if node["seen_before"]:
                words.append("(see above)")
            waiting.append((branch.add(printable(" ".join(words))), node["children"]))
