"""The file is one server's, is replaced as a whole, and nobody else can read it."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from jupyter_comm_broker.leaving import own_file
from jupyter_comm_broker.leaving.left_file import LeftFile
from jupyter_comm_broker.leaving.left_kernels import LeftFileError


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "left.json"


def opened(path: Path) -> LeftFile:
    file = LeftFile(path)
    file.open()
    assert file.is_open
    return file


def test_what_is_written_is_read_by_the_next_server(path: Path) -> None:
    first = opened(path)
    assert first.read() is None
    first.write(b"one")
    first.write(b"two")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    first.close()
    first.close()
    second = opened(path)
    assert second.read() == b"two"
    second.close()
    assert sorted(each.name for each in path.parent.iterdir()) == ["left.json", "left.lock"]


def test_another_server_cannot_use_it_meanwhile(path: Path) -> None:
    first = opened(path)
    with pytest.raises(LeftFileError, match="another server uses it"):
        LeftFile(path).open()
    first.close()
    opened(path).close()


def test_the_same_text_is_written_once_unless_somebody_removed_it(path: Path) -> None:
    file = opened(path)
    file.write(b"one")
    before = path.stat().st_mtime_ns, path.stat().st_ino
    file.write(b"one")
    assert (path.stat().st_mtime_ns, path.stat().st_ino) == before
    path.unlink()
    file.write(b"one")
    assert path.read_bytes() == b"one"
    file.close()


def test_a_folder_that_cannot_be_used_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(LeftFileError, match="cannot be used"):
        LeftFile(tmp_path / "file" / "left.json").open()


def test_a_write_that_fails_leaves_the_older_text(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = opened(path)
    file.write(b"one")

    def full(self: Path, target: Path) -> Path:
        raise OSError("no space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", full)
        with pytest.raises(LeftFileError, match="no space left"):
            file.write(b"two")
        assert file.set_aside() is None
    assert file.read() == b"one"
    assert sorted(each.name for each in path.parent.iterdir()) == ["left.json", "left.lock"]
    file.write(b"two")
    assert file.read() == b"two"
    file.close()


@pytest.mark.parametrize("mode", [0o620, 0o602])
def test_a_file_that_others_can_write_is_not_believed(path: Path, mode: int) -> None:
    file = opened(path)
    file.write(b"one")
    path.chmod(mode)
    with pytest.raises(LeftFileError, match="others"):
        file.read()
    file.close()


def test_a_file_of_another_user_is_not_believed(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = opened(path)
    file.write(b"one")
    monkeypatch.setattr("os.geteuid", lambda: path.stat().st_uid + 1)
    with pytest.raises(LeftFileError, match="others"):
        file.read()
    file.close()


def test_a_huge_file_and_a_folder_are_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = opened(path)
    file.write(b"12345")
    monkeypatch.setattr(own_file, "MOST_BYTES", 4)
    with pytest.raises(LeftFileError, match="more than 4 bytes"):
        file.read()
    path.unlink()
    path.mkdir()
    with pytest.raises(LeftFileError, match="cannot be read"):
        file.read()
    aside = file.set_aside()
    assert aside is not None
    assert aside.is_dir()
    assert file.read() is None
    file.close()
