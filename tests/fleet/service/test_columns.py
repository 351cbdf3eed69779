"""Each cell shows one fact of a report, is sorted by it, and is marked if it is odd."""

from __future__ import annotations

import re
from typing import Any

import pytest

from jupyter_comm_broker.fleet.report import Comms, Kernels, Pages, States
from jupyter_comm_broker.fleet.service.columns import (
    BAD,
    COLUMNS,
    OLD,
    SILENT,
    Cell,
    Sight,
    cells,
    dashboard,
    totals,
)
from jupyter_comm_broker.fleet.service.roster import Row
from tests.fleet.reports import report

SIGHT = Sight(current="0.1.0", boot=1_000_000.0, users_at="/user/")


def row(user: str = "ann", *, silent: bool = False, **said: Any) -> Row:
    return Row(report(user, **said), heard_at=50.0, revision=1, silent=silent)


def shown(title: str, one: Row) -> Cell:
    place = [column.title for column in COLUMNS].index(title)
    return cells(one, SIGHT)[place]


def test_a_typical_server() -> None:
    one = row()
    said = {
        column.title: cell.text for column, cell in zip(COLUMNS, cells(one, SIGHT), strict=True)
    }
    assert re.fullmatch(r"\d\d:\d\d:\d\d", said.pop("Last report"))
    assert said == {
        "User": "ann",
        "Version": "0.1.0",
        "In path": "yes",
        "Kernels": "2",
        "Busy": "1 (1 min 15 s)",
        "Pages": "2",
        "Waiting": "2.0 kB",
        "Comms": "30",
        "Targets": "jupyter.widget",
        "Oldest": "10 min 0 s",
        "Doubtful": "2",
        "States": "1.5 MB",
        "Faults": "0",
        "Up": "1 h 1 min",
    }
    assert {cell.mark for cell in cells(one, SIGHT)} == {"", BAD}


def test_a_server_with_nothing_in_it_has_nothing_marked() -> None:
    one = row(kernels=Kernels(), pages=Pages(), comms=Comms(), states=States())
    assert {cell.mark for cell in cells(one, SIGHT)} == {""}
    assert (shown("Busy", one), shown("Oldest", one)) == (Cell("", 0), Cell("", 0))


def test_what_numbers_are_is_what_they_are_sorted_by() -> None:
    for one in (row(), row(kernels=Kernels(), comms=Comms())):
        for column, cell in zip(COLUMNS, cells(one, SIGHT), strict=True):
            assert isinstance(cell.order, int | float) == column.is_number, column.title


def test_versions_are_sorted_by_what_they_mean_and_marked_if_they_are_old() -> None:
    versions = ["0.0.9", "0.1.0.dev0", "0.1.0", "0.2.0", "0.10.0"]
    found = [shown("Version", row(version=each)) for each in versions]
    assert sorted(found, key=lambda cell: cell.order) == found
    assert [cell.mark for cell in found] == [OLD, OLD, "", "", ""]
    assert "older than 0.1.0" in found[0].more
    assert shown("Version", row(version="rubbish")).mark == OLD


def test_what_is_odd_is_marked_and_says_why() -> None:
    away = row(in_path=False, reason="another extension")
    assert shown("In path", away) == Cell("no", "no", BAD, "another extension")
    assert shown("In path", row(in_path=False)).more == "no reason given"
    unlinked = shown("Kernels", row(kernels=Kernels(running=1, unlinked=2)))
    assert (unlinked.text, unlinked.order, unlinked.mark) == ("1 + 2", 3, BAD)
    assert shown("Faults", row(faults=3)).mark == BAD
    assert "1 unknown" in shown("Doubtful", row()).more
    silent = shown("Last report", row(silent=True))
    assert (silent.mark, silent.order) == (SILENT, 1_000_050.0)
    assert "silent" in silent.text


def test_the_targets_with_the_most_comms_are_named() -> None:
    targets = {"a": 1, "b": 4, "": 3, "c": 2, "d": 1}
    cell = shown("Targets", row(comms=Comms(open=11, targets=targets)))
    assert cell.text == 'b, "", c and 2 more'
    assert cell.more == 'b: 4, "": 3, c: 2, a: 1, d: 1'


@pytest.mark.parametrize(
    ("user", "server_name", "path"),
    [
        ("ann@example.org", "", "/user/ann@example.org/comm-broker"),
        ("bob the builder", "two words", "/user/bob%20the%20builder/two%20words/comm-broker"),
        ("../admin", "", "/user/..%2Fadmin/comm-broker"),
        ('x"><script>', "a?b#c", "/user/x%22%3E%3Cscript%3E/a%3Fb%23c/comm-broker"),
    ],
)
def test_a_row_leads_to_the_dashboard_of_that_very_server(
    user: str, server_name: str, path: str
) -> None:
    assert dashboard(row(user, server_name=server_name), SIGHT) == path


def test_named_servers_are_shown_with_their_names() -> None:
    assert shown("User", row(server_name="two")).text == "ann / two"


def test_totals_sum_up_all_servers() -> None:
    rows = [row(), row("bob", in_path=False, version="0.0.1"), row("c", silent=True)]
    found = totals(rows, SIGHT)
    assert found == {
        "servers": "3",
        "silent": "1",
        "kernels": "6",
        "pages": "6",
        "comms": "90",
        "doubtful states": "6",
        "states": "4.5 MB",
        "not in path": "1",
        "old versions": "1",
    }
