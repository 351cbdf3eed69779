"""A change of any part of an address makes another one. A kernel may have none for a while."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, NoReturn

import pytest

from jupyter_comm_broker.errors import LinkNotOpenedError
from jupyter_comm_broker.transport.kernel.kernel_address import KernelAddress

FACTS: dict[str, Any] = {
    "kernel_id": "k",
    "transport": "tcp",
    "ip": "127.0.0.1",
    "shell_port": 1,
    "iopub_port": 2,
    "stdin_port": 3,
    "control_port": 4,
    "hb_port": 5,
    "curve_publickey": None,
    "curve_secretkey": None,
}


def manager(key: bytes = b"key", scheme: str = "hmac-sha256", **facts: Any) -> SimpleNamespace:
    session = SimpleNamespace(key=key, signature_scheme=scheme)
    return SimpleNamespace(**{**FACTS, "session": session, **facts})


@pytest.mark.parametrize(
    "other",
    [
        {"key": b"another"},
        {"scheme": "hmac-sha512"},
        {"transport": "ipc"},
        {"ip": "127.0.0.2"},
        {"shell_port": 9},
        {"iopub_port": 9},
        {"stdin_port": 9},
        {"control_port": 9},
        {"curve_publickey": b"p"},
        {"curve_secretkey": b"s"},
    ],
    ids=lambda other: next(iter(other)),
)
def test_each_thing_that_a_link_is_made_from_makes_another_address(other: dict[str, Any]) -> None:
    assert KernelAddress.of(manager(**other)) != KernelAddress.of(manager())


def test_another_session_object_and_another_heartbeat_make_none() -> None:
    assert KernelAddress.of(manager(hb_port=9)) == KernelAddress.of(manager())


def test_a_manager_may_lack_what_older_ones_have_not() -> None:
    older = manager()
    del older.curve_publickey, older.curve_secretkey
    assert KernelAddress.of(older) == KernelAddress.of(manager())


@pytest.mark.parametrize("name", ["shell", "iopub", "stdin", "control"])
def test_a_kernel_whose_ports_are_not_chosen_yet_has_none(name: str) -> None:
    facts: dict[str, Any] = {f"{name}_port": 0}
    with pytest.raises(LinkNotOpenedError, match="no ports yet") as caught:
        KernelAddress.of(manager(**facts))
    assert caught.value.soon


class Raising:
    kernel_id = "k"

    @property
    def session(self) -> NoReturn:
        raise RuntimeError("it is being removed")


@pytest.mark.parametrize("broken", [Raising(), SimpleNamespace(kernel_id="k")])
def test_a_manager_that_cannot_say_it_has_none_and_the_reason_is_told(broken: Any) -> None:
    with pytest.raises(LinkNotOpenedError, match="its manager does not say where") as caught:
        KernelAddress.of(broken)
    assert not caught.value.soon
