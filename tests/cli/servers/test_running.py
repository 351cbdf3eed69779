"""The servers that run here are found by their files, without importing a server."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from jupyter_server.serverapp import list_running_servers

from jupyter_comm_broker.cli.servers.running import running_servers


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path))
    return tmp_path


def dead_pid() -> int:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    return ended.pid


def test_those_that_live_are_listed_by_url_as_jupyter_server_lists_them(folder: Path) -> None:
    for number, url in ((1, "http://b/"), (2, "http://a/")):
        info = {"url": url, "pid": os.getpid(), "token": "t"}
        (folder / f"jpserver-{number}.json").write_text(json.dumps(info))
    (folder / "jpserver-3.json").write_text(json.dumps({"url": "http://c/", "pid": dead_pid()}))
    found = running_servers()
    assert [info["url"] for info in found] == ["http://a/", "http://b/"]
    assert found == sorted(list_running_servers(), key=lambda info: str(info["url"]))


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "7", '{"url": "http://a/"}', '{"url": "http://a/", "pid": "x"}', '{"pid": 1}'],
)
def test_a_file_that_is_torn_or_says_something_else_is_passed_over(folder: Path, text: str) -> None:
    (folder / "jpserver-1.json").write_text(text)
    (folder / "kernel-1.json").write_text("{}")
    assert running_servers() == []


def test_the_folder_need_not_be_there(folder: Path) -> None:
    folder.rmdir()
    assert running_servers() == []


def test_a_process_of_somebody_else_is_alive(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(pid: int, signal: int) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "kill", denied)
    (folder / "jpserver-1.json").write_text(json.dumps({"url": "http://a/", "pid": 7}))
    assert len(running_servers()) == 1


def test_finding_them_imports_no_server() -> None:
    code = (
        "import sys; from jupyter_comm_broker.cli.main import main\n"
        "from jupyter_comm_broker.cli.servers.running import running_servers; running_servers()\n"
        "print(*(name for name in ('jupyter_server', 'tornado', 'zmq') if name in sys.modules))"
    )
    ran = subprocess.run(  # noqa: S603
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert ran.stdout.strip() == ""
