"""
Payloads of the ``jupyter.widget`` target, taken apart attribute by attribute.

A state travels as JSON with its buffers taken out: ``buffer_paths[i]`` says where
``buffers[i]`` belongs; a dict key there is absent, a list slot null (ipywidgets,
packages/schema/messages.md). The broker never needs the values, only which top-level
attribute they belong to, so an attribute stays the JSON text it came as, beside its buffers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from jupyter_comm_broker.errors import MalformedMessageError
from jupyter_comm_broker.protocol.json_text import Text, dumps, lenient, loads
from jupyter_comm_broker.protocol.message import Part

WIDGET_TARGET = "jupyter.widget"
CONTROL_TARGET = "jupyter.widget.control"

CONTROL_METADATA = {"version": "1.0.0"}
"""What a control comm's ``comm_open`` must carry, else the kernel refuses it."""

WIDGET_METADATA = {"version": "2.1.0"}
"""What a widget's ``comm_open`` carries; frontends look at the major version only."""

Step = str | int
"""One step of a buffer path: a dict key or a list index."""


class BufferedAttribute(msgspec.Struct, frozen=True):
    """An attribute with binary inside, or that is binary as a whole."""

    text: bytes | None
    """Its JSON with the buffers taken out; ``None`` if the attribute itself is a buffer."""

    buffers: tuple[tuple[tuple[Step, ...], Part], ...]
    """Each buffer with its path below the attribute, ``()`` for the attribute itself."""


Attribute = bytes | BufferedAttribute
"""One top-level attribute of a widget's state: its JSON text, or that with buffers."""

State = Mapping[str, Attribute]


class WidgetPayload(msgspec.Struct, frozen=True):
    """The ``data`` of a widget's comm message."""

    method: str = ""
    state: msgspec.Raw = msgspec.Raw(b"{}")
    buffer_paths: list[list[Step]] = []


class ModelName(msgspec.Struct, frozen=True, gc=False):
    """Which class of which package draws a widget."""

    name: str = msgspec.field(default="", name="_model_name")
    module: str = msgspec.field(default="", name="_model_module")
    version: str = msgspec.field(default="", name="_model_module_version")


read_payload = lenient(msgspec.json.Decoder(WidgetPayload).decode)
read_model_name = lenient(msgspec.json.Decoder(ModelName).decode)
_read_attributes = lenient(msgspec.json.Decoder(dict[str, msgspec.Raw]).decode)
_REFERENCE = re.compile(rb'"IPY_MODEL_([^"\\]{1,200})"')


def read_attributes(
    state: Text, buffer_paths: Sequence[Sequence[Step]] = (), buffers: Sequence[Part] = ()
) -> dict[str, Attribute]:
    """
    Take a state apart into its attributes, in their order.

    >>> read_attributes(b'{"value": 3}', [["raw"]], [b"x"])
    {'value': b'3', 'raw': BufferedAttribute(text=None, buffers=(((), b'x'),))}

    Raises:
        MalformedMessageError: the state is no object, or paths and buffers do not pair up.
    """
    attributes: dict[str, Attribute] = {
        key: bytes(text) for key, text in _read_attributes(state).items()
    }
    if not buffer_paths and not buffers:
        return attributes
    if len(buffer_paths) != len(buffers):
        raise MalformedMessageError(f"{len(buffer_paths)} buffer paths for {len(buffers)} buffers")
    found: dict[str, list[tuple[tuple[Step, ...], Part]]] = {}
    for path, buffer in zip(buffer_paths, buffers, strict=True):
        if not path or not isinstance(path[0], str):
            raise MalformedMessageError(f"buffer path {path!r} does not begin with an attribute")
        found.setdefault(path[0], []).append((tuple(path[1:]), buffer))
    for key, pairs in found.items():
        whole = any(not tail for tail, _ in pairs)
        text = attributes.get(key)
        if text is None and not whole:
            raise MalformedMessageError(f"a buffer path leads into {key!r}, which the state lacks")
        attributes[key] = BufferedAttribute(
            text=None if whole else text_of(text), buffers=tuple(pairs)
        )
    return attributes


def write_attributes(
    state: Iterable[tuple[str, Attribute]], prefix: Sequence[Step] = ()
) -> tuple[bytes, list[list[Step]], list[Part]]:
    """
    Put attributes together again: the state's JSON, the buffer paths, the buffers.

    Args:
        state: pairs of attribute name and attribute.
        prefix: steps put before each path (``[model_id, "state"]`` in ``update_states``).
    """
    texts: list[bytes] = []
    paths: list[list[Step]] = []
    buffers: list[Part] = []
    keys = _KEYS
    for key, attribute in state:
        if isinstance(attribute, bytes):
            texts.append(keys[key] + attribute)
            continue
        if attribute.text is not None:
            texts.append(keys[key] + attribute.text)
        for tail, buffer in attribute.buffers:
            paths.append([*prefix, key, *tail])
            buffers.append(buffer)
    return b"{" + b",".join(texts) + b"}", paths, buffers


class _Keys(dict[str, bytes]):
    """What stands before a value, by name: the same few hundred names in every state."""

    MOST = 4096

    def __missing__(self, name: str) -> bytes:
        if len(self) >= self.MOST:
            self.clear()
        text = self[name] = dumps(name) + b":"
        return text


_KEYS = _Keys()


def update_data(state: State, method: str = "update") -> tuple[bytes, list[Part]]:
    """Return the ``data`` and the buffers of a message that sets ``state``."""
    text, paths, buffers = write_attributes(state.items())
    return (
        b'{"method":'
        + dumps(method)
        + b',"state":'
        + text
        + b',"buffer_paths":'
        + dumps(paths)
        + b"}",
        buffers,
    )


def references(text: bytes) -> tuple[str, ...]:
    """
    Return the ids of the widgets that a state's JSON refers to, each once, in order.

    >>> references(b'{"layout": "IPY_MODEL_a1", "children": ["IPY_MODEL_b2"]}')
    ('a1', 'b2')
    """
    if b'"IPY_MODEL_' not in text:
        return ()
    return tuple(
        dict.fromkeys(found.decode("utf-8", "replace") for found in _REFERENCE.findall(text))
    )


def size_of(attribute: Attribute) -> int:
    """Return the bytes an attribute holds, JSON and buffers together."""
    if isinstance(attribute, bytes):
        return len(attribute)
    return len(attribute.text or b"") + sum(len(buffer) for _, buffer in attribute.buffers)


def text_of(attribute: Attribute | None) -> bytes:
    """Return an attribute's JSON without its buffers; empty where there is none."""
    if attribute is None or isinstance(attribute, bytes):
        return attribute or b""
    return attribute.text or b""


def same(one: Attribute | None, other: Attribute | None) -> bool:
    """
    Whether two attributes mean the same: equal text, or equal values and equal buffers.

    >>> same(b"1.0", b"1"), same(b"1", b"2"), same(b"1", None)
    (True, False, False)
    """
    if one == other:
        return True
    if one is None or other is None or type(one) is not type(other):
        return False
    if _buffers_of(one) != _buffers_of(other):
        return False
    return bool(loads(text_of(one) or b"null") == loads(text_of(other) or b"null"))


def _buffers_of(attribute: Attribute) -> dict[tuple[Step, ...], Part]:
    return dict(attribute.buffers) if isinstance(attribute, BufferedAttribute) else {}
