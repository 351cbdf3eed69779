"""A file of one's own is replaced as a whole, and read if nobody else could have written it."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from jupyter_comm_broker.leaving.left_kernels import LeftFileError
from jupyter_comm_broker.leaving.own_file import read_own, replace_own


def test_what_is_written_is_read_and_for_the_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "file"
    assert read_own(path) is None
    for text in (b"a longer text", b"text"):
        replace_own(path, text)
        assert read_own(path) == text
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_what_others_could_have_written_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "file"
    replace_own(path, b"text")
    path.chmod(0o666)
    with pytest.raises(LeftFileError, match="can write it"):
        read_own(path)


def test_a_folder_that_is_none_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(LeftFileError, match="cannot be written"):
        replace_own(tmp_path / "file" / "file", b"text")
    assert [each.name for each in tmp_path.iterdir()] == ["file"]
