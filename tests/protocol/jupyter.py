"""What jupyter_server does with the same bytes, and hypothesis strategies for messages."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st
from jupyter_client.jsonutil import json_default
from jupyter_client.session import Session
from jupyter_server.services.kernels.connection.base import serialize_binary_message

from jupyter_comm_broker.protocol.message import CHANNELS, Message

text = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
scalars = st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | text
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(text, inner, max_size=3),
    max_leaves=8,
)
objects = st.dictionaries(text, values, max_size=4)
headers = st.fixed_dictionaries(
    {
        "msg_id": text,
        "msg_type": st.sampled_from(["status", "comm_msg", "stream"]),
        "session": text,
        # As jupyter_client writes it: it is read as a datetime and written again on the way.
        "date": st.just("2026-01-01T00:00:00.123456Z"),
        "version": st.just("5.4"),
    }
)
buffers = st.lists(st.binary(max_size=20), max_size=3)
channels = st.sampled_from(CHANNELS)


@st.composite
def messages(draw: st.DrawFn) -> Message:
    """Draw a message as it comes from a kernel."""
    fields = [
        draw(headers),
        draw(st.just({}) | headers),
        draw(objects),
        draw(objects),
    ]
    parts = [json.dumps(each, ensure_ascii=False).encode() for each in fields]
    return Message(draw(channels), [*parts, *draw(buffers)])


def stock_payload(message: Message) -> str | bytes:
    """Return the default framing as ``_reserialize_reply`` of jupyter_server makes it."""
    signed = [b"", *map(bytes, message.parts)]
    stock: dict[str, Any] = Session(key=b"").deserialize(signed)
    stock["channel"] = message.channel
    if stock["buffers"]:
        framed: bytes = serialize_binary_message(stock)
        return framed
    return json.dumps(stock, default=json_default)
