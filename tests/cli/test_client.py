"""Answers come back as JSON, and whatever goes wrong as one line that says what to do."""

from __future__ import annotations

import socket

import pytest

from jupyter_comm_broker.cli.client import Client, comm_path, runs_path
from jupyter_comm_broker.cli.exits import CommandError, Exit, RefusalError
from jupyter_comm_broker.cli.servers.address import address

from .counter import Counter, comm


def client(counter: Counter, token: str = "secret", **how: float) -> Client:
    return Client(address(counter.url, token), **how)


def test_parameters_are_written_as_the_api_reads_them(counter: Counter) -> None:
    counter.lays("/x", {"ok": True})
    found = client(counter).get("/x", on=True, off=None, text="a b&c", number=3)
    assert found == {"ok": True}
    (asked,) = counter.asked
    assert asked.query == {"on": "true", "text": "a b&c", "number": "3"}
    assert asked.headers["Authorization"] == "token secret"


def test_a_server_without_tokens_sees_that_no_other_site_asks(counter: Counter) -> None:
    counter.lays("/x", {}, method="POST")
    client(counter, token="").ask("POST", "/x", body={"a": 1})
    (asked,) = counter.asked
    assert asked.headers["Cookie"] == "_xsrf=" + asked.headers["X-XSRFToken"]
    assert asked.json == {"a": 1}


def test_all_pages_of_a_list_are_read(counter: Counter) -> None:
    counter.lays(
        "/api/comms",
        {"comms": [comm("a"), comm("b")], "next": "here", "total": 3},
        {"comms": [comm("c")], "next": None, "total": 3},
    )
    comms, total = client(counter).pages("/api/comms", {"text": "x"})
    assert ([each["comm_id"] for each in comms], total) == (["a", "b", "c"], 3)
    assert [each.query.get("cursor") for each in counter.asked] == [None, "here"]


def test_no_more_is_asked_for_than_is_wanted(counter: Counter) -> None:
    counter.lays("/api/comms", {"comms": [comm("a"), comm("b")], "next": "here", "total": 3})
    comms, total = client(counter).pages("/api/comms", {}, 2)
    assert (len(comms), total, len(counter.asked)) == (2, 3, 1)
    assert counter.asked[0].query["limit"] == "2"


def test_lists_of_other_things_are_read_too(counter: Counter) -> None:
    counter.lays(runs_path("a/b"), {"requests": [1, 2], "next": None, "total": 2})
    assert client(counter).pages(runs_path("a/b"), {}, of="requests") == ([1, 2], 2)


def test_an_answer_that_has_not_changed_is_not_sent_again(counter: Counter) -> None:
    counter.answers["GET", "/x"] = [(200, {"a": 1}), (304, b""), (200, b"no JSON")]
    asking = client(counter)
    assert asking.get_changed("/x", "") == ({"a": 1}, "")
    assert asking.get_changed("/x", '"t"') == (None, '"t"')
    assert [each.headers.get("If-None-Match") for each in counter.asked] == [None, '"t"']
    with pytest.raises(CommandError, match="as a Jupyter server"):
        asking.get_changed("/x", '"t"')
    counter.lays("/x", {"message": "no", "reason": "KernelNotFoundError"}, status=404)
    with pytest.raises(RefusalError):
        asking.get_changed("/x", '"t"')


@pytest.mark.parametrize(
    ("status", "problem", "code", "said"),
    [
        (404, {"message": "no kernel 'x'", "reason": "KernelNotFoundError"}, 5, "no kernel 'x'"),
        (404, {"message": "Not Found", "reason": "Not Found"}, 5, "jupyter_comm_broker is not on"),
        (403, {"message": "Forbidden", "reason": "Forbidden"}, 4, "--token or JUPYTER_TOKEN"),
        (302, b"", 4, "--token or JUPYTER_TOKEN"),
        (403, {"message": "x may not write comms", "reason": "not authorized"}, 4, "x may not"),
        (400, {"message": "text: wrong", "reason": "InvalidFieldError"}, 2, "text: wrong"),
        (500, {"message": "Unhandled error", "reason": "x"}, 1, "its log says why"),
        (502, b"<html>", 1, "status 502"),
        (503, {"message": "kernel is dead", "reason": "x"}, 8, "kernel is dead"),
        (404, ["odd"], 5, "jupyter_comm_broker is not on"),
        (410, {"message": "gone \x1b[2J", "reason": "CommClosedError"}, 5, r"gone \x1b[2J"),
    ],
)
def test_a_refusal_says_what_to_do(
    counter: Counter, status: int, problem: object, code: int, said: str
) -> None:
    counter.lays("/api/comms", problem, status=status)
    with pytest.raises(RefusalError) as caught:
        client(counter).get("/api/comms")
    assert caught.value.exit_code == code
    assert said in str(caught.value)


def test_an_answer_that_is_no_json_is_no_jupyter_servers(counter: Counter) -> None:
    counter.lays("/api/comms", b"<html>hello</html>")
    with pytest.raises(CommandError, match="check --url") as caught:
        client(counter).get("/api/comms")
    assert caught.value.exit_code is Exit.NO_SERVER


def test_nobody_there_is_said() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        with pytest.raises(CommandError, match=r"cannot reach .* is it running") as caught:
            Client(address(f"http://127.0.0.1:{port}")).get("/api/comms")
    assert caught.value.exit_code is Exit.NO_SERVER


def test_a_server_that_does_not_answer_in_time_is_said() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        with pytest.raises(CommandError, match="did not answer in time"):
            Client(address(f"http://127.0.0.1:{port}"), patience=0.2).get("/api/comms")


def test_ids_are_quoted_in_paths() -> None:
    assert comm_path("k", "a/b ?") == "/api/kernels/k/comms/a%2Fb%20%3F"
