"""Callbacks get messages with the keys that jupyter_client gives."""

from __future__ import annotations

from jupyter_client.session import Session

from jupyter_comm_broker.comms.message_dicts import as_dict
from jupyter_comm_broker.protocol.message import Message

CONTENT = {"comm_id": "c", "target_name": "t", "data": {"a": [1]}}


def test_it_is_what_jupyter_client_gives_but_for_the_date() -> None:
    session = Session(key=b"key")
    written = session.msg("comm_open", CONTENT, metadata={"version": "2"})
    _, *parts = session.serialize(written)[1:]
    expected = session.deserialize([session.sign(parts), *parts, b"raw"])
    found = as_dict(Message("iopub", [*parts, b"raw"]))
    assert set(found) == {*expected, "channel"}
    for key in ("msg_id", "msg_type", "parent_header", "metadata", "content"):
        assert found[key] == expected[key]
    assert [bytes(each) for each in found["buffers"]] == [b"raw"]
    assert isinstance(found["header"].pop("date"), str)
    expected["header"].pop("date")
    assert found["header"] == expected["header"]
