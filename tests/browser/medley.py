"""Cells that fill a notebook with every kind of output, each for a second or two."""

from __future__ import annotations

LINES = """\
import sys
for n in range({steps}):
    print(f"line {{n}}", flush=True)
    print(f"beside {{n}}", file=sys.stderr, flush=True)
    time.sleep({step})
n"""

PLOT = """\
from IPython.display import clear_output
for n in range({steps}):
    clear_output(wait=True)
    bars = "".join(f'<rect x="{{10 * x}}" width="8" height="{{9 * x % 40}}"/>' for x in range(n))
    drawing = f'<svg xmlns="http://www.w3.org/2000/svg" width="300" height="40">{{bars}}</svg>'
    display({{"image/svg+xml": drawing, "text/plain": f"frame {{n}}"}}, raw=True)
    print(f"line {{n}}", flush=True)
    time.sleep({step})"""

UPDATE = """\
first = display("first", display_id=True)
for n in range({steps}):
    print(f"line {{n}}", flush=True)
    first.update(f"first {{n}}")
    if n % 3 == 0:
        second = display(f"another {{n}}", display_id=True)
    second.update({{"text/html": f"<b>{{n}}</b>", "text/plain": f"{{n}}"}}, raw=True)
    time.sleep({step})"""

CLEAR = """\
for n in range({steps}):
    if n % 4 == 0:
        clear_output()
    print(f"line {{n}}", flush=True)
    time.sleep({step})"""

BAR = """\
from tqdm import tqdm
for n in tqdm(range({steps}), bar_format="{{l_bar}}{{bar}}| {{n_fmt}}", ncols=60, mininterval=0):
    time.sleep({step})"""

WIDGETS = """\
line = widgets.IntProgress(max={steps})
out = widgets.Output()
display(line, out)
inside, after = display("-", display_id=True), display("-", display_id=True)
for n in range({steps}):
    line.value = n + 1
    with out:
        print(f"inside {{n}}", flush=True)
        inside.update(f"updated inside {{n}}")
    after.update(f"updated after {{n}}")
    print(f"line {{n}}", flush=True)
    time.sleep({step})"""

ASK = """\
print("line 0", flush=True)
time.sleep({seconds})
name = input("Who?")
print("hello", name)"""

RAISE = """\
for n in range({steps}):
    print(f"line {{n}}", flush=True)
    time.sleep({step})
raise ValueError("as meant")"""

KINDS = {
    "lines": LINES,
    "plot": PLOT,
    "update": UPDATE,
    "clear": CLEAR,
    "bar": BAR,
    "widgets": WIDGETS,
    "ask": ASK,
    "raise": RAISE,
}
"""What the cells do. The one that raises is the last, as it would abort those after it."""

STEP = 0.05
"""Seconds between two lines."""


def cell(kind: str, seconds: float) -> str:
    """A cell of one kind that takes this many seconds."""
    return KINDS[kind].format(steps=round(seconds / STEP), step=STEP, seconds=seconds)


def medley(seconds: float, kinds: list[str] | None = None) -> list[str]:
    """A cell of each kind, or of these. Each takes this many seconds."""
    before = ["from IPython.display import clear_output"]
    return before + [cell(kind, seconds) for kind in kinds or KINDS]
