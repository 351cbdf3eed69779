"""A seeded script: what pages do, and which cells run, one after another."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

from .cells import Alive, Cells


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that a page does."""

    kind: str
    """
    ``arrive``, ``leave``, ``drop`` (the socket), ``return`` (with the same session id), ``run``,
    ``ask`` (a cell that asks for input), ``move``, ``custom``, ``open``, ``say``, ``close``, or
    ``hold``: a cell that waits while the steps in it are done.
    """

    page: str
    code: str = ""
    comm: str = ""
    value: Any = None
    inner: tuple[Step, ...] = ()

    def __str__(self) -> str:
        said = [self.kind, self.page, self.comm]
        said += [repr(self.value)] if self.value is not None else []
        said += [repr(self.code)] if self.code else []
        said += [f"while [{'; '.join(map(str, self.inner))}]"] if self.inner else []
        return " ".join(each for each in said if each)


class Writer:
    """Writes one script."""

    def __init__(self, seed: int) -> None:
        self._rng = random.Random(seed)  # noqa: S311 - repeatable on purpose
        self._alive = Alive()
        self._cells = Cells(self._rng, self._alive)
        self._attached = ["A"]
        self._away: list[str] = []
        self._strange: dict[str, set[str]] = {"A": set()}
        """By page the comms that another page opened while it was there: nobody told it."""
        self._used: dict[str, set[str]] = {"A": set()}
        """By page the widgets that it moved: closing another one is a refusal."""
        self._pages = 1

    def script(self, length: int) -> list[Step]:
        """Return the steps; the first page comes first, and one is there at the end."""
        steps = [Step("arrive", "A"), Step("run", "A", self._cells.makes_all())]
        while len(steps) < length:
            if (step := self._step()) is not None:
                steps.append(step)
        steps += [Step("return", page) for page in self._away]
        return steps

    def _step(self) -> Step | None:
        rng = self._rng
        if not self._attached:
            return self._comes()
        kind = rng.randrange(20)
        page = rng.choice(self._attached)
        if kind < 7:
            return Step("run", page, self._cells.cell())
        if kind < 10:
            return self._moves(page)
        if kind == 10:
            return self._custom(page)
        if kind == 11:
            return self._opens(page)
        if kind == 12:
            return self._says(page)
        if kind == 13:
            return self._closes(page)
        if kind == 14:
            return Step("ask", page, "print('told', input('what? '), flush=True)", value="this")
        if kind == 15:
            return self._holds(page)
        if kind == 16:
            return self._goes(page)
        return self._comes()

    # -- pages -------------------------------------------------------------------------------

    def _comes(self) -> Step | None:
        if self._away and self._rng.random() < 0.7:
            page = self._away.pop(self._rng.randrange(len(self._away)))
            self._attached.append(page)
            self._strange[page] = set()
            return Step("return", page)
        if len(self._attached) >= 3:
            return None
        self._pages += 1
        page = chr(ord("A") + self._pages - 1)
        self._attached.append(page)
        self._used[page], self._strange[page] = set(), set()
        return Step("arrive", page)

    def _goes(self, page: str) -> Step:
        if self._rng.random() < 0.5:
            return self._drops(page)
        self._attached.remove(page)
        return Step("leave", page)

    def _drops(self, page: str) -> Step:
        self._attached.remove(page)
        self._away.append(page)
        return Step("drop", page)

    # -- what a page does with comms -------------------------------------------------------------

    def _moves(self, page: str) -> Step | None:
        rng, alive = self._rng, self._alive
        fuzzes = [each for each in alive.fuzzes if each not in self._strange[page]]
        if rng.random() < 0.5 and fuzzes:
            fuzz = rng.choice(fuzzes)
            self._used[page].add(fuzz)
            value = rng.choice([{"value": rng.randrange(2000)}, {"text": "typed"}, {"raw": [1]}])
            # Refused by the kernel: the page shows it, until somebody says otherwise.
            if rng.random() < 0.1:
                value = {"value": -1}
            return Step("move", page, comm=fuzz, value=value)
        if not alive.sliders:
            return None
        slider = rng.choice(alive.sliders)
        self._used[page].add(slider)
        return Step("move", page, comm=slider, value={"value": rng.randrange(-20, 150)})

    def _custom(self, page: str) -> Step | None:
        if not self._alive.fuzzes:
            return None
        fuzz = self._rng.choice(self._alive.fuzzes)
        self._used[page].add(fuzz)
        return Step("custom", page, comm=fuzz, value={"x": self._rng.randrange(9)})

    def _opens(self, page: str) -> Step:
        name = self._alive.name("page")
        for other in self._strange.keys() - {page}:
            self._strange[other].add(name)
        if self._rng.random() < 0.5:
            self._alive.served.append(name)
            return Step("open", page, comm=name, value={"hello": 1})
        self._used[page].add(name)
        self._alive.fuzzes.append(name)
        return Step("open", page, comm=name)

    def _says(self, page: str) -> Step | None:
        if not self._alive.served:
            return None
        comm = self._rng.choice(self._alive.served)
        return Step(
            "say", page, comm=comm, value=self._rng.choice([{"a": 1}, "text", [1], None, 7])
        )

    def _closes(self, page: str) -> Step | None:
        alive = self._alive
        for kind in (alive.sliders, alive.fuzzes):
            mine = [each for each in kind[1:] if each in self._used[page]]
            if mine and self._rng.random() < 0.5:
                kind.remove(mine[0])
                return Step("close", page, comm=mine[0])
        if alive.served:
            return Step("close", page, comm=alive.served.pop())
        return None

    def _holds(self, page: str) -> Step:
        """A cell waits meanwhile: one page moves widgets, and others, or it, go."""
        inner: list[Step | None] = []
        if len(self._attached) > 1 or self._rng.random() < 0.5:
            # What several send to a kernel that does not look comes in no certain order.
            inner = [self._moves(page) for _ in range(self._rng.randint(0, 3))]
            # Not this page: what it sent last is lost with its socket on stock, or not.
            others = [each for each in self._attached if each != page]
            if others and self._rng.random() < 0.6:
                inner.append(self._goes(self._rng.choice(others)))
        else:
            inner = [self._drops(page)]
        steps = tuple(step for step in inner if step is not None)
        return Step("hold", page, self._cells.cell(held=True), inner=steps)


def script(seed: int, length: int = 24) -> list[Step]:
    """Return the script of a seed."""
    return Writer(seed).script(length)
