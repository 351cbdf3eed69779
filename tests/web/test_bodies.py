"""Bodies are read strictly, and who sent a bad one hears which field is at fault."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from tornado.httputil import HTTPFile, HTTPHeaders, HTTPServerRequest, RequestStartLine

from jupyter_comm_broker.errors import InvalidFieldError
from jupyter_comm_broker.events.recordings import RecordingWish
from jupyter_comm_broker.web.bodies import (
    OpenedBody,
    SentBody,
    check_paths,
    read_body,
    written,
)
from jupyter_comm_broker.web.problem import Problem


def request(body: bytes, content_type: str = "application/json") -> HTTPServerRequest:
    headers = HTTPHeaders({"Content-Type": content_type, "Host": "x"})
    line = RequestStartLine("POST", "/", "HTTP/1.1")
    return HTTPServerRequest(start_line=line, headers=headers, body=body)


def form(texts: dict[str, list[bytes]], files: dict[str, list[bytes]]) -> HTTPServerRequest:
    made = request(b"", "multipart/form-data; boundary=x")
    made.body_arguments = texts
    made.files = {
        name: [HTTPFile(filename="f", body=each, content_type="") for each in bodies]
        for name, bodies in files.items()
    }
    return made


def test_json_is_read_with_its_buffers() -> None:
    body = read_body(request(b'{"data": {"a": 1}, "buffers": ["AP8=", ""]}'), SentBody)
    assert (body.data, body.metadata, body.buffers) == ({"a": 1}, {}, [b"\0\xff", b""])


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"", ""),
        (b"[]", ""),
        (b"{", ""),
        (b"\xff", ""),
        (b'{"data": {"a": NaN}}', ""),
        (b'{"data": {"a": "\\ud800"}}', ""),
        (b'{"data": 1}', "data"),
        (b'{"data": null}', "data"),
        (b"{}", "data"),
        (b'{"data": {}, "metadata": []}', "metadata"),
        (b'{"data": {}, "more": 1}', "more"),
        (b'{"data": {}, "buffers": "AA=="}', "buffers"),
        (b'{"data": {}, "buffers": ["AA==", 1]}', "buffers[1]"),
        (b'{"data": {}, "buffers": ["A!=="]}', "buffers[0]"),
        (b'{"data":{"a":' + b"[" * 100_000, ""),
    ],
)
def test_what_is_wrong_with_json_is_said_with_its_field(body: bytes, field: str) -> None:
    with pytest.raises(InvalidFieldError) as caught:
        read_body(request(body), SentBody)
    assert caught.value.field == field
    assert str(caught.value)


@pytest.mark.parametrize("name", ["target_name", "comm_id"])
def test_names_of_a_megabyte_or_of_nothing_are_refused(name: str) -> None:
    for value in ("", "ü" * 1_000_000, 1):
        body = msgspec.json.encode({"target_name": "t", name: value})
        with pytest.raises(InvalidFieldError) as caught:
            read_body(request(body), OpenedBody)
        assert caught.value.field == name
        assert len(str(caught.value)) < 1000


def test_a_form_has_binary_parts_with_a_filename_or_without() -> None:
    texts = {"data": [b'{"a": 1}'], "metadata": [b'{"b": 2}']}
    for made in (
        form({**texts, "buffers": [b"\xff", b""]}, {}),
        form(texts, {"buffers": [b"\xff", b""]}),
    ):
        body = read_body(made, SentBody)
        assert (body.data, body.metadata, body.buffers) == ({"a": 1}, {"b": 2}, [b"\xff", b""])
    opened = read_body(form({"target_name": ["ü".encode()]}, {}), OpenedBody)
    assert (opened.target_name, opened.data) == ("ü", {})


@pytest.mark.parametrize(
    ("made", "field"),
    [
        (form({}, {}), "data"),
        (form({"data": [b"{}", b"{}"]}, {}), "data"),
        (form({"data": [b'{"a": NaN}']}, {}), "data"),
        (form({"data": [b"1"]}, {}), "data"),
        (form({"data": [b"{}"], "metadata": [b"\xff"]}, {}), "metadata"),
        (form({"data": [b"{}"], "buffers": [b"1"]}, {"buffers": [b"2"]}), "buffers"),
        (form({"data": [b"{}"], "other": [b"1"]}, {}), "other"),
        (form({"data": [b"{}"], "buffers": [b""] * 97}, {}), "buffers"),
    ],
)
def test_what_is_wrong_with_a_form_is_said_with_its_field(
    made: HTTPServerRequest, field: str
) -> None:
    with pytest.raises(InvalidFieldError) as caught:
        read_body(made, SentBody)
    assert caught.value.field == field


def test_to_json_schema_7_0_is_an_integer() -> None:
    assert read_body(request(b'{"on": true, "messages": 7.0}'), RecordingWish).messages == 7
    for body, field in [
        (b"7.0", ""),
        (b'{"on": 1.0}', "on"),
        (b'{"on": true, "messages": 7.5}', "messages"),
        (b'{"on": true, "messages": 1e300}', "messages"),
    ]:
        with pytest.raises(InvalidFieldError) as caught:
            read_body(request(body), RecordingWish)
        assert caught.value.field == field


def test_other_media_types_are_refused() -> None:
    for media_type in ("text/plain", "application/x-www-form-urlencoded"):
        with pytest.raises(Problem) as caught:
            read_body(request(b"{}", media_type), SentBody)
        assert caught.value.status_code == 415
    with pytest.raises(Problem):
        read_body(form({"on": [b"true"]}, {}), RecordingWish, form=False)


@pytest.mark.parametrize(
    ("state", "paths"),
    [
        ({}, [["a"]]),
        ({"a": 1}, [["a"]]),
        ({"a": {"b": {}}}, [["a", "b", "c"]]),
        ({"a": [None, 1]}, [["a", 0]]),
    ],
)
def test_buffers_that_have_their_places_pass(state: Any, paths: Any) -> None:
    check_paths({"state": state, "buffer_paths": paths}, 1)


@pytest.mark.parametrize(
    ("data", "count", "field"),
    [
        ({"state": {}}, 1, "buffers"),
        ({"state": {}, "buffer_paths": [["a"]]}, 0, "buffers"),
        ({"state": {}, "buffer_paths": "a"}, 1, "data.buffer_paths"),
        ({"state": {}, "buffer_paths": [[]]}, 1, "data.buffer_paths[0]"),
        ({"state": {}, "buffer_paths": [["a"], "b"]}, 2, "data.buffer_paths[1]"),
        ({"state": {}, "buffer_paths": [[0]]}, 1, "data.buffer_paths[0]"),
        ({"state": {}, "buffer_paths": [["a", "b"]]}, 1, "data.buffer_paths[0]"),
        ({"state": {"a": [1]}, "buffer_paths": [["a", 1]]}, 1, "data.buffer_paths[0]"),
        ({"state": {"a": [1]}, "buffer_paths": [["a", True]]}, 1, "data.buffer_paths[0]"),
        ({"state": 3, "buffer_paths": [["a"]]}, 1, "data.buffer_paths[0]"),
        ({"buffer_paths": [["a"]]}, 1, "data.buffer_paths[0]"),
    ],
)
def test_buffers_without_a_place_are_refused(data: Any, count: int, field: str) -> None:
    with pytest.raises(InvalidFieldError) as caught:
        check_paths(data, count)
    assert caught.value.field == field


def test_content_is_written_unless_it_is_too_deep() -> None:
    assert written({"a": 2**70}) == b'{"a":%d}' % 2**70
    deep: Any = {}
    for _ in range(100_000):
        deep = {"a": deep}
    with pytest.raises(InvalidFieldError):
        written(deep)
