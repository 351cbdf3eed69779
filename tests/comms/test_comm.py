"""A comm opens when it is made, sends what it is given, and says why it cannot."""

from __future__ import annotations

import gc
import inspect
from typing import Any

import pytest
from comm.base_comm import BaseComm

from jupyter_comm_broker.comms.comm import Comm
from jupyter_comm_broker.comms.comm_manager import CommManager
from jupyter_comm_broker.errors import CommClosedError, ConnectionEndedError

from .fake_port import FakePort


def test_it_is_opened_with_all_it_is_given(manager: CommManager, port: FakePort) -> None:
    comm = Comm("t", {"a": 1}, {"m": 2}, [b"raw"], target_module="mod", manager=manager)
    content = {"comm_id": comm.comm_id, "target_name": "t", "target_module": "mod"}
    assert port.sent == [("comm_open", {**content, "data": {"a": 1}}, {"m": 2}, [b"raw"])]
    assert manager.comms == {comm.comm_id: comm}
    assert (comm.target_name, comm.kernel, comm.primary) == ("t", manager.kernel, True)
    assert (comm.kernel.kernel_id, comm.kernel.comm_manager) == ("k", manager)


def test_without_anything_it_has_the_default_target_and_empty_data(
    manager: CommManager, port: FakePort
) -> None:
    comm = Comm()
    content = {"comm_id": comm.comm_id, "target_name": "comm", "data": {}}
    assert port.sent == [("comm_open", content, None, [])]


def test_it_sends_and_closes(manager: CommManager, port: FakePort) -> None:
    comm = Comm("t", manager=manager)
    comm.send({"v": 1}, {"m": 1}, [b"1"])
    comm.send()
    comm.close({"bye": 1}, {"m": 2}, [b"2"])
    comm.close({"again": 1})
    comm_id = comm.comm_id
    assert port.sent[1:] == [
        ("comm_msg", {"comm_id": comm_id, "data": {"v": 1}}, {"m": 1}, [b"1"]),
        ("comm_msg", {"comm_id": comm_id, "data": {}}, None, []),
        ("comm_close", {"comm_id": comm_id, "data": {"bye": 1}}, {"m": 2}, [b"2"]),
    ]
    assert manager.comms == {}


def test_sending_on_a_closed_comm_says_who_closed_it(manager: CommManager, port: FakePort) -> None:
    comm = Comm("t", manager=manager)
    port.ends(comm.comm_id, reason="the kernel was restarted")
    with pytest.raises(CommClosedError, match="restarted") as raised:
        comm.send({})
    assert (raised.value.by, raised.value.kernel_id) == ("kernel", "k")
    assert len(port.sent) == 1


def test_what_cannot_be_opened_is_not_held(manager: CommManager, port: FakePort) -> None:
    port.refusal = ConnectionEndedError("k", "no more")
    with pytest.raises(ConnectionEndedError):
        Comm("t", manager=manager)
    assert manager.comms == {}


def test_an_id_is_not_taken_twice(manager: CommManager, port: FakePort) -> None:
    first = Comm("t", comm_id="é", kernel=manager.kernel)
    with pytest.raises(ValueError, match="open already"):
        Comm("t", comm_id="é", manager=manager)
    assert manager.comms == {"é": first}


def test_messages_come_whole_and_none_unregisters(manager: CommManager, port: FakePort) -> None:
    comm = Comm("t", manager=manager)
    before = port.wanted
    heard: list[dict[str, Any]] = []
    comm.on_msg(heard.append)
    assert (before, port.wanted) == (False, True)
    port.says(comm.comm_id, {"v": 1}, [b"raw"])
    [msg] = heard
    assert msg["content"] == {"comm_id": comm.comm_id, "data": {"v": 1}}
    assert [bytes(each) for each in msg["buffers"]] == [b"raw"]
    comm.on_msg(None)
    port.says(comm.comm_id, {"v": 2})
    assert len(heard) == 1


def test_its_end_is_told_once_and_none_unregisters(manager: CommManager, port: FakePort) -> None:
    ended: list[Any] = []
    comm, deaf = Comm("t", manager=manager), Comm("t", manager=manager)
    for each in (comm, deaf):
        each.on_close(lambda msg: ended.append(msg["content"]["data"]))
    deaf.on_close(None)
    for each in (comm, deaf, comm):
        port.ends(each.comm_id, {"bye": 1})
    assert ended == [{"bye": 1}]


def test_it_keeps_its_callbacks_when_it_is_opened_again(
    manager: CommManager, port: FakePort
) -> None:
    # As those of the comm package do.
    comm = Comm("t", manager=manager)
    heard: list[Any] = []
    comm.on_msg(lambda msg: heard.append(msg["content"]["data"]))
    comm.close()
    comm.open()
    port.says(comm.comm_id, 1)
    port.refusal = ConnectionEndedError("k", "away")
    with pytest.raises(ConnectionEndedError):
        comm.close()
    with pytest.raises(ConnectionEndedError):
        comm.open()
    port.refusal = None
    comm.open()
    port.says(comm.comm_id, 2)
    assert heard == [1, 2]


def test_that_it_is_forgotten_does_not_close_it(manager: CommManager, port: FakePort) -> None:
    port.opens("c", "t")
    del manager.comms["c"]
    gc.collect()
    assert port.sent == []


@pytest.mark.parametrize("name", ["send", "close", "open", "on_msg", "on_close"])
def test_its_methods_take_what_those_of_the_comm_package_take(name: str) -> None:
    ours = inspect.signature(getattr(Comm, name)).parameters
    theirs = inspect.signature(getattr(BaseComm, name)).parameters
    assert list(ours) == list(theirs)
    assert [each.default for each in ours.values()] == [each.default for each in theirs.values()]


def test_it_is_made_as_the_comm_package_makes_one(manager: CommManager) -> None:
    ours = list(inspect.signature(Comm.__init__).parameters)
    theirs = list(inspect.signature(BaseComm.__init__).parameters)
    assert ours[:5] == theirs[:5] == ["self", "target_name", "data", "metadata", "buffers"]
    comm = Comm("t", None, None, None, comm_id="c", primary=False, topic=b"t", manager=manager)
    assert isinstance(comm, BaseComm)
    assert (comm.comm_id, comm.topic) == ("c", b"t")
    with pytest.raises(TypeError):
        Comm("t", manager=manager, nonsense=1)
