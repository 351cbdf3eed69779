"""What the dashboard believes of REST's answers and of events is what their document says."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from jupyter_comm_broker.inspection.views import MessagesView

from ..contract import SCHEMAS

API = Path(__file__).parents[3] / "ui" / "src" / "api"
INTERFACE = re.compile(
    r"^(?:export )?interface (\w+)(?: extends (\w+))? \{\n(.*?)^\}", re.MULTILINE | re.DOTALL
)
PROPERTY = re.compile(r"^  readonly (\w+)(\??):", re.MULTILINE)

SCHEMA_OF = {
    "BrokerView": "BrokerView",
    "BufferView": "FilledBufferView",
    "Busy": "BusyView",
    "CommPage": "CommPage",
    "CommView": "CommView",
    "FrontendView": "FrontendView",
    "KernelView": "LinkedKernelView",
    "ModelView": "ModelView",
    "Passed": "MessagesView",
    "RestoresView": "RestoresView",
    "RunPage": "RunPage",
    "RunView": "RunView",
    "StrategyView": "StrategyView",
    "WholeComm": "WholeCommView",
    "Opened": "OpenedEvent",
    "Closed": "ClosedEvent",
    "MessagePassed": "MessageEvent",
    "StateChanged": "StateEvent",
    "FrontendMoved": "FrontendEvent",
    "KernelEnded": "KernelEvent",
}
"""By its name in the dashboard, what the document calls it."""


def interfaces() -> dict[str, dict[str, bool]]:
    """Return the properties of each interface, inherited ones too, and whether they must be."""
    found: dict[str, dict[str, bool]] = {}
    for file in ("shapes.ts", "event_shapes.ts"):
        for name, parent, body in INTERFACE.findall((API / file).read_text()):
            own = {each: not optional for each, optional in PROPERTY.findall(body)}
            found[name] = {**found.get(parent, {}), **own}
    return found


@pytest.mark.parametrize(("name", "schema"), SCHEMA_OF.items())
def test_an_interface_has_the_properties_of_its_schema(name: str, schema: str) -> None:
    known = interfaces()[name]
    document: dict[str, Any] = SCHEMAS[schema]
    assert set(known) == set(document["properties"])
    assert {each for each, must in known.items() if must} == set(document.get("required", []))


def test_what_passed_is_told_the_same_way_everywhere() -> None:
    assert set(interfaces()["Passed"]) == set(MessagesView.__annotations__)
    assert set(SCHEMAS["PassedView"]["properties"]) == set(MessagesView.__annotations__)


CONSTANT = {"target_name", "opened_by", "opened_at", "age_seconds", "idle_seconds"}
"""What the dashboard need not ask for again: it does not change, or follows from a time."""

OF_ONE = {"callback_errors"}
"""Shown of one comm only, which is asked for whole."""


def test_every_field_of_a_comm_is_asked_for_again_or_known_to_be_constant() -> None:
    """Else it would keep its first value in the table."""
    source = (API.parent / "store" / "comms.ts").read_text()
    [listed] = re.findall(r"^const VOLATILE = \[(.*)\];$", source, re.MULTILINE)
    again = set(re.findall(r'"(\w+)"', listed))
    assert again | CONSTANT | OF_ONE == set(SCHEMAS["CommView"]["properties"])
    assert not again & (CONSTANT | OF_ONE)
