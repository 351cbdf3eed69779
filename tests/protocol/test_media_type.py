"""A buffer's media type is what the widget says, if that can be one."""

from __future__ import annotations

from typing import Any

import pytest

from jupyter_comm_broker.protocol.media_type import UNKNOWN, media_type

FILE = {"name": "a", "type": "text/csv"}


@pytest.mark.parametrize(
    ("model", "state", "path", "expected"),
    [
        ("ImageModel", {"format": "png"}, ["value"], "image/png"),
        ("ImageModel", {"format": "svg+xml"}, ["value"], "image/svg+xml"),
        ("AudioModel", {"format": "mp3"}, ["value"], "audio/mp3"),
        ("VideoModel", {"format": "mp4"}, ["value"], "video/mp4"),
        ("VideoModel", {"format": "url"}, ["value"], UNKNOWN),
        ("ImageModel", {"format": "png"}, ["other"], UNKNOWN),
        ("ImageModel", {"format": "png"}, ["value", 0], UNKNOWN),
        ("ImageModel", {"format": "png\r\nX: y"}, ["value"], UNKNOWN),
        ("ImageModel", {"format": "png\n"}, ["value"], UNKNOWN),
        ("ImageModel", {"format": "a" * 100}, ["value"], UNKNOWN),
        ("ImageModel", {"format": 3}, ["value"], UNKNOWN),
        ("ImageModel", {}, ["value"], UNKNOWN),
        ("IntSliderModel", {"format": "png"}, ["value"], UNKNOWN),
        ("FileUploadModel", {"value": [FILE]}, ["value", 0, "content"], "text/csv"),
        ("FileUploadModel", {"value": [FILE]}, ["value", 1, "content"], UNKNOWN),
        ("FileUploadModel", {"value": ["x"]}, ["value", 0, "content"], UNKNOWN),
        ("FileUploadModel", {"value": [{"type": "csv"}]}, ["value", 0, "content"], UNKNOWN),
        ("FileUploadModel", {"value": {"a": FILE}}, ["value", "a", "content"], UNKNOWN),
        ("FileUploadModel", {"value": [FILE]}, ["value", 0, "name"], UNKNOWN),
    ],
)
def test_the_widget_says_what_a_buffer_is(
    model: str, state: dict[str, Any], path: list[Any], expected: str
) -> None:
    assert media_type(model, state, path) == expected
