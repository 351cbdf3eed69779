"""
The last known state of one widget.

Most widgets never change after they were opened, so the JSON they came with is kept whole
and taken apart only when the first update arrives. An update replaces each top-level
attribute as a whole, its old buffers with it; nothing is merged deeper (protocol facts 2.2).
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


class WidgetState:
    """Attributes in the order in which the kernel first named them."""

    __slots__ = ("_attributes", "_whole", "size")

    def __init__(
        self,
        state: Text,
        buffer_paths: Sequence[Sequence[Step]] = (),
        buffers: Sequence[Part] = (),
    ) -> None:
        self._attributes: dict[str, Attribute] | None = None
        self._whole: bytes | None = None
        # Read once in any case: what is no object must be found out now, not at a restore.
        attributes = read_attributes(state, buffer_paths, buffers)
        if buffers:
            self._attributes = attributes
            self.size = sum(map(size_of, attributes.values()))
        else:
            self._whole = bytes(state)
            self.size = len(self._whole)

    def __contains__(self, key: str) -> bool:
        return key in self.attributes()

    def attributes(self) -> dict[str, Attribute]:
        """Return the attributes; a reader must not change the dict."""
        if self._attributes is not None:
            return self._attributes
        return read_attributes(self._whole or b"{}")

    def apply(self, change: State) -> None:
        """Replace each attribute that ``change`` names; new names extend the state."""
        if self._attributes is None:
            self._attributes = self.attributes()
            self._whole = None
            self.size = sum(map(size_of, self._attributes.values()))
        for key, attribute in change.items():
            before = self._attributes.get(key)
            self.size += size_of(attribute) - (size_of(before) if before is not None else 0)
            self._attributes[key] = attribute

    def restore(self, undo: dict[str, Attribute | None]) -> None:
        """Put back attributes that were replaced; ``None`` removes one that was new."""
        self.apply({key: old for key, old in undo.items() if old is not None})
        attributes = self._attributes or {}
        for key, old in undo.items():
            if old is None and key in attributes:
                self.size -= size_of(attributes.pop(key))

    def picked(self, keys: Iterable[str]) -> dict[str, Attribute]:
        """Return those of the named attributes that the state has."""
        attributes = self.attributes()
        return {key: attributes[key] for key in keys if key in attributes}

    def written(
        self, overlay: State | None = None, prefix: Sequence[Step] = ()
    ) -> tuple[bytes, list[list[Step]], list[Part]]:
        """
        Return JSON, buffer paths and buffers, with ``overlay`` over the known values.

        Args:
            overlay: values sent by a page that the kernel has not processed yet (rule 27).
            prefix: steps put before each buffer path.
        """
        if not overlay and self._whole is not None:
            return self._whole, [], []
        attributes = self.attributes()
        if overlay:
            attributes = {**attributes, **overlay}
        return write_attributes(attributes.items(), prefix)
