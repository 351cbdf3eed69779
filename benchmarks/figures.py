"""The figures of a measure with all their values, and how much work a measure does."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any


@dataclass(frozen=True)
class Figure:
    """One measured quantity of one server. It has a value for each round or for each event."""

    key: str
    label: str
    unit: str
    values: tuple[float, ...]
    ratio_goal: float | None = None
    """The goal: at most this share of stock's value."""
    limit_goal: float | None = None
    """The goal: at most this value."""
    least_goal: float | None = None
    """The goal: at least this value."""
    note: str = ""

    def dump(self) -> dict[str, Any]:
        """Return the figure as JSON can hold it."""
        return asdict(self)

    @classmethod
    def load(cls, data: dict[str, Any]) -> Figure:
        """Return the figure that :meth:`dump` wrote."""
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
    """Messages in a burst. All arrive before the next burst, so that no queue overflows."""
    everyday_crowds: tuple[int, ...]
    """Frontends at once for the cost of a delivery at everyday rates."""
    everyday_seconds: float
    """Seconds for which a kernel sends at each of these rates."""
    echoes: int
    kernel_start: float
    """Seconds after which a kernel has surely started."""
    connects: int
    sockets: int
    """WebSockets that are open at once, for descriptors and memory."""
    models: tuple[int, ...]
    settled: float
    """The age in seconds of a page's socket after which no server holds back a big answer."""
    busy_seconds: float
    """Seconds of the cell that keeps the kernel busy."""
    absent_seconds: float
    """Seconds for which a kernel sends while no page is attached."""
    beside_seconds: float
    """Seconds for which one kernel floods while another one echoes."""
    runs: int
    """How often a cell floods updates beside a print flood, and then closes its comms."""
    updates: int
    """How many updates each of these runs sends."""
    stopped_seconds: float
    """Seconds for which a page stops reading."""
    many: int
    """Frontends on one kernel: as many as there should ever be."""
    many_seconds: float
    """Seconds for which these get 100 updates per second."""
    comms: int
    """Comms without a state on one kernel."""
    idle_kernels: int
    active_kernels: int
    idle_seconds: float
    """Seconds for which idle kernels are measured."""


FULL = Size(
    crowds=(1, 8, 32, 200),
    few=8,
    bursts=8,
    burst=500,
    everyday_crowds=(1, 8, 32),
    everyday_seconds=4.0,
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
"""The lengths for which the goals are set."""

SMOKE = Size(
    crowds=(2,),
    few=2,
    bursts=2,
    burst=20,
    everyday_crowds=(2,),
    everyday_seconds=0.1,
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
