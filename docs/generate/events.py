"""Writes the page of events from the stream's types and the schema of Jupyter's event log."""

from __future__ import annotations

from inspect import getdoc
from pathlib import Path
from typing import Any

from jupyter_events import yaml

import jupyter_comm_broker
from docs.generate.markdown import sentence, table
from docs.generate.schemas import anchor, fields, kind
from jupyter_comm_broker.events.event import TRAFFIC
from jupyter_comm_broker.events.event_views import BY_TYPE
from jupyter_comm_broker.web.parameters import schemas

SCHEMA = "event_schemas/comm/v1.yaml"


def parts() -> dict[str, str]:
    """Return the parts of the page that come from the code."""
    found, components = schemas(list(BY_TYPE.values()))
    first = [each["$ref"].rpartition("/")[2] for each in found if "$ref" in each]
    order = [*dict.fromkeys(first), *sorted(set(components) - set(first))]
    schema_file = Path(jupyter_comm_broker.__file__).parent / SCHEMA
    logged: dict[str, Any] = yaml.load(schema_file)
    return {
        "types": table(("type", "data", ""), map(_type, BY_TYPE)),
        "shapes": "\n".join(_shape(name, components[name]) for name in order),
        "id": logged["$id"],
        "description": logged["description"].partition("\n")[0],
        "fields": _fields(logged),
    }


def _type(name: str) -> tuple[str, str, str]:
    shape = BY_TYPE[name]
    said = (getdoc(shape) or "").partition("\n")[0]
    only = " Only while a reader asks for it." if name in TRAFFIC else ""
    return f"`{name}`", anchor(shape.__name__), said + only


def _shape(name: str, schema: Any) -> str:
    shown = fields(schema) if "properties" in schema else f"{sentence(kind(schema))}\n"
    return f"### {name}\n\n{sentence(schema.get('description', ''))}\n\n{shown}"


def _fields(logged: Any) -> str:
    required = set(logged["required"])
    return table(
        ("field", "value", ""),
        (
            (
                f"`{name}`",
                ", ".join(f"`{value}`" for value in each.get("enum", ())) or each["type"],
                each["description"].partition("\n\n")[0]
                + ("" if name in required else " May be missing."),
            )
            for name, each in logged["properties"].items()
        ),
    )
