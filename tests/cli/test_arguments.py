"""The words of a command, and what is wrong with them in one line."""

from __future__ import annotations

import pytest

from jupyter_comm_broker.cli.arguments import filters
from jupyter_comm_broker.cli.exits import CommandError, Exit
from jupyter_comm_broker.cli.main import parser


def test_the_server_is_named_before_or_behind_the_command() -> None:
    before = parser().parse_args(["--url", "a", "--json", "list"])
    behind = parser().parse_args(["list", "--url", "a", "--json"])
    both = parser().parse_args(["--url", "b", "list", "--url", "a", "--json"])
    assert before == behind == both
    assert (before.url, before.token, before.json) == ("a", None, True)
    assert parser().parse_args(["list"]).json is False


def test_a_choice_of_comms_is_told_as_the_api_takes_it() -> None:
    words = ["list", "--target", "t", "--detached", "--idle-longer-than", "5m"]
    chosen = {name: value for name, value in filters(parser().parse_args(words)).items() if value}
    assert chosen == {"target": "t", "idle_longer_than": 300.0}
    assert filters(parser().parse_args(words))["attached"] is False
    assert set(filters(parser().parse_args(["list"])).values()) == {None}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nothing"], "invalid choice: 'nothing'"),
        (["list", "--idle-longer-than", "soon"], "'soon' is not a time; use 90"),
        (["list", "--limit", "-1"], "'-1'|expected one argument"),
        (["list", "--limit", "x"], "'x' is not a whole number"),
        (["list", "--attached", "--detached"], "not allowed with"),
        (["list", "--targ", "x"], "unrecognized arguments: --targ"),
        (["show"], "required: comm"),
    ],
)
def test_wrong_words_are_said_in_one_line(words: list[str], said: str) -> None:
    with pytest.raises(CommandError, match=said) as caught:
        parser().parse_args(words)
    assert caught.value.exit_code is Exit.USAGE
    assert "--help" in str(caught.value)
    assert "\n" not in str(caught.value)
