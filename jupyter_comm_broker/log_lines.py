"""
Makes each log message one line, whatever text it quotes.

Session ids, comm ids, target names, user names and the texts of errors come from pages and
kernels. A line end in one of them would begin a log line that looks like the server's.
"""

from __future__ import annotations

import logging
import sys
import traceback
from typing import TYPE_CHECKING, Any

MOST = 2_000
"""
Most characters of a line.

Our own lines have a tenth of it. A line that quotes a kernel seldom has more.
"""


def one_line(text: str, most: int = MOST) -> str:
    r"""
    Return a text as one line, without control characters and of limited length.

    >>> one_line("a\n[W] b\x1b[2J")
    'a\\n[W] b\\x1b[2J'
    """
    cut = text if len(text) <= most else f"{text[:most]}... ({len(text)} characters)"
    if cut.isprintable():
        return cut
    return "".join(
        each if each.isprintable() else each.encode("unicode_escape").decode() for each in cut
    )


if TYPE_CHECKING:
    Adapter = logging.LoggerAdapter[Any]
else:
    # In Python 3.10 the class takes no type parameter.
    Adapter = logging.LoggerAdapter


class OneLineLog(Adapter):
    """Writes every message to a log, or to another adapter, as a single line."""

    def __init__(self, log: Any, extra: dict[str, object] | None = None) -> None:
        super().__init__(log, extra or {})

    def log(self, level: int, msg: object, *args: object, **kwargs: Any) -> None:
        """
        Log a message as one line.

        A traceback is logged unchanged, unless the text of its error holds line ends or control
        characters. Then each of its lines is marked.

        Args:
            level: the level.
            msg: the message, or its format.
            *args: what the format is filled with.
            **kwargs: as in :meth:`logging.Logger.log`.
        """
        if not self.isEnabledFor(level):
            return
        line = one_line(str(msg) % args if args else str(msg))
        error = _error(kwargs.get("exc_info"))
        if error is not None and _forges(error):
            kwargs["exc_info"] = None
            lines = "".join(traceback.format_exception(error)).splitlines()
            line += "".join(f"\n    | {one_line(each)}" for each in lines)
        super().log(level, "%s", line, **kwargs)


def _error(exc_info: Any) -> BaseException | None:
    if isinstance(exc_info, tuple):
        exc_info = exc_info[1]
    elif exc_info and not isinstance(exc_info, BaseException):
        exc_info = sys.exc_info()[1]
    return exc_info or None


def _forges(error: BaseException) -> bool:
    """Return whether the text of an error, or of one of its causes, holds control characters."""
    seen: set[int] = set()
    waiting: list[BaseException | None] = [error]
    while waiting:
        each = waiting.pop()
        if each is not None and id(each) not in seen:
            seen.add(id(each))
            if not str(each).isprintable():
                return True
            waiting += [each.__cause__, each.__context__]
    return False
