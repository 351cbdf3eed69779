"""A server's address is read as `jupyter server list` prints it."""

from __future__ import annotations

import pytest

from jupyter_comm_broker.comms.remote.address import Address


@pytest.mark.parametrize(
    "url",
    [
        "http://h:1/a%40b",
        "http://h:1/a%40b/",
        "http://h:1/a%40b/lab",
        "http://h:1/a%40b/tree?x=1",
        "http://h:1/a%40b/lab/tree/a/b.ipynb",
    ],
)
def test_pages_and_slashes_are_no_part_of_it(url: str) -> None:
    address = Address.of(url, "t")
    assert address.url == "http://h:1/a%40b"
    assert address.api("kernels", "k/1", "comms", limit="5") == (
        "http://h:1/a%40b/api/kernels/k%2F1/comms?limit=5"
    )
    assert address.channels("k", "s") == "ws://h:1/a%40b/api/kernels/k/channels?session_id=s"


def test_a_token_is_taken_from_the_url_and_never_shown() -> None:
    address = Address.of("https://h/?token=secret")
    assert address.headers == {"Authorization": "token secret"}
    assert "secret" not in repr(address)
    assert Address.of("https://h/?token=secret", "other").token == "other"
    assert Address.of("https://h").headers == {}


@pytest.mark.parametrize("url", ["h:8888", "ws://h", "", "http://"])
def test_what_is_no_url_of_a_server_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="no http or https URL"):
        Address.of(url)
