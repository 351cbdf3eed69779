"""One comm whole, its state alone, its buffers one by one; and what is not shown of them."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from jupyter_comm_broker.protocol.alias import alias
from tests.core.truth import Truth

from ..conftest import KERNEL_1, Ask, Desk, Judge

MODEL = {
    "_model_name": "IntSliderModel",
    "_model_module": "@jupyter-widgets/controls",
    "_model_module_version": "2.0.0",
}
COMMS = ("api", "kernels", KERNEL_1, "comms")
FILE = {"name": "a.txt", "type": "text/plain", "size": 6}


async def test_one_comm_comes_with_its_state_and_buffers(ask: Ask, desk: Desk) -> None:
    room = desk.rooms[KERNEL_1]
    state = {"name": "ä", "nested": {"list": [None, 1]}, "big": 2**53}
    paths = [["raw"], ["nested", "list", 0]]
    room.kernel.opens("c1", state, paths=paths, buffers=[b"\x00\xff", b""])
    comm = (await ask(*COMMS, "c1")).body
    assert (comm["state"], comm["redacted"]) == (state, [])
    nested, raw = sorted(comm["buffers"], key=lambda buffer: len(buffer["data"]))
    assert nested == {
        "path": ["nested", "list", 0],
        "length": 0,
        "encoding": "base64",
        "data": "",
    }
    data = base64.b64encode(b"\x00\xff").decode()
    assert raw == {"path": ["raw"], "length": 2, "encoding": "base64", "data": data}
    lean = (await ask(*COMMS, "c1", params={"buffers": "omit"})).body
    assert {"path": ["raw"], "length": 2} in lean["buffers"]


async def test_a_comm_whose_state_is_not_known_has_none(ask: Ask, desk: Desk) -> None:
    desk.rooms[KERNEL_1].kernel.opens("c1", target="matplotlib")
    comm = (await ask(*COMMS, "c1")).body
    assert (comm["state"], comm["buffers"], comm["knowledge"]) == (None, [], "unknown")
    alone = (await ask(*COMMS, "c1", "state")).body
    assert (alone["state"], alone["buffer_paths"]) == (None, [])
    assert (await ask(*COMMS, "c1", "buffers", "0")).status == 404


async def test_a_state_with_values_that_json_lacks_is_shown_all_the_same(
    ask: Ask, desk: Desk
) -> None:
    desk.rooms[KERNEL_1].kernel.opens("c1", {"value": float("nan"), "text": "\ud800"})
    assert (await ask(*COMMS, "c1")).body["state"] == {"value": None, "text": "\ufffd"}


async def test_a_comm_id_is_found_whatever_is_in_it(ask: Ask, desk: Desk) -> None:
    # The opener chooses it; bokeh and panel choose freely.
    desk.rooms[KERNEL_1].kernel.opens("a b?ü%2F", MODEL)
    answer = await ask(*COMMS, "a b?ü%2F")
    assert answer.body["comm_id"] == "a b?ü%2F"
    assert (await ask(*COMMS, "100%")).body["message"].endswith("'100%'")


@pytest.mark.parametrize("below", [(), ("state",), ("buffers", "0")])
async def test_a_closed_comm_is_gone_and_the_answer_says_how_it_ended(
    ask: Ask, desk: Desk, below: tuple[str, ...]
) -> None:
    room = desk.rooms[KERNEL_1]
    room.kernel.opens("c1", MODEL)
    room.now = 3.0
    room.kernel.closes("c1")
    answer = await ask(*COMMS, "c1", *below)
    assert (answer.status, answer.body["reason"]) == (410, "CommClosedError")
    assert "closed by the kernel" in answer.body["message"]
    assert answer.body["closed"] == {
        "at": "1970-01-01T00:00:03+00:00",
        "by": "kernel",
        "reason": "closed by the kernel",
    }


# -- state and buffers -----------------------------------------------------------------------------


async def test_a_state_has_all_that_was_printed_into_it(ask: Ask, desk: Desk) -> None:
    room = desk.rooms[KERNEL_1]
    model = {"_model_name": "OutputModel", "_model_module": "@jupyter-widgets/output"}
    room.kernel.opens("c1", {**model, "msg_id": "", "outputs": []})
    cell = room.page("a").executes()
    room.kernel.updates("c1", {"msg_id": cell.header.msg_id}, cell)
    room.kernel.prints("1\n", cell)
    # Pages are told a moment later.
    output = {"output_type": "stream", "name": "stdout", "text": "1\n"}
    assert (await ask(*COMMS, "c1", "state")).body["state"]["outputs"] == [output]
    room.kernel.prints("2\n", cell)
    document = {"headers": {"Accept": "application/vnd.jupyter.widget-state+json"}}
    embedded = (await ask(*COMMS, **document)).body["state"]["c1"]["state"]
    assert embedded["outputs"] == [{**output, "text": "1\n2\n"}]


async def test_a_state_comes_alone_with_the_places_of_its_buffers(ask: Ask, desk: Desk) -> None:
    kernel = desk.rooms[KERNEL_1].kernel
    kernel.opens("c1", {"a": 1}, paths=[["x"], ["y"]], buffers=[b"1", b"2"])
    assert (await ask(*COMMS, "c1", "state")).body == {
        "state": {"a": 1},
        "buffer_paths": [["x"], ["y"]],
        "redacted": [],
        "knowledge": "clean",
        "checked_at": "1970-01-01T00:00:00+00:00",
        "sequence": 1,
    }


@pytest.mark.parametrize(
    ("state", "media_type"),
    [
        ({"_model_name": "ImageModel", "format": "png"}, "image/png"),
        ({"_model_name": "ImageModel", "format": "svg+xml"}, "image/svg+xml"),
        ({"_model_name": "AudioModel", "format": "mp3"}, "audio/mp3"),
        ({"_model_name": "ImageModel", "format": "png\r\nX-Evil: 1"}, None),
        ({"_model_name": "OtherModel", "format": "png"}, None),
    ],
)
async def test_a_buffer_comes_raw_as_what_the_widget_says_it_is_and_cannot_run(
    ask: Ask, desk: Desk, state: dict[str, Any], media_type: str | None
) -> None:
    data = b"<svg onload='alert(1)'/>\x00"
    kernel = desk.rooms[KERNEL_1].kernel
    kernel.opens('c"1\n', state, paths=[["value"]], buffers=[data])
    answer = await ask(*COMMS, 'c"1\n', "buffers", "0")
    assert (answer.status, answer.body) == (200, data)
    assert answer.content_type == (media_type or "application/octet-stream")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="c_1_-0"'
    assert "X-Evil" not in answer.headers


@pytest.mark.parametrize(
    ("index", "status", "reason"),
    [
        ("1", 404, "BufferNotFoundError"),
        ("-1", 400, "InvalidFieldError"),
        ("first", 400, "InvalidFieldError"),
        ("9" * 5000, 400, "InvalidFieldError"),
    ],
)
async def test_a_buffer_that_is_not_there_is_refused(
    ask: Ask, desk: Desk, index: str, status: int, reason: str
) -> None:
    desk.rooms[KERNEL_1].kernel.opens("c1", {}, paths=[["value"]], buffers=[b"1"])
    answer = await ask(*COMMS, "c1", "buffers", index)
    assert (answer.status, answer.body["reason"]) == (status, reason)
    assert answer.body.get("field") == ("index" if status == 400 else None)


# -- tags ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("below", [(), ("state",), ("buffers", "0")])
async def test_who_has_the_tag_of_what_would_be_shown_is_told_that_it_is_the_same(
    ask: Ask, desk: Desk, below: tuple[str, ...]
) -> None:
    room = desk.rooms[KERNEL_1]
    room.kernel.opens("c1", {"value": 1}, paths=[["raw"]], buffers=[b"1"])
    tag = (await ask(*COMMS, "c1", *below)).headers["ETag"]
    how = {"headers": {"If-None-Match": f'"other", {tag}'}}
    room.now = 5.0
    same = await ask(*COMMS, "c1", *below, **how)
    assert (same.status, same.body, same.headers["ETag"]) == (304, b"", tag)
    room.kernel.updates("c1", {"value": 2})
    changed = await ask(*COMMS, "c1", *below, **how)
    assert (changed.status, changed.headers["ETag"] == tag) == (200, False)
    if not below:
        # What else is shown counts as well.
        how = {"headers": {"If-None-Match": changed.headers["ETag"]}}
        room.page("page")
        assert (await ask(*COMMS, "c1", **how)).body["frontends"] == [alias("page")]
    how = {"headers": {"If-None-Match": changed.headers["ETag"]}}
    assert (await ask(*COMMS, "c1", *below, params={"reveal": "true"}, **how)).status == 200


async def test_a_comm_that_is_opened_again_has_no_tag_of_the_old_one(ask: Ask, desk: Desk) -> None:
    kernel = desk.rooms[KERNEL_1].kernel
    kernel.opens("c1", {"_model_name": "N", "value": 1})
    tag = (await ask(*COMMS, "c1", "state")).headers["ETag"]
    kernel.closes("c1")
    kernel.opens("c1", {"_model_name": "N", "value": 2})
    answer = await ask(*COMMS, "c1", "state", headers={"If-None-Match": tag})
    assert (answer.status, answer.body["state"]) == (200, {"_model_name": "N", "value": 2})


# -- secrets ---------------------------------------------------------------------------------------


async def test_secrets_are_shown_only_where_they_are_asked_for(ask: Ask, desk: Desk) -> None:
    kernel = desk.rooms[KERNEL_1].kernel
    kernel.opens("p", {"_model_name": "PasswordModel", "value": "hunter2"})
    upload = {"_model_name": "FileUploadModel", "value": [FILE]}
    kernel.opens("f", upload, paths=[["value", 0, "content"]], buffers=[b"hunter"])
    paths: list[tuple[str, ...]] = [("p",), ("p", "state"), ("f",), ("f", "state")]
    for below in (*paths, ("f", "buffers", "0")):
        hidden = await ask(*COMMS, *below)
        assert "hunter" not in str(hidden.body)
        assert base64.b64encode(b"hunter").decode() not in str(hidden.body)
        shown = await ask(*COMMS, *below, params={"reveal": "true"})
        assert shown.status == 200
        assert set(Judge.asked) == {("read", "comms"), ("execute", "comms")}
    password = (await ask(*COMMS, "p")).body
    assert (password["state"]["value"], password["redacted"]) == ("[redacted]", [["value"]])
    assert (await ask(*COMMS, "p", params={"reveal": "true"})).body["state"]["value"] == "hunter2"
    content = [["value", 0, "content"]]
    file = (await ask(*COMMS, "f")).body
    assert (file["buffers"], file["redacted"]) == ([{"path": content[0], "length": None}], content)
    buffer = await ask(*COMMS, "f", "buffers", "0")
    assert (buffer.status, buffer.body["reason"]) == (403, "HiddenContentError")
    assert buffer.body["field"] == "reveal"
    buffer = await ask(*COMMS, "f", "buffers", "0", params={"reveal": "true"})
    assert (buffer.body, buffer.content_type) == (b"hunter", "text/plain")


@pytest.mark.parametrize("below", [(), ("state",), ("buffers", "0")])
async def test_who_may_not_execute_cannot_ask_for_secrets(
    ask: Ask, desk: Desk, below: tuple[str, ...]
) -> None:
    desk.rooms[KERNEL_1].kernel.opens("p", {"_model_name": "PasswordModel", "value": "hunter2"})
    Judge.denied = {("execute", "comms")}
    answer = await ask(*COMMS, "p", *below, params={"reveal": "true"})
    assert (answer.status, "hunter2" in str(answer.body)) == (403, False)
    assert "may not execute comms" in answer.body["message"]


async def test_a_comm_takes_no_parameter_that_it_does_not_know(ask: Ask, desk: Desk) -> None:
    desk.rooms[KERNEL_1].kernel.opens("c1", {})
    for below, params in (((), {"buffers": "raw"}), (("state",), {"buffers": "omit"})):
        answer = await ask(*COMMS, "c1", *below, params=params)
        assert (answer.status, answer.body["field"]) == (400, "buffers")


async def test_a_state_can_be_asked_of_the_kernel_itself(ask: Ask, desk: Desk) -> None:
    room = desk.rooms[KERNEL_1]
    room.kernel.opens("c1", {"_model_name": "N", "value": 1})
    desk.truths[KERNEL_1].widgets["c1"] = {"_model_name": "N", "value": "changed in place"}
    room.wait(60.0)
    before = (await ask(*COMMS, "c1", "state")).body
    after = (await ask(*COMMS, "c1", "state", params={"verify": "true"})).body
    assert (before["state"]["value"], after["state"]["value"]) == (1, "changed in place")
    assert before["checked_at"] < after["checked_at"]


async def test_a_busy_kernels_state_is_shown_as_it_is_known(ask: Ask, desk: Desk) -> None:
    room = desk.rooms[KERNEL_1]
    room.kernel.opens("c1", {"_model_name": "N", "value": 1})
    room.kernel.busy(room.page("a").executes())
    answer = await ask(*COMMS, "c1", params={"verify": "true", "timeout": "0.1"})
    assert answer.status == 200
    assert answer.body["checked_at"] == answer.body["opened_at"]


async def test_a_comm_that_was_closed_past_the_server_is_gone_when_verified(
    ask: Ask, desk: Desk
) -> None:
    room = desk.rooms[KERNEL_1]
    truth = desk.truths[KERNEL_1] = Truth(room, c1={"_model_name": "N"}, c2={"_model_name": "N"})
    truth.opens()
    room.wait(1.0)
    assert (await ask(*COMMS, "c1", params={"verify": "true"})).status == 200
    room.wait(1.0)
    del truth.widgets["c1"]
    answer = await ask(*COMMS, "c1", params={"verify": "true"})
    assert (answer.status, answer.body["closed"]["by"]) == (410, "kernel")
