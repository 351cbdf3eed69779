"""Errors about messages name the limit or the setting that decides."""

from jupyter_comm_broker.errors import RefusedMessageError, TooLargeError


def test_a_refusal_names_type_and_setting() -> None:
    error = RefusedMessageError("comm_open", "Kernels.allowed")
    assert (error.msg_type, error.setting) == ("comm_open", "Kernels.allowed")
    assert "'comm_open'" in str(error)
    assert "Kernels.allowed" in str(error)


def test_what_is_too_large_is_told_with_size_and_limit() -> None:
    error = TooLargeError("the frame", 12, 10, "some_bytes")
    assert (error.size, error.limit, error.setting) == (12, 10, "some_bytes")
    assert str(error) == "the frame has 12 bytes; the limit is some_bytes = 10"
