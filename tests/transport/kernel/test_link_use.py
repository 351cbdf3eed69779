"""A link that nobody uses may be released after a while."""

from __future__ import annotations

from jupyter_comm_broker.transport.kernel.link_use import LinkUse


def test_it_is_released_when_nobody_used_it_for_so_long() -> None:
    used = [True]
    use = LinkUse(lambda: used[0], 10.0)
    assert use.release_at(0.0) is None
    used[0] = False
    assert use.release_at(5.0) == 15.0
    assert use.release_at(14.0) == 15.0
    used[0] = True
    assert use.release_at(14.5) is None
    used[0] = False
    assert use.release_at(20.0) == 30.0


def test_with_no_time_it_is_never_released_and_nobody_is_asked() -> None:
    def asked() -> bool:
        raise AssertionError("this runs for each alarm")

    assert LinkUse(asked, 0.0).release_at(1e9) is None
