"""
The last known state of one widget.

Most attributes never change after a widget was opened. They are kept together, as the JSON text
that they came in. Only attributes that changed or hold buffers are kept apart. So 10,000 widgets
are written in a few pieces each. An update replaces each top-level attribute as a whole, with its
buffers. Nothing is merged deeper than that (fact 2.2).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from jupyter_comm_broker.protocol.json_text import Text
from jupyter_comm_broker.protocol.message import Part
from jupyter_comm_broker.protocol.widget import (
    Attribute,
    State,
    Step,
    read_attributes,
    size_of,
    write_attributes,
)

EMPTY = b"{}"


class WidgetState:
    """
    Attributes: first those that never changed, then the others.

    Args:
        state: the attributes as a JSON object.
        buffer_paths: where in it the buffers belong.
        buffers: the buffers.

    Raises:
        MalformedMessageError: the state is no object, or a buffer has no place in it.
    """

    __slots__ = ("_apart", "_rest", "size", "unchanged")

    def __init__(
        self,
        state: Text,
        buffer_paths: Sequence[Sequence[Step]] = (),
        buffers: Sequence[Part] = (),
    ) -> None:
        # Always read at once, so that a state that is no object is found now and not at a restore.
        attributes = read_attributes(state, buffer_paths, buffers)
        self._apart: dict[str, Attribute] | None = None
        self._rest = bytes(state).strip() if attributes else EMPTY
        if buffers:
            self._apart = {k: a for k, a in attributes.items() if not isinstance(a, bytes)}
            self._rest = _written(k for k in attributes.items() if isinstance(k[1], bytes))
        self.unchanged: bytes | None = None if self._apart else self._rest
        """The whole state as JSON; ``None`` once an attribute changed, or if it holds buffers."""
        self.size = len(self._rest) + sum(map(size_of, (self._apart or {}).values()))

    def __contains__(self, key: str) -> bool:
        return bool(self.picked((key,)))

    def attributes(self) -> dict[str, Attribute]:
        """Return all attributes."""
        return {**read_attributes(self._rest), **(self._apart or {})}

    def picked(self, keys: Iterable[str]) -> dict[str, Attribute]:
        """Return those of the named attributes that the state has."""
        apart, rest, found = self._apart or {}, None, {}
        for key in keys:
            attribute = apart.get(key)
            if attribute is None:
                rest = rest if rest is not None else read_attributes(self._rest)
                attribute = rest.get(key)
            if attribute is not None:
                found[key] = attribute
        return found

    def apply(self, change: State) -> None:
        """Replace the attributes that ``change`` names. New names are added."""
        if self._apart is None:
            self._apart = {}
        self.unchanged = None
        apart = self._apart
        self._set_apart([key for key in change if key not in apart])
        grown = 0
        for key, attribute in change.items():
            before = apart.get(key)
            # Most attributes are plain JSON, and need no call.
            grown += len(attribute) if type(attribute) is bytes else size_of(attribute)
            if before is not None:
                grown -= len(before) if type(before) is bytes else size_of(before)
            apart[key] = attribute
        self.size += grown

    def restore(self, undo: dict[str, Attribute | None]) -> None:
        """Put back attributes that were replaced. ``None`` removes an attribute that was new."""
        self.apply({key: old for key, old in undo.items() if old is not None})
        apart = self._apart or {}
        for key, old in undo.items():
            if old is None and key in apart:
                self.size -= size_of(apart.pop(key))

    def written(
        self, overlay: State | None = None, prefix: Sequence[Step] = ()
    ) -> tuple[bytes, list[list[Step]], list[Part]]:
        """
        Return the state as JSON, the paths of its buffers, and the buffers.

        Args:
            overlay: values that a page sent and the kernel has not handled yet (rule 27). They
                replace the known values.
            prefix: steps put before each buffer path.
        """
        if overlay:
            return write_attributes({**self.attributes(), **overlay}.items(), prefix)
        if not self._apart:
            return self._rest, [], []
        text, paths, buffers = write_attributes(self._apart.items(), prefix)
        if EMPTY in (self._rest, text):
            return (text if self._rest == EMPTY else self._rest), paths, buffers
        return self._rest[:-1] + b"," + text[1:], paths, buffers

    def _set_apart(self, keys: Sequence[str]) -> None:
        """Move attributes to those that are kept apart, before they change."""
        if not keys or self._apart is None:
            return
        rest = read_attributes(self._rest)
        moved = {key: rest.pop(key) for key in keys if key in rest}
        if moved:
            self._apart.update(moved)
            self.size -= len(self._rest) - sum(map(size_of, moved.values()))
            self._rest = _written(rest.items())
            self.size += len(self._rest)


def _written(attributes: Iterable[tuple[str, Attribute]]) -> bytes:
    return write_attributes(attributes)[0]
