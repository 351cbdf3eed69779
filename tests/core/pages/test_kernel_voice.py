"""What is said in the kernel's name has the session that pages saw last."""

from __future__ import annotations

from jupyter_comm_broker.protocol.message import Header

from ..room import Room


def test_it_speaks_with_the_session_that_pages_saw_last() -> None:
    room = Room()
    room.page("a")
    voice = room.broker._parts.voice
    room.kernel.prints("hello")
    said = voice.publish("stream", {"name": "stdout", "text": "x"}, 0.0)
    assert (said.channel, said.header.session) == ("iopub", "kernel")
    assert voice.publish("stream", {}, 0.0, session="another").header.session == "another"
    frontend = room.broker._parts.delivery.get("a")
    assert frontend is not None
    frontend.kernel_session = "of an earlier process"
    told = voice.to(frontend, "shell", "execute_reply", {}, 0.0, b"{}")
    assert (told.channel, told.header.session) == ("shell", "of an earlier process")


def test_an_idle_has_its_request_as_parent_also_where_the_text_is_not_known() -> None:
    room = Room()
    voice, header = room.broker._parts.voice, Header("1", "execute_request", "a")
    for text in (b"", b'{"msg_id":"1","msg_type":"execute_request","session":"a"}'):
        idle = voice.idle(header, text, 0.0)
        assert idle.execution_state == "idle"
        assert (idle.parent.msg_id, idle.parent.msg_type) == ("1", "execute_request")
