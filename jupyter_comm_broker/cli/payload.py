"""What is sent, from words: JSON, files, and a widget's attributes as people write them."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser, Namespace
from base64 import b64encode
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jupyter_comm_broker.cli.exits import CommandError, Exit
from jupyter_comm_broker.cli.wording import printable


def add_payload(parser: ArgumentParser) -> None:
    """Add what a message carries."""
    parser.add_argument("data", nargs="?", help="a JSON object; @FILE reads it from there, - stdin")
    parser.add_argument("--metadata", metavar="JSON", help="the message's, given as the data is")
    parser.add_argument(
        "--buffer",
        metavar="FILE",
        action="append",
        default=[],
        help="a binary buffer; may be repeated",
    )


def body(args: Namespace) -> dict[str, Any]:
    """
    Return what a message carries as the API takes it.

    Raises:
        CommandError: a text is no JSON object, or a file cannot be read.
    """
    found: dict[str, Any] = {"data": read_object(args.data, "data") if args.data else {}}
    if args.metadata:
        found["metadata"] = read_object(args.metadata, "--metadata")
    if args.buffer:
        found["buffers"] = [b64encode(_file(name)).decode() for name in args.buffer]
    return found


def update(words: Sequence[str]) -> dict[str, Any]:
    """
    Return the message that sets attributes of a widget, as the API takes it.

    Args:
        words: each ``NAME=VALUE``, where the value is JSON, ``@FILE`` for the bytes of a file,
            or else a text.

    Raises:
        CommandError: a word is something else, or a file cannot be read.
    """
    state: dict[str, Any] = {}
    paths, buffers = [], []
    for word in words:
        name, equals, value = word.partition("=")
        if not equals or not name:
            raise CommandError(Exit.USAGE, f"--set takes NAME=VALUE, not {printable(word)!r}")
        if value.startswith("@"):
            paths.append([name])
            buffers.append(b64encode(_file(value[1:])).decode())
            continue
        try:
            state[name] = json.loads(value)
        except ValueError:
            state[name] = value
    data = {"method": "update", "state": state, "buffer_paths": paths}
    return {"data": data, "buffers": buffers}


def read_object(text: str, what: str) -> dict[str, Any]:
    """Read a JSON object from a word, a file or standard input. Raises CommandError."""
    if text == "-":
        text = sys.stdin.read()
    elif text.startswith("@"):
        text = _file(text[1:]).decode("utf-8", "replace")
    try:
        found = json.loads(text)
    except ValueError as error:
        message = f"{what} is no JSON: {error}; quote it for the shell, as in '{{\"a\": 1}}'"
        raise CommandError(Exit.USAGE, message) from error
    if not isinstance(found, dict):
        raise CommandError(Exit.USAGE, f"{what} must be a JSON object, as in '{{\"a\": 1}}'")
    return found


def _file(name: str) -> bytes:
    try:
        return Path(name).read_bytes()
    except OSError as error:
        message = f"cannot read {printable(name)}: {error.strerror or error}"
        raise CommandError(Exit.USAGE, message) from error
