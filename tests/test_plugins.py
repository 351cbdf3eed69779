"""Strategies are found by entry point; one that cannot be loaded is told of and costs nothing."""

from __future__ import annotations

import logging
from importlib.metadata import EntryPoint

import pytest

from jupyter_comm_broker.core.state.strategy import GROUP
from jupyter_comm_broker.plugins import Plugins
from tests.example_strategies import Journal, LastValue
from tests.fakes.server import Desk

LOG = logging.getLogger("plugins")


def point(target_name: str, value: str = "tests.example_strategies:LastValue") -> EntryPoint:
    return EntryPoint(target_name, value, GROUP)


def test_each_is_made_for_its_target() -> None:
    found = [point("a"), point("b.c", "tests.example_strategies:Journal")]
    plugins = Plugins(LOG, found)
    assert isinstance(plugins.strategies["a"], LastValue)
    assert isinstance(plugins.strategies["b.c"], Journal)
    assert [each["loaded"] for each in plugins.listed] == [True, True]


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        (point("x", "no_such_module:Thing"), "No module named"),
        (point("x", "tests.example_strategies:Nothing"), "Nothing"),
        (point("x", "builtins:object"), "needs a method 'opened'"),
        (point("x", "tests.test_plugins:fails"), "ZeroDivisionError: odd"),
        (point("jupyter.widget"), "the broker restores these itself"),
        (point("jupyter.widget.control"), "the broker restores these itself"),
        (point("x", "tests.example_strategies:LastValues"), "LastValues"),
    ],
)
def test_one_that_cannot_be_loaded_is_told_of_and_the_others_are(
    bad: EntryPoint, why: str, caplog: pytest.LogCaptureFixture
) -> None:
    plugins = Plugins(LOG, [bad, point("a")])
    assert list(plugins.strategies) == ["a"]
    [shown] = [each for each in plugins.listed if not each["loaded"]]
    assert (shown["target_name"], shown["strategy"]) == (bad.name, bad.value)
    assert why in (shown["reason"] or "")
    [line] = caplog.records
    assert (line.levelname, why in line.getMessage()) == ("ERROR", True)
    assert repr(bad.name) in line.getMessage()


def fails() -> None:
    raise ZeroDivisionError("odd")


def test_of_two_for_one_target_the_same_is_taken_always() -> None:
    two = [point("a"), point("a", "tests.example_strategies:Journal")]
    for found in (two, two[::-1]):
        plugins = Plugins(LOG, found)
        assert isinstance(plugins.strategies["a"], Journal)
        assert [each["loaded"] for each in plugins.listed] == [True, False]
        assert "another strategy" in (plugins.listed[1]["reason"] or "")


async def test_the_self_check_lists_those_that_are_installed(desk: Desk) -> None:
    check = await desk.get("api", "comms", "broker")
    assert check["strategies"] == []
    desk.broker._services.plugins = Plugins(LOG, [point("a")])
    check = await desk.get("api", "comms", "broker")
    assert check["strategies"] == [
        {
            "target_name": "a",
            "strategy": "tests.example_strategies:LastValue",
            "package": None,
            "loaded": True,
            "reason": None,
        }
    ]


def test_a_strategy_is_imported_from_one_place_and_still_from_the_one_before() -> None:
    from jupyter_comm_broker import strategy as public
    from jupyter_comm_broker.core import strategy as former
    from jupyter_comm_broker.core.state import strategy

    for name in ("Kept", "Payload", "Side", "Strategy"):
        assert getattr(public, name) is getattr(former, name) is getattr(strategy, name)
