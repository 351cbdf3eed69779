"""Tables: a row for each thing, foreign texts made harmless and not read as markup."""

from __future__ import annotations

import io

from rich.console import RenderableType

from jupyter_comm_broker.cli.client import Client
from jupyter_comm_broker.cli.command_context import console
from jupyter_comm_broker.cli.names import Names
from jupyter_comm_broker.cli.servers.address import address
from jupyter_comm_broker.cli.tables import called, comm_table, facts, model_name, table

from .counter import Counter, comm


def lines(shown: RenderableType, columns: str = "") -> list[str]:
    out = io.StringIO()
    console(out, {"COLUMNS": columns} if columns else {}).print(shown)
    return [line.rstrip() for line in out.getvalue().splitlines()]


def test_a_foreign_text_is_neither_order_nor_markup() -> None:
    shown = lines(table(("target",), [["[red]x[/red] :smile: \x1b[1m"]]))
    assert shown == ["TARGET", "[red]x[/red] :smile: \\x1b[1m"]
    assert lines(facts([("name", "[b]\x07")])) == ["name  [b]\\x07"]


def test_comms_have_a_row_each_under_the_names_of_the_columns(counter: Counter) -> None:
    counter.lays_kernels(a="x.ipynb")
    names = Names(Client(address(counter.url, "t")))
    comms = [comm("0123456789"), comm("abcdefghij", pending=True, frontends=["p"], model=None)]
    head, one, other = lines(comm_table(comms, names))
    assert head.split() == [
        *("COMM", "KERNEL", "TARGET", "WIDGET", "KNOWLEDGE", "PAGES", "MESSAGES", "BYTES", "IDLE")
    ]
    assert one.split() == [
        *("01234567", "x.ipynb", "jupyter.widget", "IntSlider", "clean", "0", "3"),
        *("2.0", "KiB", "9s"),
    ]
    assert "clean, pending" in other


def test_what_is_no_widget_has_no_model_name() -> None:
    assert (model_name(comm(model=None)), model_name(comm())) == ("", "IntSliderModel")


def test_a_widget_is_called_by_what_its_user_sees() -> None:
    assert called("Epochs = 7", "IntSliderModel") == "Epochs = 7, IntSlider"
    assert (called(None, "IntSliderModel"), called("Cat", None)) == ("IntSlider", "Cat")
    assert called(None, None) == ""
