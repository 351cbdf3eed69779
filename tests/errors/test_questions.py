"""Errors about a question to the broker name the field, or how many may ask."""

import pytest

from jupyter_comm_broker.errors import (
    CursorExpiredError,
    HiddenContentError,
    InvalidFieldError,
    TooManyOwnReadersError,
    TooManyReadersError,
)


def test_what_is_wrong_with_a_request_names_the_field() -> None:
    assert InvalidFieldError("limit", "no").field == "limit"
    assert CursorExpiredError().field == "cursor"
    hidden = HiddenContentError("a password")
    assert hidden.field == "reveal"
    assert "a password is not shown" in str(hidden)


@pytest.mark.parametrize(
    ("error", "setting"),
    [
        (TooManyReadersError(5), "CommBroker.event_readers"),
        (TooManyOwnReadersError(5), "CommBroker.event_readers_per_user"),
    ],
)
def test_one_reader_too_many_is_told_which_limit_it_is(
    error: TooManyReadersError, setting: str
) -> None:
    assert str(error).endswith(f"the limit is {setting} = 5")
