"""
What runs in the kernel: widgets that do all that real ones do, and a seeded hand that moves them.

Only ipywidgets' public ways are used. ``set_state`` is watched, not changed: it notes the one
drift that no message tells of (fact 2.3.4), a page's value that is mapped to
what the trait has already.
"""

CODE = '''
import json, random
import ipywidgets as w
import traitlets as t
from ipywidgets.widgets.widget import Widget

UNTOLD = {}

def plain(value):
    """JSON with bytes as text, for comparing."""
    return json.dumps(value, default=lambda b: bytes(b).hex(), sort_keys=True)

def watched(set_state):
    def watching(self, sync_data):
        before = {k: v for k, v in self.get_state().items() if k in sync_data}
        set_state(self, sync_data)  # an error is seen by everybody: not fact 2.3.4
        after = self.get_state()
        for key, old in before.items():
            now = plain(after[key])
            if now == plain(old) and now != plain(sync_data[key]):
                UNTOLD[self.model_id, key] = plain(sync_data[key])
            else:
                UNTOLD.pop((self.model_id, key), None)
    return watching

Widget.set_state = watched(Widget.set_state)

def fails_on_bad(value, widget):
    if value == "bad":
        raise ValueError("the converter does not like it")
    return value

class Fuzz(Widget):
    """One attribute for each thing that can happen to a value."""

    _model_name = t.Unicode("FuzzModel").tag(sync=True)
    _model_module = t.Unicode("fuzz").tag(sync=True)
    _model_module_version = t.Unicode("1.0.0").tag(sync=True)
    text = t.Unicode().tag(sync=True)
    number = t.Int().tag(sync=True)
    follower = t.Int().tag(sync=True)
    ratio = t.Float().tag(sync=True)
    bounded = t.Int(5).tag(sync=True)
    strict = t.Int().tag(sync=True)
    shouting = t.Int().tag(sync=True)
    converted = t.Any("good").tag(sync=True, from_json=fails_on_bad)
    halved = t.Int().tag(sync=True, from_json=lambda value, widget: value // 2 * 2)
    fixed = t.Unicode("A").tag(sync=True, from_json=lambda value, widget: "A")
    quiet = t.Int().tag(sync=True, echo_update=False)
    raw = t.Any().tag(sync=True)
    nested = t.Any().tag(sync=True)
    private = t.Int(1)

    @t.validate("bounded")
    def _clamp(self, proposal):
        return min(max(proposal["value"], 0), 10)

    @t.validate("strict")
    def _reject(self, proposal):
        if proposal["value"] < 0:
            raise t.TraitError("not below zero")
        return proposal["value"]

    @t.observe("shouting")
    def _shout(self, change):
        if change["new"] % 5 == 0:
            raise RuntimeError("an observer that raises")

    @t.observe("number")
    def _follow(self, change):
        self.follower = change["new"] * 2

class Hand:
    """Moves widgets from the kernel's side."""

    def __init__(self, seed):
        self.rng = random.Random(seed)
        self.widgets = [Fuzz() for _ in range(8)]
        self.slider = w.IntSlider(max=100)
        self.image = w.Image(value=b"first")
        self.box = w.HBox([self.slider])
        self.extras = 0

    def tree(self, depth=2):
        rng = self.rng
        kind = rng.randrange(6 if depth else 4)
        if kind == 0:
            return rng.randrange(1000)
        if kind == 1:
            return rng.choice(["x", "", "\\u00e9", None, True, 1.5])
        if kind in (2, 3):
            return rng.randbytes(rng.randrange(12))
        if kind == 4:
            return {rng.choice("abc"): self.tree(depth - 1) for _ in range(rng.randrange(4))}
        return [self.tree(depth - 1) for _ in range(rng.randrange(4))]

    def values(self):
        rng = self.rng
        return {
            "text": str(rng.random()),
            "number": rng.randrange(100),
            "ratio": rng.random(),
            "bounded": rng.randrange(-5, 16),
            "strict": rng.randrange(50),
            "shouting": rng.randrange(1, 5),
            "converted": rng.choice(["good", "better", [1, 2]]),
            "halved": rng.randrange(50),
            "quiet": rng.randrange(50),
            "raw": rng.choice([None, rng.randbytes(5), memoryview(b"view"), bytearray(b"array")]),
            "nested": self.tree(3),
        }

    def move(self):
        rng, values = self.rng, self.values()
        fuzz = rng.choice(self.widgets)
        kind = rng.randrange(14)
        if kind < 5:
            key = rng.choice(list(values))
            setattr(fuzz, key, values[key])
        elif kind == 5:
            with fuzz.hold_sync():
                for key in rng.sample(list(values), 4):
                    setattr(fuzz, key, values[key])
                fuzz.number += 1
        elif kind == 6:
            self.extras += 1
            fuzz.add_traits(**{f"extra{self.extras}": t.Any(self.tree()).tag(sync=True)})
            fuzz.send_state(f"extra{self.extras}")
        elif kind == 7:
            fuzz.send_state(rng.choice([None, "nested", ["raw", "text"]]))
        elif kind == 8:
            fuzz.send({"custom": rng.randrange(9)}, [b"buffer"])
        elif kind == 9:
            self.widgets.remove(fuzz)
            fuzz.close()
            self.widgets.append(Fuzz(nested=self.tree(), raw=b"new"))
        elif kind == 10:
            self.slider.value = rng.randrange(150)
        elif kind == 11:
            self.image.value = rng.randbytes(20)
        elif kind == 12:
            self.box.children = [self.slider, w.Label(str(rng.random()))][: rng.randrange(3)]
        elif fuzz.trait_names(private=None):
            fuzz.private = rng.randrange(9)

    def moves(self, count):
        for _ in range(count):
            try:
                self.move()
            except RuntimeError:
                pass  # the observer that raises, here in a cell and not under a page's message
'''
