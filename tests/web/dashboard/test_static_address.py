"""Only plain addresses are looked up: however it is written, nothing leads out of a folder."""

from __future__ import annotations

import pytest

from jupyter_comm_broker.web.dashboard.static_address import MOST, is_built, is_plain

UP = [
    "..",
    ".",
    "...",
    ".. ",
    " ..",
    "..;",
    "..\\",
    "%2e%2e",
    "%2E%2E",
    "%252e%252e",
    ".%2e",
    "..%00",
    "..\0",
    "\u2024\u2024",
    "\uff0e\uff0e",
    "\u2025",
    "..\u2215",
    "..\uff0f",
    "..%c0%af",
    "%uff0e%uff0e",
    "..\n",
    "~/..",
    "",
]
"""Steps by which somebody has once climbed out of somewhere."""


@pytest.mark.parametrize("step", UP)
@pytest.mark.parametrize(
    "around", ["{}", "{}/a", "name/static/{}/package.json", "name/static/a/{}", "@s/{}/static/a"]
)
def test_no_way_up_is_plain(around: str, step: str) -> None:
    assert not is_plain(around.format(step))
    assert not is_built(around.format(step))


@pytest.mark.parametrize(
    "address",
    [
        "/etc/passwd",
        "//host/share",
        "\\\\host\\share",
        "c:/boot.ini",
        "c:boot.ini",
        "name/static/a.js:stream",
        "name/static/a.js::$DATA",
        "name/static/nul",
        "name/static/COM1.js",
        "name/static/ aux .js",
        "name/static/a.js.",
        "name/static/a.js ",
        "name/static/.htaccess",
        "name/static/a\x1b[31m.js",
        "name/static/a?b",
        "name/static/a*",
        "name/static/a|b",
        "name/static/" + "a" * MOST,
    ],
)
def test_nothing_that_a_machine_reads_in_its_own_way_is_plain(address: str) -> None:
    assert not is_plain(address)


@pytest.mark.parametrize(
    "address",
    [
        "name/static/remoteEntry.0a1b2c.js",
        "@scope/na-me_2/static/vendors-node_modules_a_b-c.ab12.js",
        "name/static/fonts/fa-solid-900.woff2",
        "name/static/a..b.js",
        "name/static/Grüße (1).svg",
        "name/static/static/x",
    ],
)
def test_what_builds_make_is_found(address: str) -> None:
    assert is_plain(address)
    assert is_built(address)


@pytest.mark.parametrize(
    "address",
    [
        "name/package.json",
        "name/schemas/static/plugin.json",
        "@scope/name/package.json",
        "@scope/static/a.js",
        "static/a.js",
        "name/static",
        "name/Static/a.js",
        "name/STATIC/a.js",
        "@scope",
        "name",
    ],
)
def test_what_is_beside_what_was_built_is_not_shown(address: str) -> None:
    assert is_plain(address)
    assert not is_built(address)
