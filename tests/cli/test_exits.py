"""Every exit code says what it means, and each status of the API ends with one of them."""

import pytest

from jupyter_comm_broker.cli.exits import MEANINGS, OF_STATUS, Exit, RefusalError, described
from jupyter_comm_broker.web.problem import STATUS_OF


def test_help_describes_every_exit_code() -> None:
    assert set(MEANINGS) == set(Exit)
    for code in Exit:
        assert f"{code.value}  {MEANINGS[code]}" in described()


def test_every_status_that_the_api_refuses_with_has_its_exit_code() -> None:
    assert set(STATUS_OF.values()) - set(OF_STATUS) == set()


@pytest.mark.parametrize(("status", "code"), [(410, Exit.NOT_FOUND), (500, Exit.FAILED)])
def test_a_refusal_ends_with_the_code_of_its_status(status: int, code: Exit) -> None:
    assert RefusalError(status, "no", {}).exit_code is code
