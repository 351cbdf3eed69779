"""
Seeded cells: all that kernel code does with comms and outputs.

Prints are flushed: when a kernel publishes what nobody flushed is a matter of time.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Alive:
    """What the kernel has, as far as a script has come."""

    sliders: list[str] = field(default_factory=list)
    fuzzes: list[str] = field(default_factory=list)
    images: list[str] = field(default_factory=list)
    outputs: list[str] = field(default_factory=list)
    hands: list[str] = field(default_factory=list)
    """Comms without a widget, which the kernel opened."""
    served: list[str] = field(default_factory=list)
    """Comms without a widget, which a page opened."""
    displays: list[str] = field(default_factory=list)
    made: int = 0

    def name(self, kind: str) -> str:
        """Return a new name."""
        self.made += 1
        return f"{kind}{self.made}"


class Cells:
    """Writes cells, and keeps what is alive after them in mind."""

    def __init__(self, rng: random.Random, alive: Alive) -> None:
        self._rng = rng
        self._alive = alive
        self._kinds: list[Callable[[], str]] = [
            self._makes,
            self._makes,
            self._moves,
            self._moves,
            self._moves,
            self._holds,
            self._sends,
            self._sends,
            self._prints,
            self._displays,
            self._clears,
            self._threads,
            self._changes_in_place,
            self._adds_traits,
            self._mails,
            self._speaks,
            self._closes,
            self._raises,
        ]

    def cell(self, *, held: bool = False) -> str:
        """
        Return some code.

        What is captured for a page that may go is the broker's own work, and told elsewhere; a
        kernel that awaits something may say no idle for what it is sent meanwhile.
        """
        kinds = self._kinds if held else [*self._kinds, self._captures, self._tasks]
        lines = [self._rng.choice(kinds)() for _ in range(self._rng.randint(1, 3))]
        # Last, or what the rest makes is not there when a page moves it.
        return "\n".join(sorted(lines, key=lambda line: line.startswith("raise")))

    def makes_all(self) -> str:
        """Return code that makes one of each."""
        return "\n".join(make() for make in (self._slider, self._fuzz, self._output, self._hand))

    # -- made --------------------------------------------------------------------------------

    def _makes(self) -> str:
        makes = (self._slider, self._fuzz, self._image, self._output, self._hand)
        return self._rng.choice(makes)()

    def _slider(self) -> str:
        name = self._alive.name("slider")
        self._alive.sliders.append(name)
        made = f"w['{name}'] = widgets.IntSlider({self._rng.randrange(100)}, model_id='{name}')"
        return f"{made}\ndisplay(w['{name}'])" if self._rng.random() < 0.5 else made

    def _fuzz(self) -> str:
        name = self._alive.name("fuzz")
        self._alive.fuzzes.append(name)
        return f"w['{name}'] = Fuzz(value={self._rng.randrange(9)}, raw=b'r', model_id='{name}')"

    def _image(self) -> str:
        name = self._alive.name("image")
        self._alive.images.append(name)
        return f"w['{name}'] = widgets.Image(value=b'first', model_id='{name}')"

    def _output(self) -> str:
        name = self._alive.name("output")
        self._alive.outputs.append(name)
        return f"w['{name}'] = widgets.Output(model_id='{name}')"

    def _hand(self) -> str:
        name = self._alive.name("hand")
        self._alive.hands.append(name)
        return (
            f"hand['{name}'] = create_comm(target_name='hand', comm_id='{name}', data={{'n': 1}},"
            " metadata={'m': 1}, buffers=[b'opening'])"
        )

    # -- moved -------------------------------------------------------------------------------

    def _some(self, names: list[str]) -> str:
        return self._rng.choice(names) if names else ""

    def _moves(self) -> str:
        rng = self._rng
        if rng.random() < 0.2 and (image := self._some(self._alive.images)):
            return f"w['{image}'].value = bytes({[rng.randrange(256) for _ in range(5)]})"
        if rng.random() < 0.5 and (fuzz := self._some(self._alive.fuzzes)):
            return f"w['{fuzz}'].value = {rng.randrange(2000)}; w['{fuzz}'].raw = {self._value()!r}"
        if slider := self._some(self._alive.sliders):
            return f"for i in range({rng.randint(1, 8)}): w['{slider}'].value = i * 9"
        return "pass"

    def _value(self) -> Any:
        rng = self._rng
        return rng.choice(
            [None, "x", rng.randrange(99), rng.randbytes(3), {"a": [b"deep", 1]}, [1, [b"two"]]]
        )

    def _holds(self) -> str:
        if not (fuzz := self._some(self._alive.fuzzes)):
            return "pass"
        n = self._rng.randrange(90)
        return (
            f"with w['{fuzz}'].hold_sync():\n    w['{fuzz}'].value, w['{fuzz}'].text = {n}, '{n}'"
        )

    def _sends(self) -> str:
        if not (name := self._some(self._alive.fuzzes + self._alive.sliders)):
            return "pass"
        return f"for i in range(3): w['{name}'].send({{'n': i}}, [b'buffer', bytes([i])])"

    def _changes_in_place(self) -> str:
        if not (fuzz := self._some(self._alive.fuzzes)):
            return "pass"
        code = f"in_place('{fuzz}', 'k{self._rng.randrange(3)}', {self._rng.randrange(99)})"
        return f"{code}\nw['{fuzz}'].send_state('table')" if self._rng.random() < 0.3 else code

    def _adds_traits(self) -> str:
        if not (fuzz := self._some(self._alive.fuzzes)):
            return "pass"
        key = self._alive.name("extra")
        return (
            f"w['{fuzz}'].add_traits({key}=t.Int({self._rng.randrange(9)}).tag(sync=True))\n"
            f"w['{fuzz}'].send_state('{key}')"
        )

    def _mails(self) -> str:
        if not (fuzz := self._some(self._alive.fuzzes)):
            return "pass"
        return (
            f"for i in range({self._rng.randint(1, 3)}):\n"
            f"    w['{fuzz}'].command = {{'do': i}}; w['{fuzz}'].command = None"
        )

    # -- beside ------------------------------------------------------------------------------

    def _prints(self) -> str:
        n = self._rng.randrange(99)
        where = self._rng.choice(["", ", file=sys.stderr"])
        return f"print('line {n}'{where}, flush=True)"

    def _displays(self) -> str:
        rng = self._rng
        if rng.random() < 0.5 and (shown := self._some(self._alive.displays)):
            return f"update_display('again {rng.randrange(99)}', display_id='{shown}')"
        name = self._alive.name("display")
        self._alive.displays.append(name)
        return f"display('shown', display_id='{name}')"

    def _clears(self) -> str:
        return f"clear_output(wait={self._rng.random() < 0.5})\nprint('after', flush=True)"

    def _captures(self) -> str:
        if not (out := self._some(self._alive.outputs)):
            return "pass"
        return self._rng.choice(
            [
                f"with w['{out}']: print('captured', flush=True)",
                f"with w['{out}']: display('captured')",
                f"w['{out}'].append_stdout('appended')",
                f"w['{out}'].clear_output()",
            ]
        )

    def _threads(self) -> str:
        if not (slider := self._some(self._alive.sliders)):
            return "pass"
        n = self._rng.randrange(99)
        # In one piece: another output may come between what ``print`` writes and its line's end.
        prints = f"sys.stdout.write('{n}\\n'), sys.stdout.flush()"
        return f"in_thread(lambda: (w['{slider}'].set_trait('value', {n}), {prints}))"

    def _tasks(self) -> str:
        some = self._rng.sample(self._alive.sliders, min(2, len(self._alive.sliders)))
        return f"await in_tasks(*{some!r})"

    def _speaks(self) -> str:
        if not (name := self._some(self._alive.hands + self._alive.served)):
            return "pass"
        data = self._rng.choice(["'text'", "[1, 2]", "{'said': True}", "5"])
        return f"hand['{name}'].send({data}, metadata={{'m': 2}}, buffers=[b'', b'x'])"

    def _closes(self) -> str:
        alive, rng = self._alive, self._rng
        kinds = [alive.sliders, alive.fuzzes, alive.images, alive.outputs]
        kind = rng.choice([each for each in kinds if len(each) > 1] or [[]])
        if kind:
            name = kind.pop(rng.randrange(len(kind)))
            return f"w['{name}'].close()"
        if alive.hands:
            return f"hand.pop('{alive.hands.pop()}').close()"
        return "pass"

    def _raises(self) -> str:
        return "raise ValueError('as it happens')" if self._rng.random() < 0.3 else "1 + 1"
