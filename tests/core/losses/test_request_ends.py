"""Each part that ends requests sees each status, also if another part fails."""

from __future__ import annotations

import pytest

from ..room import Room

PARTS = {
    "lost_idles": ("before", "looking for idles that were lost"),
    "missing_idles": ("heard", "looking for idles that are missing"),
    "lost_replies": ("heard", "looking for replies that were lost"),
}


@pytest.mark.parametrize("failing", PARTS)
def test_a_part_that_fails_hides_no_status_from_the_others(
    failing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = Room()
    page = room.page("a")
    cell = page.executes()
    room.broker._parts.lost_replies.broke(room.now)
    seen = []

    def fails(*_: object) -> None:
        raise ZeroDivisionError("a fault of ours")

    for name, (step, _) in PARTS.items():
        part = getattr(room.broker._parts, name)
        monkeypatch.setattr(part, step, fails if name == failing else lambda *_: seen.append(1))
    room.kernel.busy(cell)
    assert len(seen) == 2
    [fault] = [line.text for line in room.log if line.fault]
    assert fault.startswith(PARTS[failing][1])
