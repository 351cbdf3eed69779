"""Errors carry the facts and make the sentence: what was wrong, and which setting decides."""

import pytest

from jupyter_comm_broker.errors import (
    BufferNotFoundError,
    CommBrokerError,
    CommClosedError,
    CommNotFoundError,
    CursorExpiredError,
    HiddenContentError,
    InvalidFieldError,
    KernelNotFoundError,
    MalformedFrameError,
    MalformedMessageError,
    RefusedMessageError,
    RequestNotFoundError,
)


@pytest.mark.parametrize(
    "error",
    [
        MalformedFrameError("x"),
        MalformedMessageError("x"),
        RefusedMessageError("comm_open", "the setting"),
        KernelNotFoundError("k"),
        RequestNotFoundError("k", "r"),
        CommNotFoundError("k", "c"),
        CommClosedError("k", "c", "2026-01-01", "kernel", "over"),
        BufferNotFoundError("c", 3, 2),
        InvalidFieldError("limit", "no"),
        CursorExpiredError(),
        HiddenContentError("a password"),
    ],
)
def test_all_of_them_are_ours(error: Exception) -> None:
    assert isinstance(error, CommBrokerError)


def test_a_refusal_names_type_and_setting() -> None:
    error = RefusedMessageError("comm_open", "Kernels.allowed")
    assert (error.msg_type, error.setting) == ("comm_open", "Kernels.allowed")
    assert "'comm_open'" in str(error)
    assert "Kernels.allowed" in str(error)


def test_a_missing_kernel_is_named() -> None:
    error = KernelNotFoundError("abc")
    assert error.kernel_id == "abc"
    assert "'abc'" in str(error)


def test_a_comm_that_never_was_and_one_that_is_gone_read_differently() -> None:
    never = CommNotFoundError("k", "c")
    gone = CommClosedError("k", "c", "2026-01-01", "kernel", "closed by the kernel")
    assert "has no comm 'c'" in str(never)
    assert (gone.at, gone.by, gone.reason) == ("2026-01-01", "kernel", "closed by the kernel")
    assert "gone: closed by the kernel" in str(gone)


def test_a_buffer_that_is_not_there_is_named_beside_how_many_there_are() -> None:
    error = BufferNotFoundError("c", 3, 2)
    assert (error.comm_id, error.index, error.count) == ("c", 3, 2)
    assert "'c' has 2 buffers" in str(error)


def test_what_is_wrong_with_a_request_names_the_field() -> None:
    assert InvalidFieldError("limit", "no").field == "limit"
    assert CursorExpiredError().field == "cursor"
    hidden = HiddenContentError("a password")
    assert hidden.field == "reveal"
    assert "a password is not shown" in str(hidden)
