"""Tables for people. Texts from kernels and pages are escaped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.table import Table

from jupyter_comm_broker.cli.names import Names
from jupyter_comm_broker.cli.wording import LONG, duration, printable, short_length, size

RIGHT = {"pages", "messages", "bytes", "idle", "comms", "waiting", "dropped", "age", "for"}
"""Columns of numbers, which are aligned to the right."""

COMM_COLUMNS = (
    "comm",
    "kernel",
    "target",
    "widget",
    "knowledge",
    "pages",
    "messages",
    "bytes",
    "idle",
)


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
    """Return a table with a header. A cell that does not fit is cut, not wrapped."""
    made = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for name in columns:
        made.add_column(
            name.upper(),
            justify="right" if name in RIGHT else "left",
            no_wrap=True,
            overflow="ellipsis",
        )
    for row in rows:
        made.add_row(*(printable(cell) for cell in row))
    return made


def facts(pairs: Iterable[tuple[str, str]]) -> Table:
    """Return a table of names and texts."""
    made = Table(box=None, pad_edge=False, show_header=False, padding=(0, 2, 0, 0))
    made.add_column(style="bold", no_wrap=True)
    made.add_column(overflow="fold")
    for name, text in pairs:
        made.add_row(name, printable(text, LONG))
    return made


def comm_table(comms: Sequence[Mapping[str, Any]], names: Names) -> Table:
    """Return a table of comms, for ``list`` and ``watch``."""
    length = short_length(comm["comm_id"] for comm in comms)
    return table(COMM_COLUMNS, (_row(comm, names, length) for comm in comms))


def model_name(comm: Mapping[str, Any]) -> str:
    """Return a widget's model name; empty for other comms."""
    model = comm["model"]
    return str(model["name"]) if model else ""


def called(caption: str | None, model: str | None) -> str:
    """Return what people call a widget, as in ``Epochs = 7, IntSlider``; empty for other comms."""
    name = (model or "").removesuffix("Model")
    return f"{caption}, {name}" if caption and name else caption or name


def _row(comm: Mapping[str, Any], names: Names, length: int) -> tuple[str, ...]:
    known = comm["knowledge"] + (", pending" if comm["pending"] else "")
    return (
        comm["comm_id"][:length],
        names.label(comm["kernel_id"]),
        comm["target_name"],
        called(comm["caption"], model_name(comm)),
        known,
        str(len(comm["frontends"])),
        f"{comm['messages']['from_kernel'] + comm['messages']['from_frontends']:,}",
        _passed(comm["bytes"]),
        duration(comm["idle_seconds"]),
    )


def _passed(numbers: Mapping[str, int | None]) -> str:
    one, other = numbers["from_kernel"], numbers["from_frontends"]
    return "secret" if one is None or other is None else size(one + other)
