"""Each error says what is wrong, and keeps the facts."""

from jupyter_comm_broker.testing.failures import (
    CellFailedError,
    GoneError,
    ServerNotStartedError,
)


def test_a_cell_that_failed_shows_its_traceback_and_fails_the_test() -> None:
    error = CellFailedError("ZeroDivisionError: division by zero")
    assert isinstance(error, AssertionError)
    assert error.traceback in str(error)


def test_a_server_that_did_not_start_shows_its_log() -> None:
    error = ServerNotStartedError("no such option")
    assert (error.log, "no such option" in str(error)) == ("no such option", True)


def test_a_page_that_is_gone_is_an_error_of_its_connection() -> None:
    assert isinstance(GoneError("closed"), ConnectionError)
