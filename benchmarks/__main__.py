"""
The command ``python -m benchmarks`` measures stock and broker in turn, and prints a table.

Each round starts a new server of each side. The sides change places every round, so that a machine
that becomes warm or busy favours neither.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks import table
from benchmarks.figures import Figure
from benchmarks.machine import describe, load
from benchmarks.measures import ALONE, AS_SHIPPED, MEASURES, ONCE
from benchmarks.other_work import OtherWork, remark
from benchmarks.profiler import profile
from benchmarks.servers import Server
from benchmarks.target import BROKER, SIDES, STOCK, Target

RESULTS = Path(__file__).parent / "results"
PATIENCE = 1800
QUIET = 0.5
"""A load above this shows in every latency, most of all in the short ones."""


class MeasureFailedError(Exception):
    """A measure ended with an error, so there is no figure to print."""


def main(arguments: list[str] | None = None) -> int:
    """Run the measures that were asked for."""
    asked = parser().parse_args(arguments)
    size = "smoke" if asked.smoke else "long" if asked.long else "full"
    rounds = 1 if asked.smoke else asked.rounds
    facts = describe()
    if not asked.smoke and float(facts["load before"]) > QUIET:
        say(f"load {facts['load before']}: the machine is busy, latencies will say so")
    columns: list[list[Figure]] = [[] for _ in asked.sides]
    shares: dict[str, float] = {}
    for number in range(rounds):
        order = list(enumerate(asked.sides))
        for column, side in order if number % 2 == 0 else reversed(order):
            say(f"round {number + 1} of {rounds}, {side}")
            wanted = [m for m in asked.only or MEASURES if number == 0 or m not in ONCE]
            for server, measures in servers(side, wanted):
                with server as target:
                    for measure in measures:
                        name = f"{side}-{measure}-{number + 1}.txt"
                        file = asked.profile and asked.profile / name
                        beside = OtherWork()
                        columns[column] += run(measure, size, target, file)
                        shares[measure] = max(beside.share(), shares.get(measure, 0.0))
    facts["load after"] = load()
    facts["other work"] = remark(shares)
    names = [
        f"{side} ({i + 1})" if len(set(asked.sides)) == 1 else side
        for i, side in enumerate(asked.sides)
    ]
    lines = table.cells(names, table.rows(columns))
    sys.stdout.write("\n".join(f"{name}: {value}" for name, value in facts.items()) + "\n\n")
    sys.stdout.write(table.plain(lines) + "\n")
    if asked.save:
        save(facts, names, columns, lines, rounds)
    return 0


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command's arguments."""
    known = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    known.add_argument("--only", nargs="+", choices=list(MEASURES), help="these measures only")
    known.add_argument("--rounds", type=int, default=3, help="fresh servers per side (3)")
    lengths = known.add_mutually_exclusive_group()
    lengths.add_argument("--smoke", action="store_true", help="tiny numbers: does it still run?")
    lengths.add_argument("--long", action="store_true", help="the full lengths: 10 minutes absent")
    known.add_argument("--save", action="store_true", help=f"write into {RESULTS.name}/")
    known.add_argument("--profile", type=Path, metavar="FOLDER", help="record with py-spy")
    known.add_argument(
        "--sides",
        nargs="+",
        choices=SIDES,
        default=[STOCK, BROKER],
        help="the columns; 'stock stock' shows what the machine's own noise is",
    )
    return known


def servers(side: str, wanted: list[str]) -> Iterator[tuple[Server, list[str]]]:
    """Return the servers to start one after the other, and what to measure on each."""
    for measure in wanted:
        if measure in ALONE:
            yield Server(side), [measure]
    for as_shipped in (False, True):
        measures = [m for m in wanted if m not in ALONE and (m in AS_SHIPPED) == as_shipped]
        if measures:
            yield Server(side, as_shipped=as_shipped), measures


def run(measure: str, size: str, target: Target, file: Path | None) -> list[Figure]:
    """
    Run one measure in a client process of its own.

    Args:
        measure: the measure's name.
        size: how much work it does, as a key of ``SIZES``.
        target: the server.
        file: where to record a profile of the server; ``None`` for no profile.

    Returns:
        The measure's figures.

    Raises:
        MeasureFailedError: the process ended with an error.
    """
    say(f"  {measure}")
    with profile(target.pid, file):
        client = subprocess.run(
            [sys.executable, "-m", "benchmarks.load", measure, size, target.dump()],
            cwd=Path(__file__).parent.parent,
            stdout=subprocess.PIPE,
            timeout=PATIENCE,
            check=False,
        )
    if client.returncode:
        raise MeasureFailedError(f"{measure} on {target.side}: see above")
    return [Figure.load(each) for each in json.loads(client.stdout)]


def save(
    facts: dict[str, str],
    names: list[str],
    columns: list[list[Figure]],
    lines: list[list[str]],
    rounds: int,
) -> None:
    """
    Write figures with date, machine and versions, for programs and for people.

    Args:
        facts: the date, the machine and the versions.
        names: the names of the columns.
        columns: the figures of each column.
        lines: the head and the body of the table.
        rounds: the number of rounds.
    """
    RESULTS.mkdir(exist_ok=True)
    stem = (
        "-".join(names) + "-" + facts["date"].replace(" UTC", "").replace(" ", "-").replace(":", "")
    )
    figures = {
        name: [each.dump() for each in column] for name, column in zip(names, columns, strict=True)
    }
    record = {"machine": facts, "rounds": rounds, "figures": figures}
    (RESULTS / f"{stem}.json").write_text(json.dumps(record, indent=1) + "\n")
    about = "\n".join(f"* {name}: {value}" for name, value in facts.items())
    title = f"# {' and '.join(names)}, {facts['date']}"
    body = (
        f"Medians of {rounds} rounds ({', '.join(sorted(ONCE))}: of one); "
        "`python -m benchmarks --save` makes a new one."
    )
    (RESULTS / f"{stem}.md").write_text(
        f"{title}\n\n{body}\n\n{about}\n\n{table.markdown(lines)}\n"
    )
    say(f"written: {RESULTS.name}/{stem}.md and .json")


def say(text: str) -> None:
    """Tell a person who waits how far the command is."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


if __name__ == "__main__":
    raise SystemExit(main())
