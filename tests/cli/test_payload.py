"""Words become what the API takes, and what cannot be read is said in one line."""

from __future__ import annotations

import io
from argparse import ArgumentParser
from base64 import b64encode
from pathlib import Path

import pytest

from jupyter_comm_broker.cli.exits import CommandError, Exit
from jupyter_comm_broker.cli.payload import add_payload, body, read_object, update


def base64(data: bytes) -> str:
    return b64encode(data).decode()


def test_data_metadata_and_buffers_are_read(tmp_path: Path) -> None:
    (tmp_path / "data").write_text('{"a": "ä"}')
    (tmp_path / "one").write_bytes(b"\0\1")
    parser = ArgumentParser()
    add_payload(parser)
    words = [f"@{tmp_path}/data", "--metadata", '{"version": "2"}', "--buffer", f"{tmp_path}/one"]
    assert body(parser.parse_args(words)) == {
        "data": {"a": "ä"},
        "metadata": {"version": "2"},
        "buffers": [base64(b"\0\1")],
    }
    assert body(parser.parse_args([])) == {"data": {}}


def test_data_is_read_from_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO('{"a": 1}'))
    assert read_object("-", "data") == {"a": 1}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{a: 1}", "data is not JSON"),
        ("[1]", "must be a JSON object"),
        ("@/no/file", "cannot read"),
    ],
)
def test_what_is_no_object_is_refused(text: str, said: str) -> None:
    with pytest.raises(CommandError, match=said) as caught:
        read_object(text, "data")
    assert caught.value.exit_code is Exit.USAGE


def test_attributes_are_json_texts_or_bytes(tmp_path: Path) -> None:
    image = tmp_path / "image.png"
    image.write_bytes(b"\x89PNG")
    found = update(["value=7", "description=a = b", "on=true", 'text="7"', f"image=@{image}"])
    assert found["data"] == {
        "method": "update",
        "state": {"value": 7, "description": "a = b", "on": True, "text": "7"},
        "buffer_paths": [["image"]],
    }
    assert found["buffers"] == [base64(b"\x89PNG")]


@pytest.mark.parametrize("word", ["value", "=7", ""])
def test_what_sets_nothing_is_refused(word: str) -> None:
    with pytest.raises(CommandError, match="NAME=VALUE"):
        update([word])
