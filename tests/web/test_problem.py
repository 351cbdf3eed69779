"""Every error of ours has a status, and tells its facts; a fault of ours tells nothing."""

from __future__ import annotations

import pytest
from tornado import web

from jupyter_comm_broker.errors import (
    CommBrokerError,
    CommClosedError,
    CommNotFoundError,
    InvalidFieldError,
    KernelNotFoundError,
    KernelUnavailableError,
    LinkNotOpenedError,
    TooLargeError,
    TooManyReadersError,
    UnansweredError,
)
from jupyter_comm_broker.web.problem import STATUS_OF, Problem, told

LATER = (
    KernelUnavailableError,
    LinkNotOpenedError,
    UnansweredError,
    TooManyReadersError,
)


@pytest.mark.parametrize("kind", STATUS_OF)
def test_an_errors_status_is_a_clients_fault_or_no_ones(kind: type[CommBrokerError]) -> None:
    assert STATUS_OF[kind] in ((503, 504) if kind in LATER else range(400, 500))


def test_what_is_too_large_names_limit_and_setting() -> None:
    problem = Problem.of(TooLargeError("the message", 11, 10, "Server.most"))
    assert problem.status_code == 413
    body = told(413, problem)
    assert (body["limit"], body["setting"]) == (10, "Server.most")
    assert body["message"] == "the message has 11 bytes; the limit is Server.most = 10"


def test_an_error_tells_its_sentence_its_kind_and_its_facts() -> None:
    problem = Problem.of(InvalidFieldError("limit", "100% too much"))
    assert problem.status_code == 400
    assert told(400, problem) == {
        "message": "100% too much",
        "reason": "InvalidFieldError",
        "field": "limit",
    }


def test_what_is_closed_tells_how_it_ended() -> None:
    problem = Problem.of(CommClosedError("k", "c", "2026-01-01", "kernel", "over"))
    assert problem.status_code == 410
    assert told(410, problem)["closed"] == {"at": "2026-01-01", "by": "kernel", "reason": "over"}


def test_an_error_nobody_gave_a_status_to_is_a_fault_of_ours() -> None:
    class OddError(CommBrokerError):
        pass

    class NarrowerError(CommNotFoundError):
        pass

    assert Problem.of(OddError("odd")).status_code == 500
    assert Problem.of(NarrowerError("k", "c")).status_code == 404
    assert Problem.of(KernelNotFoundError("50%")).status_code == 404


def test_errors_of_the_server_are_told_in_the_same_shape() -> None:
    assert told(403, web.HTTPError(403)) == {"message": "Forbidden", "reason": "Forbidden"}
    error = web.HTTPError(400, "bad %s", "thing", reason="odd")
    assert told(400, error) == {"message": "bad thing", "reason": "odd"}
    assert told(404, None) == {"message": "Not Found", "reason": "Not Found"}


def test_a_fault_of_ours_is_not_told() -> None:
    assert "secret" not in str(told(500, ValueError("secret")))


def test_what_tornado_cannot_take_apart_names_its_field() -> None:
    for said, field in [("has too many parts", "buffers"), ("no final boundary", "")]:
        problem = told(400, web.HTTPError(400, f"Invalid body: {said}"))
        assert (problem["reason"], problem["field"]) == ("InvalidFieldError", field)
        assert said in problem["message"]
