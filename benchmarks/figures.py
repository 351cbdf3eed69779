"""What a measure answers: named figures with all their values, and how much work is asked of it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any


@dataclass(frozen=True)
class Figure:
    """One thing measured on one server; ``values`` may be one per round or one per event."""

    key: str
    label: str
    unit: str
    values: tuple[float, ...]
    ratio_goal: float | None = None
    """To reach: at most this share of stock."""
    limit_goal: float | None = None
    """To reach: at most this much."""
    least_goal: float | None = None
    """To reach: at least this much."""
    note: str = ""

    def dump(self) -> dict[str, Any]:
        """Return what JSON can hold."""
        return asdict(self)

    @classmethod
    def load(cls, data: dict[str, Any]) -> Figure:
        """Read what ``dump`` wrote."""
        return cls(**{**data, "values": tuple(data["values"])})


@dataclass(frozen=True)
class Size:
    """How much work a measure does."""

    crowds: tuple[int, ...]
    """Frontends at once for the cost of a delivery."""
    few: int
    """Frontends at once where one crowd is enough."""
    bursts: int
    burst: int
    """Messages a cell sends at once; all arrive before the next burst: no queue overflows."""
    paced: int
    """Messages at 200 a second: one by one, as a progress bar sends them."""
    echoes: int
    kernel_start: float
    """Seconds after which a kernel that was started has surely come up."""
    connects: int
    sockets: int
    """WebSockets open at once for descriptors and memory."""
    models: tuple[int, ...]
    settled: float
    """Age of a page's socket from which a server has no reason left to hold a big answer back."""
    busy_seconds: float
    """Length of the cell that keeps the kernel busy."""
    absent_seconds: float
    """How long a kernel sends with nobody attached."""
    beside_seconds: float
    """How long a kernel floods while another one echoes."""
    runs: int
    """How often a cell floods updates beside a print flood, then closes its comms."""
    updates: int
    """How many updates each of these runs sends."""
    stopped_seconds: float
    """How long a page stops reading."""
    many: int
    """Frontends on one kernel, as many as there may ever be."""
    many_seconds: float
    """How long these get 100 updates a second."""
    comms: int
    """Comms without a state on one kernel."""
    idle_kernels: int
    active_kernels: int
    idle_seconds: float
    """How long idle kernels are watched."""


FULL = Size(
    crowds=(1, 8, 32, 200),
    few=8,
    bursts=8,
    burst=500,
    paced=600,
    echoes=200,
    kernel_start=3.0,
    connects=20,
    sockets=20,
    models=(150, 10_000),
    settled=2.6,
    busy_seconds=4.0,
    absent_seconds=30.0,
    beside_seconds=10.0,
    runs=20,
    updates=20_000,
    stopped_seconds=20.0,
    many=1000,
    many_seconds=5.0,
    comms=10_000,
    idle_kernels=95,
    active_kernels=5,
    idle_seconds=12.0,
)

LONG = replace(FULL, absent_seconds=600.0, stopped_seconds=60.0, idle_seconds=60.0)
"""The lengths that the goals name."""

SMOKE = Size(
    crowds=(2,),
    few=2,
    bursts=2,
    burst=20,
    paced=20,
    echoes=6,
    kernel_start=0.5,
    connects=2,
    sockets=2,
    models=(6,),
    settled=0.1,
    busy_seconds=0.6,
    absent_seconds=0.5,
    beside_seconds=0.5,
    runs=1,
    updates=200,
    stopped_seconds=0.5,
    many=5,
    many_seconds=0.2,
    comms=40,
    idle_kernels=2,
    active_kernels=1,
    idle_seconds=0.3,
)

SIZES = {"full": FULL, "long": LONG, "smoke": SMOKE}
