"""
Payloads of the ``jupyter.widget`` target, split into attributes.

A state travels as JSON without its buffers. ``buffer_paths[i]`` says where ``buffers[i]``
belongs. In the JSON, a dict key at that path is missing and a list item is null (ipywidgets,
packages/schema/messages.md). The broker never needs the values. It only needs to know which
top-level attribute a value belongs to. So an attribute stays the JSON text that came, beside
its buffers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from jupyter_comm_broker.errors import MalformedMessageError
from jupyter_comm_broker.protocol.json_text import Text, dumps, lenient, loads
from jupyter_comm_broker.protocol.message import Part

WIDGET_TARGET = "jupyter.widget"
CONTROL_TARGET = "jupyter.widget.control"

CONTROL_METADATA = {"version": "1.0.0"}
"""The metadata of a control comm's ``comm_open``. The kernel refuses a comm without them."""

WIDGET_METADATA = {"version": "2.1.0"}
"""The metadata of a widget's ``comm_open``. Frontends read only the major version."""

Step = str | int
"""One step of a buffer path: a dict key or a list index."""


class BufferedAttribute(msgspec.Struct, frozen=True):
    """An attribute that contains buffers, or is one."""

    text: bytes | None
    """Its JSON without the buffers; ``None`` if the attribute itself is a buffer."""

    buffers: tuple[tuple[tuple[Step, ...], Part], ...]
    """Each buffer with its path below the attribute. The path is ``()`` if it is the attribute."""


Attribute = bytes | BufferedAttribute
"""One top-level attribute of a widget's state: its JSON text, or text and buffers."""

State = Mapping[str, Attribute]


class WidgetPayload(msgspec.Struct, frozen=True):
    """The ``data`` of a widget's comm message."""

    method: str = ""
    state: msgspec.Raw = msgspec.Raw(b"{}")
    buffer_paths: list[list[Step]] = []


class ModelName(msgspec.Struct, frozen=True, gc=False):
    """The class and the package that draw a widget."""

    name: str = msgspec.field(default="", name="_model_name")
    module: str = msgspec.field(default="", name="_model_module")
    version: str = msgspec.field(default="", name="_model_module_version")


read_payload = lenient(msgspec.json.Decoder(WidgetPayload).decode)
_read_model_name = lenient(msgspec.json.Decoder(ModelName).decode)
SAID_ONCE = ("_model_", "_view_")
"""
Prefixes of the attributes that name a widget's classes. Their values never change.

Objects with anywidget's descriptor name them in the ``comm_open``, and in no later state.
"""

_read_attributes = lenient(msgspec.json.Decoder(dict[str, msgspec.Raw]).decode)
_REFERENCE = re.compile(rb'"IPY_MODEL_([^"\\]{1,200})"')


class _OneOfEach(dict[ModelName, ModelName]):
    """The names that were read, so that 10,000 sliders share one."""

    MOST = 4096
    """Names that are kept: far more than the widgets of one server have classes."""

    def __missing__(self, name: ModelName) -> ModelName:
        if len(self) >= self.MOST:
            self.clear()
        self[name] = name
        return name


_MODEL_NAMES = _OneOfEach()


def read_model_name(state: Text) -> ModelName:
    """
    Return the model that a state names. Names that the state lacks are empty.

    Raises:
        MalformedMessageError: the state is no object, or one of the names is no string.
    """
    return _MODEL_NAMES[_read_model_name(state)]


def says_all_states(data: msgspec.Raw) -> bool:
    """Return whether data carry the states of all widgets: ``update_states`` on a control comm."""
    try:
        return read_payload(data).method == "update_states"
    except MalformedMessageError:
        return False


def read_attributes(
    state: Text, buffer_paths: Sequence[Sequence[Step]] = (), buffers: Sequence[Part] = ()
) -> dict[str, Attribute]:
    """
    Split a state into its attributes.

    Args:
        state: the state's JSON, without its buffers.
        buffer_paths: where each buffer belongs, in the order of ``buffers``.
        buffers: the buffers.

    Returns:
        Each attribute by its name, in the state's order.

    Raises:
        MalformedMessageError: the state is no object, the numbers of paths and buffers differ,
            or a path leads nowhere.

    >>> read_attributes(b'{"value": 3}', [["raw"]], [b"x"])
    {'value': b'3', 'raw': BufferedAttribute(text=None, buffers=(((), b'x'),))}
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
    Join attributes to a state again.

    Args:
        state: pairs of attribute name and attribute.
        prefix: steps put before each path (``[model_id, "state"]`` in ``update_states``).

    Returns:
        The state's JSON, the buffer paths and the buffers.
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
    """By attribute name, the JSON text before the value. All states share some hundred names."""

    MOST = 4096
    """Names that are kept: far more than the widgets of one server use."""

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
    """Return the size of an attribute in bytes, JSON and buffers together."""
    if isinstance(attribute, bytes):
        return len(attribute)
    return len(attribute.text or b"") + sum(len(buffer) for _, buffer in attribute.buffers)


def text_of(attribute: Attribute | None) -> bytes:
    """Return an attribute's JSON without its buffers; empty where it has no JSON."""
    if attribute is None or isinstance(attribute, bytes):
        return attribute or b""
    return attribute.text or b""


def same(one: Attribute | None, other: Attribute | None) -> bool:
    """
    Return whether two attributes have equal values and equal buffers.

    >>> same(b"1.0", b"1"), same(b"1", b"2"), same(b"1", None), same(b"[1]", b"[true]")
    (True, False, False, False)
    """
    if one == other:
        return True
    if one is None or other is None or type(one) is not type(other):
        return False
    if _buffers_of(one) != _buffers_of(other):
        return False
    return _equal(loads(text_of(one) or b"null"), loads(text_of(other) or b"null"))


def _equal(one: Any, other: Any) -> bool:
    """Return whether two values are the same JSON. To Python alone ``True`` is equal to 1."""
    pairs = [(one, other)]
    while pairs:
        one, other = pairs.pop()
        if isinstance(one, dict) and isinstance(other, dict):
            if one.keys() != other.keys():
                return False
            pairs += [(value, other[key]) for key, value in one.items()]
        elif isinstance(one, list) and isinstance(other, list):
            if len(one) != len(other):
                return False
            pairs += zip(one, other, strict=True)
        elif one != other or isinstance(one, bool) is not isinstance(other, bool):
            return False
    return True


def _buffers_of(attribute: Attribute) -> dict[tuple[Step, ...], Part]:
    return dict(attribute.buffers) if isinstance(attribute, BufferedAttribute) else {}
