"""How a command ended: its code, and what it wrote for programs and for people."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """What it wrote for programs."""
        return json.loads(self.out)

    def failed(self, code: int, *said: str) -> None:
        """Check that it failed with this code, an empty output, and one line for people."""
        assert (self.code, self.out) == (code, ""), self
        assert len(self.err.splitlines()) == 1, self.err
        assert self.err.startswith("jupyter comms: ")
        for each in said:
            assert each in self.err
