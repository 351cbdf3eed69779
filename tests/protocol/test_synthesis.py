"""What the broker writes has the header that pages and kernels want."""

from __future__ import annotations

from jupyter_comm_broker.protocol.alias import alias
from jupyter_comm_broker.protocol.json_text import loads
from jupyter_comm_broker.protocol.synthesis import Author


def test_a_message_in_the_kernels_name_has_its_session_and_strings_everywhere() -> None:
    author = Author("broker", lambda now: now + 1_000_000.0)
    message = author.write(
        "iopub", "status", {"execution_state": "idle"}, now=5.0, session="kernel"
    )
    assert loads(message.parts[0]) == {
        "msg_id": f"{alias('broker')}_1",
        "msg_type": "status",
        "username": "jupyter_comm_broker",
        "session": "kernel",
        "date": "1970-01-12T13:46:45+00:00",
        "version": "5.4",
    }
    assert message.parts[1:] == [b"{}", b"{}", b'{"execution_state":"idle"}']


def test_every_message_has_a_msg_id_of_its_own() -> None:
    author = Author("broker")
    ids = [author.write("shell", "comm_msg", {}, now=0.0).header.msg_id for _ in range(3)]
    assert ids == [f"{alias('broker')}_{number}" for number in (1, 2, 3)]


def test_a_request_of_our_own_carries_our_session_and_its_subshell() -> None:
    author = Author("broker")
    message = author.write(
        "shell",
        "comm_msg",
        b'{"ready":1}',
        now=0.0,
        metadata={"m": 1},
        buffers=[b"x"],
        subshell_id="s",
    )
    assert (message.header.session, message.header.subshell_id) == ("broker", "s")
    assert message.parts[2:] == [b'{"m":1}', b'{"ready":1}', b"x"]
    assert (author.wrote(message.header.session), author.wrote("kernel")) == (True, False)
