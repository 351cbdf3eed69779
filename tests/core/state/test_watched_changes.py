"""Changes are noted for whoever watches, and for as long."""

from jupyter_comm_broker.core.state.watched_changes import Changes, WatchedChanges


def test_each_watcher_has_notes_of_its_own_from_when_it_came() -> None:
    watched, early, late = WatchedChanges(), Changes(), Changes()
    watched.watch(early)
    watched.note("w", ["a"])
    watched.watch(late)
    watched.note("w", ["b"])
    watched.note("v")
    assert (early, late) == ({"w": {"a", "b"}, "v": set()}, {"w": {"b"}, "v": set()})


def test_who_watches_no_more_hears_nothing_though_another_has_the_same_notes() -> None:
    watched, one, other = WatchedChanges(), Changes(), Changes()
    watched.watch(one)
    watched.watch(other)
    watched.unwatch(one)
    watched.unwatch(one)
    watched.note("w", ["a"])
    assert (one, other, len(watched)) == ({}, {"w": {"a"}}, 1)
