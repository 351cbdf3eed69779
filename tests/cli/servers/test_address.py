"""The server that is meant is found, and the token that opens it."""

from __future__ import annotations

from typing import Any

import pytest

from jupyter_comm_broker.cli.exits import CommandError, Exit
from jupyter_comm_broker.cli.servers.address import Address, address, choose

ONE = {"url": "http://localhost:8888/", "token": "one", "root_dir": "/a"}
TWO = {"url": "http://localhost:8889/base/", "token": "two", "root_dir": "/b"}
LOCAL = {"scheme": "http", "host": "localhost"}


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost:8889/base/?token=two",
        "http://localhost:8889/base/lab?token=two",
        "localhost:8889/base/tree/a%20b?token=two",
        "http://localhost:8889/base/lab/tree/x.ipynb?token=two",
    ],
)
def test_a_url_is_taken_as_a_server_or_a_browser_shows_it(url: str) -> None:
    expected = Address(**LOCAL, port=8889, base_url="/base/", token="two")
    assert address(url) == expected
    assert expected.url == "http://localhost:8889/base/"


def test_a_socket_file_keeps_its_case_and_place() -> None:
    found = address("http+unix://%2Ftmp%2FSome.sock/base/")
    assert (found.host, found.base_url) == ("/tmp/Some.sock", "/base/")  # noqa: S108
    assert found.url == "http+unix:///tmp/Some.sock/base/"


def test_an_ipv6_address_is_written_in_brackets() -> None:
    assert address("https://[::1]:8888").url == "https://[::1]:8888/"


@pytest.mark.parametrize("url", ["ftp://x/", "http://", "http://h:port/", ""])
def test_what_is_no_url_of_a_server_is_refused(url: str) -> None:
    with pytest.raises(CommandError) as caught:
        address(url)
    assert caught.value.exit_code is Exit.USAGE


def chosen(
    *found: Any,
    url: str | None = None,
    token: str | None = None,
    ask: Any = None,
    **environment: str,
) -> Address:
    return choose(url, token, environment, ask, lambda: found)


def test_the_only_server_is_meant() -> None:
    assert chosen(ONE) == Address(**LOCAL, port=8888, token="one")


def test_of_several_one_is_asked_for_and_none_is_guessed() -> None:
    assert chosen(ONE, TWO, ask=lambda lines: len(lines) - 1).token == "two"
    with pytest.raises(CommandError, match=r"2 servers run here; .*8888.*8889") as caught:
        chosen(ONE, TWO)
    assert caught.value.exit_code is Exit.NO_SERVER
    assert "token" not in str(caught.value)


def test_a_terminal_of_a_server_means_that_server() -> None:
    assert chosen(ONE, TWO, JUPYTER_SERVER_URL="http://127.0.0.1:8889/base/").token == "two"


def test_without_any_it_is_said_what_to_do() -> None:
    with pytest.raises(CommandError, match="--url and --token") as caught:
        chosen()
    assert caught.value.exit_code is Exit.NO_SERVER


def test_the_nearest_token_is_taken() -> None:
    url = "http://localhost:8888"
    assert chosen(ONE, token="said").token == "said"
    assert chosen(ONE, JUPYTER_TOKEN="told").token == "one"
    assert chosen({**ONE, "token": ""}, JUPYTER_TOKEN="told").token == "told"
    assert (
        chosen(ONE, url=url + "/?token=there", token="said", JUPYTER_TOKEN="told").token == "said"
    )
    assert chosen(ONE, url=url + "/?token=there", JUPYTER_TOKEN="told").token == "there"
    assert chosen(ONE, url=url, JUPYTER_TOKEN="told").token == "told"
    assert chosen(ONE, url=url).token == "one"
    assert chosen(ONE, url="http://elsewhere:8888").token == ""
