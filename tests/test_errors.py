"""Errors carry the facts and make the sentence: what was wrong, and which setting decides."""

import pytest

from jupyter_comm_broker.errors import (
    CommBrokerError,
    CommNotFoundError,
    KernelNotFoundError,
    MalformedFrameError,
    MalformedMessageError,
    RefusedMessageError,
)


@pytest.mark.parametrize(
    "error",
    [
        MalformedFrameError("x"),
        MalformedMessageError("x"),
        RefusedMessageError("comm_open", "the setting"),
        KernelNotFoundError("k"),
        CommNotFoundError("k", "c"),
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
    gone = CommNotFoundError("k", "c", "closed by the kernel")
    assert never.closed is None
    assert "has no comm 'c'" in str(never)
    assert gone.closed == "closed by the kernel"
    assert "gone: closed by the kernel" in str(gone)
