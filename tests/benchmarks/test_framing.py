"""The benchmark's page also speaks the default framing, as stock before a gateway needs it."""

from __future__ import annotations

from benchmarks.framing import as_text, decode, encode


def test_a_message_says_the_same_in_both_framings() -> None:
    msg_id, frame = encode("s", "shell", "execute_request", {"code": "ü"})
    binary, text = decode(frame, 1.0, 2.0), decode(as_text(frame), 1.0, 2.0)
    assert text == binary
    assert text.header["msg_id"] == msg_id
