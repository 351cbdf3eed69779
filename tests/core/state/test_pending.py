"""Pages' updates wait in their order and within a budget until the kernel takes them."""

from __future__ import annotations

import pytest

from jupyter_comm_broker.core.state.pending import PendingUpdate, PendingUpdates


def update(msg_id: str, comm_id: str = "w", value: bytes = b"1") -> PendingUpdate:
    return PendingUpdate(msg_id, "a", comm_id, {"value": value})


def test_the_overlay_is_what_was_sent_last_and_is_not_begun() -> None:
    pending = PendingUpdates()
    pending.add(update("1", value=b"1"))
    pending.add(update("2", value=b"2"))
    pending.add(update("3", "other", b"3"))
    assert pending.overlay("w") == {"value": b"2"}
    begun = pending.get("2")
    assert begun is not None
    begun.started = True
    assert pending.overlay("w") == {"value": b"1"}
    assert pending.comm_ids() == {"w", "other"}


def test_past_the_budget_the_oldest_are_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PendingUpdates, "MOST_BYTES", 1_000)
    pending = PendingUpdates()
    assert pending.add(update("1", value=b"x" * 300)) == []
    assert pending.add(update("2", value=b"x" * 200)) == []
    assert [each.msg_id for each in pending.add(update("3", value=b"x" * 200))] == ["1"]
    assert [each.msg_id for each in pending] == ["2", "3"]


def test_one_update_is_kept_however_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PendingUpdates, "MOST_BYTES", 10)
    pending = PendingUpdates()
    assert pending.add(update("1", value=b"x" * 300)) == []
    assert len(pending) == 1


def test_an_update_sent_twice_under_one_id_counts_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PendingUpdates, "MOST_BYTES", 700)
    pending = PendingUpdates()
    for _ in range(5):
        assert pending.add(update("1", value=b"x" * 100)) == []
    assert pending.add(update("2", value=b"x" * 100)) == []
    assert len(pending) == 2


def test_a_closed_comm_takes_its_updates_along() -> None:
    pending = PendingUpdates()
    pending.add(update("1"))
    pending.add(update("2", "other"))
    pending.forget("w")
    assert [each.msg_id for each in pending] == ["2"]
    pending.clear()
    assert (len(pending), pending.overlay("other")) == (0, {})
