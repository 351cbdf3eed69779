"""The server's path is found in what people copy from the browser."""

from __future__ import annotations

import pytest

from jupyter_comm_broker.protocol.base_path import base_path


@pytest.mark.parametrize(
    ("path", "base"),
    [
        ("", ""),
        ("/", ""),
        ("/lab", ""),
        ("/lab/", ""),
        ("/lab/tree/a/b.ipynb", ""),
        ("/tree/notebooks", ""),
        ("/user/ann/notebooks/a.ipynb", "/user/ann"),
        ("/user/ann//", "/user/ann"),
        ("/user/label/login", "/user/label"),
        ("/laboratory/tree", "/laboratory"),
        ("/a%40b/lab/workspaces/x", "/a%40b"),
    ],
)
def test_a_page_is_left_out(path: str, base: str) -> None:
    assert base_path(path) == base
