"""Reads what is to be sent from the arguments: JSON, files, and a widget's attributes."""

from __future__ import annotations

import json
import re
import sys
from argparse import ArgumentParser, Namespace
from base64 import b64encode
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jupyter_comm_broker.cli.exits import CommandError, Exit
from jupyter_comm_broker.cli.wording import printable

_ATTRIBUTE = re.compile(r"[^\W\d]\w*=")


def add_payload(parser: ArgumentParser) -> None:
    """Add the arguments for a message's data, metadata and buffers."""
    parser.add_argument(
        "data",
        nargs="?",
        help="a JSON object; @FILE reads it from a file, - from standard input",
    )
    add_beside_data(parser)


def add_data_or_attributes(parser: ArgumentParser) -> None:
    """Add the same, but the data may also be a widget's attributes (see :func:`told_apart`)."""
    parser.add_argument(
        "data",
        nargs="*",
        metavar="DATA",
        help="a JSON object; @FILE reads it from a file, - from standard input. Or attributes of "
        "a widget as NAME=VALUE: each value is JSON, a text, or the bytes of @FILE",
    )
    add_beside_data(parser)


def add_beside_data(parser: ArgumentParser) -> None:
    """Add the arguments for a message's metadata and buffers."""
    parser.add_argument(
        "--metadata", metavar="JSON", help="the message's metadata, in the same forms as the data"
    )
    parser.add_argument(
        "--buffer",
        metavar="FILE",
        action="append",
        default=[],
        help="a file with a buffer; may be repeated",
    )


def told_apart(words: Sequence[str]) -> tuple[str | None, list[str]]:
    """
    Return the data that words say, and the attributes that they set.

    >>> told_apart(["value=7", "max=9"]), told_apart(['{"a": "b=c"}'])
    ((None, ['value=7', 'max=9']), ('{"a": "b=c"}', []))

    Raises:
        CommandError: they are neither one text of data nor attributes.
    """
    if all(_ATTRIBUTE.match(word) for word in words):
        return None, list(words)
    if len(words) == 1:
        return words[0], []
    odd = next(word for word in words if not _ATTRIBUTE.match(word))
    advice = "give one JSON object, or attributes as NAME=VALUE; quote them for the shell"
    raise CommandError(Exit.USAGE, f"{printable(odd)!r} is not an attribute: {advice}")


def body(args: Namespace) -> dict[str, Any]:
    """
    Return the body of a request that sends a message.

    Raises:
        CommandError: an argument is not a JSON object, or a file cannot be read.
    """
    found: dict[str, Any] = {"data": read_object(args.data, "data") if args.data else {}}
    if args.metadata:
        found["metadata"] = read_object(args.metadata, "--metadata")
    if args.buffer:
        found["buffers"] = [b64encode(_file(name)).decode() for name in args.buffer]
    return found


def update(words: Sequence[str]) -> dict[str, Any]:
    """
    Return the body of a request that sets attributes of a widget.

    Args:
        words: arguments of the form ``NAME=VALUE``. A value is JSON, ``@FILE`` for the bytes of
            a file, or any other text.

    Raises:
        CommandError: an argument has another form, or a file cannot be read.
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
    """Read a JSON object from an argument, a file or standard input. Raises CommandError."""
    if text == "-":
        text = sys.stdin.read()
    elif text.startswith("@"):
        text = _file(text[1:]).decode("utf-8", "replace")
    try:
        found = json.loads(text)
    except ValueError as error:
        message = f"{what} is not JSON: {error}; quote it for the shell, as in '{{\"a\": 1}}'"
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
