"""
The output of a cell as text, whole or as it grows.

Texts come from kernels. A terminal would obey control characters in them. So colours are left out,
and all other control characters are escaped.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from jupyter_comm_broker.cli.wording import printable

Output = Mapping[str, Any]

_COLOURS = re.compile(r"\x1b\[[0-9;]*m")

CLEAR_LINE = "\r\x1b[K"

MOST_PLACES = 50
"""The most places that are tried. A text that repeats itself has many."""


def text_of(outputs: Sequence[Output]) -> str:
    r"""
    Return outputs as text: what was printed, tracebacks, and displays by their plain text.

    Args:
        outputs: the outputs, as nbformat has them.

    >>> text_of([{"output_type": "stream", "name": "stdout", "text": "a"},
    ...          {"output_type": "display_data", "data": {"image/png": "x"}, "metadata": {}}])
    'a\n[image/png]\n'
    """
    found = ""
    for output in outputs:
        text = _text(output)
        if output["output_type"] != "stream":
            begin = "\n" if found and not found.endswith("\n") else ""
            text = f"{begin}{text}" + ("" if text.endswith("\n") else "\n")
        found += text
    return "\n".join(map(_line, found.split("\n")))


class GrowingText:
    """
    Writes an output that grows, each line once.

    On a terminal, the last line is drawn again while it changes, as a progress bar does. Elsewhere
    only complete lines are written.

    Args:
        write: writes text.
        note: tells a person something about the text.
        width: the columns of the terminal; 0 if there is none.
    """

    def __init__(
        self, write: Callable[[str], object], note: Callable[[str], object], width: int
    ) -> None:
        self._write = write
        self._note = note
        self._width = width
        self._written = ""
        """The complete lines so far."""
        self._drawn = ""
        """What is drawn of the last line, which is not complete."""
        self._has_changed = False

    def show(self, outputs: Sequence[Output], *, is_cut: bool, is_over: bool) -> None:
        """
        Write what is new.

        Args:
            outputs: the whole output.
            is_cut: whether the first output is a sentence in the place of output that is not kept.
            is_over: whether no more is to come.
        """
        kept = outputs[1:] if is_cut and self._written else outputs
        text = text_of(kept)
        end = len(text) if is_over else text.rfind("\n") + 1
        complete, last = text[:end], text[end:]
        if self._drawn:
            self._write(CLEAR_LINE)
        new = added(self._written, complete)
        if new is None and is_cut:
            self._note("output came faster than it was read; some is missing here")
            new = complete
        elif new is None:
            new = changed(self._written, complete)
            if not self._has_changed:
                self._has_changed = True
                self._note("lines above have changed; what changes is written again")
        self._write(new)
        if is_over and not text.endswith("\n") and text:
            self._write("\n")
        self._drawn = last[: self._width - 1] if self._width else ""
        self._write(self._drawn)
        self._written = complete


def added(before: str, now: str) -> str | None:
    r"""
    Return what was added to a text whose beginning may be gone by now.

    Args:
        before: the text before.
        now: the text now.

    Returns:
        What was added; ``None`` if the text has changed.

    >>> added("a\nb\n", "a\nb\nc\n"), added("a\nb\n", "b\nc\n"), added("a\nb\n", "x\n")
    ('c\n', 'c\n', None)
    """
    if now.startswith(before):
        return now[len(before) :]
    # Output is cut between lines, so the first line that is left was the first of some rest.
    first = now[: now.find("\n") + 1] or now
    place = max(0, len(before) - len(now)) - 1
    for _ in range(MOST_PLACES):
        place = before.find(first, place + 1)
        if place < 0:
            break
        if now.startswith(before[place:]):
            return now[len(before) - place :]
    return None


def changed(before: str, now: str) -> str:
    r"""
    Return a text from its first line on that has changed.

    >>> changed("a\nb\n", "a\nc\n")
    'c\n'
    """
    same = 0
    for one, other in zip(
        before.splitlines(keepends=True), now.splitlines(keepends=True), strict=False
    ):
        if one != other:
            break
        same += len(one)
    return now[same:]


def _text(output: Output) -> str:
    if output["output_type"] == "stream":
        return str(output["text"])
    if output["output_type"] == "error":
        return "\n".join(output["traceback"]) or f"{output['ename']}: {output['evalue']}"
    plain = output["data"].get("text/plain") or f"[{', '.join(output['data']) or 'nothing'}]"
    return plain if isinstance(plain, str) else "".join(plain)


def _line(text: str) -> str:
    if text.isprintable():
        return text
    shown = ""
    for part in _COLOURS.sub("", text).split("\r"):
        # A terminal shows what follows the last carriage return, as far as it covers the line.
        shown = part + shown[len(part) :]
    return "\t".join(printable(each, len(each)) for each in shown.split("\t"))
