"""
The core has one door: who is outside reads by ``Known`` and acts by ``KernelBroker``.

Private names are held by the linter (SLF). Here it is which of the core's names anybody outside
may import at all: the door, values, and what is handed over for a moment to be carried out.
"""

from __future__ import annotations

import ast
from pathlib import Path

PACKAGE = Path(__file__).parents[1] / "jupyter_comm_broker"
CORE = "jupyter_comm_broker.core"

DOOR = {
    "broker": {"KernelBroker"},
    "known": {"Known", "KnownFrontend", "KnownState"},
}
VALUES = {
    "policy": {"Policy"},
    "gate.rights": {"NOT_AUTHORIZED", "RESOURCE", "Right"},
    "histogram": {"Histogram"},
    "limits": {"Limits"},
    "runs.inheritance": {"InheritedCell"},
    "runs.known_run": {"KnownRun"},
    "pages.page_user": {"NAMELESS", "PageUser"},
    "state.changes": {
        "CommClosed",
        "CommOpened",
        "EndState",
        "FrontendAttached",
        "FrontendDetached",
        "KernelChange",
        "MessagePassed",
        "ProcessEnded",
        "RunEnded",
        "RunSent",
        "StateChanged",
    },
    "state.comm_record": {"Knowledge", "Side"},
    "state.known_comm": {"KnownComm"},
    "state.strategy": {"GROUP", "Kept", "Payload", "Strategy"},
}
HANDED_OVER = {
    "pages.effects": {"Effects"},
    "outboxes.in_flight": {"InFlight"},
    "outboxes.outbox": {"Outbox"},
    "pages.shared_outbox": {"SharedBatch"},
}
"""By :class:`Effects` and :meth:`KernelBroker.outbox`, to who writes it to a socket."""

OPEN = {**DOOR, **VALUES, **HANDED_OVER}


def past_the_door(source: str) -> list[str]:
    """Return what a module takes from the core that is nobody's outside."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found += [each.name for each in node.names if each.name.startswith(CORE)]
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith(CORE):
            room = str(node.module)[len(CORE) + 1 :]
            open_ones = OPEN.get(room, set())
            found += [f"{room}.{each.name}" for each in node.names if each.name not in open_ones]
        elif isinstance(node, ast.Attribute) and node.attr.startswith("_"):
            holder = ast.unparse(node.value)
            if holder.rpartition(".")[2] in ("broker", "known"):
                found.append(f"{holder}.{node.attr}")
    return found


def test_nobody_outside_reaches_past_the_door() -> None:
    outside = [path for path in PACKAGE.rglob("*.py") if "core" not in path.parts]
    assert len(outside) > 100
    reached = {str(path.relative_to(PACKAGE)): past_the_door(path.read_text()) for path in outside}
    assert {name: found for name, found in reached.items() if found} == {}


def test_who_does_is_found() -> None:
    assert past_the_door(f"from {CORE}.state.registry import Registry") == [
        "state.registry.Registry"
    ]
    assert past_the_door(f"import {CORE}.parts") == [f"{CORE}.parts"]
    assert past_the_door("driver.broker._parts.comms.registry") == ["driver.broker._parts"]
    assert past_the_door(f"from {CORE}.broker import KernelBroker\nbroker.known.comms()") == []


def test_the_list_is_no_longer_than_needed() -> None:
    taken: set[tuple[str, str]] = set()
    for path in PACKAGE.rglob("*.py"):
        if "core" not in path.parts:
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(CORE):
                    taken |= {(str(node.module)[len(CORE) + 1 :], each.name) for each in node.names}
    named = {(room, name) for room, names in {**VALUES, **HANDED_OVER}.items() for name in names}
    assert named - taken == set()
