"""Any object with a buffer is sent as its bytes, as in a kernel."""

from __future__ import annotations

from array import array

import pytest

from jupyter_comm_broker.comms.buffers import as_parts

NUMBERS = array("d", [1.0, 2.0, 3.0, 4.0])


@pytest.mark.parametrize("buffer", [NUMBERS, memoryview(NUMBERS), bytearray(NUMBERS.tobytes())])
def test_its_length_is_that_of_its_bytes(buffer: object) -> None:
    (part,) = as_parts([buffer])
    assert len(part) == 32
    assert b"".join([part]) == NUMBERS.tobytes()


def test_bytes_stay_what_they_are() -> None:
    text = b"text"
    assert as_parts([text])[0] is text


def test_one_without_items_is_empty() -> None:
    assert as_parts([array("d")]) == [b""]


def test_what_cannot_be_sent_is_told() -> None:
    with pytest.raises(TypeError, match="one behind the other"):
        as_parts([memoryview(b"abcdef")[::2]])
    with pytest.raises(TypeError):
        as_parts(["text"])
