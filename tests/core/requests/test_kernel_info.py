"""What the kernel said of itself is kept until its process ends."""

from __future__ import annotations

import pytest

from jupyter_comm_broker.core.requests.kernel_info import KernelInfo
from jupyter_comm_broker.protocol.json_text import loads


def test_the_latest_counts_until_the_process_ends() -> None:
    info = KernelInfo()
    assert (info.content, info.has_subshells) == (None, False)
    info.said(b'{"supported_features":["kernel subshells"]}')
    assert info.has_subshells
    info.said(b"{}")
    assert (info.content, info.has_subshells) == (b"{}", False)
    info.forget()
    assert info.content is None


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (b'{"supported_features":["kernel subshells","debugger"],"a":1.0}', ["debugger"]),
        (b'{"supported_features":["debugger"]}', ["debugger"]),
        (b'{"supported_features":[]}', []),
    ],
)
def test_subshells_can_be_hidden_from_pages_alone(said: bytes, shown: list[str]) -> None:
    info = KernelInfo(hide_subshells=True)
    info.said(said)
    assert info.shown is not None
    told = loads(info.shown)
    assert told.pop("supported_features") == shown
    assert told == {key: each for key, each in loads(said).items() if key in told}
    # The broker itself goes on using them.
    assert info.content == said


@pytest.mark.parametrize(
    "content", [b"{}", b"no JSON", b"[]", b'{"supported_features":"kernel subshells"}', b"\xff"]
)
def test_what_has_no_list_of_features_is_shown_as_it_is(content: bytes) -> None:
    info = KernelInfo(hide_subshells=True)
    info.said(content)
    assert info.shown == content
