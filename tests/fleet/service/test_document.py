"""The page shows what reports say as text, never as HTML, and the script gets the same."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from typing import Any

from jupyter_comm_broker.fleet.report import Comms
from jupyter_comm_broker.fleet.service.columns import COLUMNS, Sight, cells
from jupyter_comm_broker.fleet.service.document import news, page, refusal
from jupyter_comm_broker.fleet.service.roster import Roster
from tests.fleet.reports import report

SIGHT = Sight(current="0.1.0", boot=0.0, users_at="/user/")
EVIL = """<script>alert(1)</script>"'&<img src=x onerror=alert(1)>{life}"""


class Seen(HTMLParser):
    """What a browser makes of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[dict[str, str | None]] = []
        self.rows: list[list[str]] = []
        self._in_cell = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes.append(dict(attrs))
        if tag == "tr":
            self.rows.append([])
        if tag == "td":
            self.rows[-1].append("")
            self._in_cell = True

    def handle_endtag(self, tag: str) -> None:
        if tag == "td":
            self._in_cell = False

    def handle_data(self, data: str) -> None:
        if self._in_cell:
            self.rows[-1][-1] += data


def shown(roster: Roster, **how: Any) -> str:
    said = {"prefix": "/services/fleet/", "life": "l", "viewer": "admin", "xsrf": "x", **how}
    return page(roster, SIGHT, **said)


def evil() -> Roster:
    roster = Roster()
    roster.take(
        report(
            EVIL,
            server_name=EVIL,
            version=EVIL[:40],
            python=EVIL[:40],
            in_path=False,
            reason=EVIL,
            comms=Comms(open=1, targets={EVIL: 1}),
        ),
        0.0,
    )
    return roster


def test_the_page_has_a_row_for_each_server_in_the_order_of_names() -> None:
    roster = Roster()
    for user in ("bob", "Ann", "carl"):
        roster.take(report(user), 0.0)
    seen = Seen(shown(roster))
    assert [row[0] for row in seen.rows if row] == ["Ann", "bob", "carl"]
    (first, *_) = [row for row in seen.rows if row]
    assert first == [cell.text for cell in cells(roster.rows()[1], SIGHT)]
    assert seen.tags.count("th") == len(COLUMNS)
    assert "is hidden" not in shown(roster)


def test_nothing_that_a_server_says_becomes_html() -> None:
    seen = Seen(shown(evil(), viewer=EVIL, xsrf=EVIL, life=EVIL))
    assert seen.tags.count("script") == 1
    assert "img" not in seen.tags
    assert not any(name.startswith("on") for each in seen.attributes for name in each)
    (row,) = [row for row in seen.rows if row]
    assert row[0] == f"{EVIL} / {EVIL}"
    (link,) = [
        each["href"] for each in seen.attributes if str(each.get("href")).startswith("/user")
    ]
    assert link is not None
    assert "<" not in link
    assert Seen(refusal(EVIL, EVIL)).tags.count("script") == 0


def test_no_code_or_style_is_in_the_page_itself() -> None:
    seen = Seen(shown(evil()))
    for tag, attributes in zip(seen.tags, seen.attributes, strict=True):
        assert "style" not in attributes
        if tag == "script":
            assert attributes["src"] == "/services/fleet/static/fleet.js"
    assert "style" not in seen.tags


def test_the_script_gets_the_same_texts_and_only_what_changed() -> None:
    roster = evil()
    roster.take(report("bob"), 0.0)
    first = json.loads(json.dumps(news(roster, SIGHT, life="l", asked_life="", since=0)))
    assert first["whole"]
    assert [each["name"] for each in first["rows"]] == [f"{EVIL}/{EVIL}", "bob/"]
    assert [each[0] for each in first["rows"][1]["cells"]] == [
        cell.text for cell in cells(roster.rows()[1], SIGHT)
    ]
    roster.take(report("bob", number=1, ended=True), 5.0)
    roster.take(report("carl"), 5.0)
    since = first["revision"]
    second = news(roster, SIGHT, life="l", asked_life="l", since=since)
    assert [each["name"] for each in second["rows"]] == ["carl/"]
    assert (second["gone"], second["whole"]) == (["bob/"], False)
    # A service that was started again counts anew.
    assert news(roster, SIGHT, life="new", asked_life="l", since=since)["whole"]


def test_without_servers_the_page_says_what_to_do() -> None:
    assert '<p id="none">' in shown(Roster())
    assert '<p id="none" hidden>' in shown(evil())
