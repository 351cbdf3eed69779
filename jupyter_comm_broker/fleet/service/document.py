"""The fleet page as HTML, and what its script gets. Every text of a report is escaped."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from jupyter_comm_broker._version import __version__
from jupyter_comm_broker.fleet.service.columns import (
    COLUMNS,
    Column,
    Sight,
    cells,
    dashboard,
    name,
    totals,
)
from jupyter_comm_broker.fleet.service.roster import Roster, Row

POLL = 3.0
"""Seconds between two questions of the script."""

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Comm fleet</title>
<link rel="stylesheet" href="{prefix}static/fleet.css">
<script src="{prefix}static/fleet.js" defer></script>
</head>
<body data-prefix="{prefix}" data-life="{life}" data-revision="{revision}" data-poll="{poll}"
 data-xsrf="{xsrf}">
<header>
<h1>Comm fleet</h1>
<dl id="totals">{totals}</dl>
<p>
<label>Find <input id="find" type="search" placeholder="user, target, version"></label>
<label><input id="odd" type="checkbox"> only what is marked</label>
<span id="count"></span>
<span id="told" role="status">{told}</span>
</p>
</header>
<div class="wide">
<table role="table" aria-label="Servers">
<thead role="rowgroup"><tr role="row">{heads}</tr></thead>
<tbody role="rowgroup" id="rows">{rows}</tbody>
</table>
</div>
<p class="note">Each server with the broker that reports here. A user's name leads to the dashboard
of the server. The Hub asks you there for access.</p>
<p id="none"{some}>No server has reported yet. A server reports within 30 s after its start, if
JUPYTER_COMM_FLEET_URL is set for it.</p>
<footer>jupyter_comm_broker {version}. Reports hold counts, ages, sizes, target names and versions,
and no state. {viewer}</footer>
</body>
</html>
"""

REFUSED = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Comm fleet</title></head>
<body><h1>{title}</h1><p>{text}</p></body>
</html>
"""


def page(roster: Roster, sight: Sight, *, prefix: str, life: str, viewer: str, xsrf: str) -> str:
    """
    Return the page with all servers.

    Args:
        roster: the servers.
        sight: what the service knows beside their reports.
        prefix: the beginning of the service's own paths.
        life: an id of the service's process.
        viewer: the name of who looks.
        xsrf: proves that the script's questions come from this page.
    """
    rows = sorted(roster.rows(), key=lambda row: (row.key[0].casefold(), row.key[1]))
    return PAGE.format(
        prefix=_safe(prefix),
        life=_safe(life),
        revision=roster.revision,
        poll=POLL,
        xsrf=_safe(xsrf),
        totals=_totals(totals(rows, sight)),
        told="This page follows the servers if scripts may run.",
        heads="".join(_head(column) for column in COLUMNS),
        rows="\n".join(_row(row, sight) for row in rows),
        some=" hidden" if rows else "",
        version=_safe(__version__),
        viewer=f"You are {_safe(viewer)}.",
    )


def refusal(title: str, text: str) -> str:
    """Return a page that says why there is no other."""
    return REFUSED.format(title=_safe(title), text=_safe(text))


def news(roster: Roster, sight: Sight, *, life: str, asked_life: str, since: int) -> dict[str, Any]:
    """
    Return what changed, for the script.

    Args:
        roster: the servers.
        sight: what the service knows beside their reports.
        life: an id of the service's process.
        asked_life: the id of the process that the reader's revision is of.
        since: the reader's revision.
    """
    found = roster.since(since if asked_life == life else 0)
    return {
        "life": life,
        "revision": found.revision,
        "whole": found.whole,
        "rows": [_sent(row, sight) for row in found.rows],
        "gone": [name(key) for key in found.gone],
        "totals": totals(roster.rows(), sight),
    }


def _sent(row: Row, sight: Sight) -> dict[str, Any]:
    return {
        "name": name(row.key),
        "silent": row.silent,
        "link": dashboard(row, sight),
        "cells": [cell.sent() for cell in cells(row, sight)],
    }


def _safe(text: str) -> str:
    return escape(text, quote=True)


def _totals(found: Mapping[str, str]) -> str:
    return "".join(
        f"<div><dt>{_safe(key)}</dt><dd>{_safe(each)}</dd></div>" for key, each in found.items()
    )


def _head(column: Column) -> str:
    return (
        f'<th role="columnheader" scope="col" class="{_kind(column)}"'
        f' title="{_safe(column.about)}"><button type="button">{_safe(column.title)}</button></th>'
    )


def _kind(column: Column) -> str:
    return "number" if column.is_number else "text"


def _row(row: Row, sight: Sight) -> str:
    parts = []
    for column, cell in zip(COLUMNS, cells(row, sight), strict=True):
        text = _safe(cell.text)
        if column is COLUMNS[0]:
            text = f'<a href="{_safe(dashboard(row, sight))}">{text}</a>'
        parts.append(
            f'<td role="cell" class="{_kind(column)} {_safe(cell.mark)}"'
            f' data-order="{_safe(str(cell.order))}" title="{_safe(cell.more)}">{text}</td>'
        )
    silent = ' class="silent"' if row.silent else ""
    return f'<tr role="row" data-name="{_safe(name(row.key))}"{silent}>{"".join(parts)}</tr>'
