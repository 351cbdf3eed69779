"""Kernels and comms are found by what people know of them, and nothing is guessed."""

from __future__ import annotations

import pytest

from jupyter_comm_broker.cli.client import Client
from jupyter_comm_broker.cli.exits import CommandError, Exit
from jupyter_comm_broker.cli.names import Names
from jupyter_comm_broker.cli.servers.address import address

from .counter import KERNEL, OTHER, Counter, comm

CLOSED = {"message": "comm 'gone' is gone: closed by a page", "reason": "CommClosedError"}


@pytest.fixture
def names(counter: Counter) -> Names:
    counter.lays_kernels(a="work/Sliders.ipynb", b="other/Sliders.ipynb")
    return Names(Client(address(counter.url, "secret")))


@pytest.mark.parametrize(
    "name",
    [KERNEL, "1", "1111", "work/Sliders.ipynb", "work/Sliders"],
)
def test_a_kernel_is_named_by_its_id_the_beginning_of_it_or_its_notebook(
    names: Names, name: str
) -> None:
    assert names.kernel(name) == KERNEL


@pytest.mark.parametrize("name", ["Sliders.ipynb", "Sliders"])
def test_a_name_of_several_kernels_is_none(names: Names, name: str) -> None:
    with pytest.raises(CommandError, match=r"may be several kernels: 11111111 .*, 22222222") as e:
        names.kernel(name)
    assert e.value.exit_code is Exit.USAGE


def test_an_unknown_kernel_is_said_with_those_that_run(names: Names) -> None:
    with pytest.raises(CommandError, match=r"no kernel or notebook 'x'.*11111111 Sliders") as e:
        names.kernel("x")
    assert e.value.exit_code is Exit.NOT_FOUND


def test_who_may_not_list_kernels_names_them_by_id(counter: Counter) -> None:
    forbidden = {"message": "x may not read kernels", "reason": "not authorized"}
    counter.lays("/api/kernels", forbidden, status=403)
    names = Names(Client(address(counter.url, "secret")))
    assert names.kernel(KERNEL) == KERNEL
    assert names.label(KERNEL) == "11111111"


def test_a_wrong_token_is_not_taken_for_a_missing_right(counter: Counter) -> None:
    counter.lays("/api/kernels", {"message": "Forbidden", "reason": "Forbidden"}, status=403)
    with pytest.raises(CommandError, match="--token"):
        Names(Client(address(counter.url, "wrong"))).kernel(KERNEL)


def test_a_comm_is_named_by_the_beginning_of_its_id(counter: Counter, names: Names) -> None:
    counter.lays_comms(comm("abc1"), comm("xabc"))
    assert names.comm("abc").comm_id == "abc1"
    assert counter.of("GET", "/api/comms")[0].query["text"] == "abc"


def test_a_whole_id_is_that_comm_also_where_another_begins_with_it(
    counter: Counter, names: Names
) -> None:
    counter.lays_comms(comm("abc"), comm("abc1"))
    assert names.comm("abc").comm_id == "abc"


def test_a_beginning_of_several_comms_is_none(counter: Counter, names: Names) -> None:
    counter.lays_comms(comm("abcdefgh1"), comm("abcdefgh2", OTHER))
    with pytest.raises(CommandError, match=r"several comms: abcdefgh1 on .*--kernel") as caught:
        names.comm("abc")
    assert caught.value.exit_code is Exit.USAGE


def test_a_closed_comm_is_said_to_be_gone_and_why(counter: Counter, names: Names) -> None:
    counter.lays_comms()
    counter.lays(f"/api/kernels/{OTHER}/comms/gone", CLOSED, status=410)
    with pytest.raises(CommandError, match="closed by a page") as caught:
        names.comm("gone")
    assert caught.value.exit_code is Exit.NOT_FOUND


def test_an_unknown_comm_is_said(counter: Counter, names: Names) -> None:
    counter.lays_comms()
    with pytest.raises(CommandError, match="no comm 'x'; jupyter comms list"):
        names.comm("x", kernel="1")
    assert counter.of("GET", "/api/comms")[0].query["kernel"] == KERNEL


def test_an_empty_name_is_not_every_comm(names: Names) -> None:
    with pytest.raises(CommandError, match="empty name"):
        names.comm("")
