"""A room that also proves that each part acts only when it said that it was due."""

from __future__ import annotations

from collections.abc import Sized

from .room import Room


class ExactRoom(Room):
    """Before each turn it wakes the parts that are not due. They must do nothing."""

    def settle(self) -> None:
        """Wake these parts, and then tick as the driver does."""
        timed = self.broker._parts.timers
        for part in timed._parts:
            due = part.next_due()
            if due is None or due > self.now:
                before = self._intentions()
                part.tick(self.now)
                assert self._intentions() == before, f"{part} was not due, and had something to do"
        super().settle()

    def _intentions(self) -> tuple[object, ...]:
        effects = self.broker._parts.effects
        done: tuple[Sized, ...] = (effects.to_kernel, effects.cut_off, effects.log, effects.looked)
        return *(len(each) for each in done), set(effects.touched), self.broker.next_due()
