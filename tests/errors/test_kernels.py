"""Errors about kernels carry the facts and make the sentence."""

import pytest

from jupyter_comm_broker.errors import KernelNotFoundError, RequestNotFoundError, UnansweredError


def test_a_missing_kernel_is_named() -> None:
    error = KernelNotFoundError("abc")
    assert error.kernel_id == "abc"
    assert "'abc'" in str(error)


def test_a_missing_run_is_named_beside_its_kernel() -> None:
    error = RequestNotFoundError("abc", "r")
    assert (error.kernel_id, error.request_id) == ("abc", "r")
    assert "'r' is kept of kernel 'abc'" in str(error)


@pytest.mark.parametrize(
    ("runs", "msg_type", "told"),
    [
        ("m", "comm_msg", "it is still handling it"),
        ("other", "execute_request", "it runs execute_request other, and handles the message"),
        ("other", "comm_msg", "it runs comm_msg other"),
        (None, None, "it is busy"),
    ],
)
def test_a_message_without_an_answer_says_what_the_kernel_does(
    runs: str | None, msg_type: str | None, told: str
) -> None:
    error = UnansweredError("m", 2.5, {"msg_id": runs, "msg_type": msg_type})
    assert "in 2.5 s; " in str(error)
    assert told in str(error)


def test_an_idle_kernel_is_not_said_to_run_anything() -> None:
    error = UnansweredError("m", 1)
    assert str(error).endswith("in 1 s")
    assert not hasattr(error, "queued_behind")
