"""What is to be done is handed over whole, once."""

from __future__ import annotations

from jupyter_comm_broker.core.pages.effects import Effects, LogLine

from ..talker import Talker


def test_effects_are_handed_over_once() -> None:
    effects = Effects()
    message = Talker("a").write("shell", "execute_request", {})
    effects.to_kernel.append(message)
    effects.touched.add("a")
    effects.cut_off.append(("b", "slow"))
    effects.log.append(LogLine("info", "text"))
    assert bool(effects)
    taken = effects.take()
    assert taken == Effects([message], {"a"}, [("b", "slow")], [LogLine("info", "text")])
    assert (bool(effects), effects.take()) == (False, Effects())
    # The one that was handed over does not grow any more.
    effects.touched.add("c")
    assert taken.touched == {"a"}
