"""
What runs in the kernel beside the ordinary widgets: whatever changes a state without a word.

Lazily made children, computed values, tables changed in place, mailboxes, threads and tasks that
publish, objects with a descriptor of anywidget's (dataclass, pydantic), and a kernel that drops
what it publishes. ``SILENT`` names the comms of which no message tells the whole truth.
"""

WILD = '''
import asyncio, dataclasses, threading, time, typing
from ipywidgets import register, widget_serialization
from ipywidgets.widgets.trait_types import InstanceDict
from ipywidgets.widgets.widget import _instances
from comm import get_comm_manager

SILENT = set()
kernel = get_ipython().kernel

@register
class Child(Widget):
    _model_name = t.Unicode("ChildModel").tag(sync=True)
    _model_module = t.Unicode("fuzz").tag(sync=True)
    _model_module_version = t.Unicode("1.0.0").tag(sync=True)
    value = t.Int().tag(sync=True)

def made_when_asked(value, widget):
    """A child that comes to be while its parent is written down."""
    if widget.late is None:
        widget.late = Child()
    return f"IPY_MODEL_{widget.late.model_id}"

@register
class Wild(Widget):
    _model_name = t.Unicode("WildModel").tag(sync=True)
    _model_module = t.Unicode("fuzz").tag(sync=True)
    _model_module_version = t.Unicode("1.0.0").tag(sync=True)
    value = t.Int().tag(sync=True)
    child = InstanceDict(Child).tag(sync=True, **widget_serialization)
    made = t.Any().tag(sync=True, to_json=made_when_asked)
    table = t.Dict().tag(sync=True)
    rows = t.List().tag(sync=True)
    total = t.Int().tag(sync=True, to_json=lambda value, widget: len(widget.parts))
    command = t.Any(None, allow_none=True).tag(sync=True)
    taken_back = t.Int().tag(sync=True)

    def __init__(self, **how):
        self.late, self.parts = None, []
        super().__init__(**how)
        self.on_msg(self._told)

    def _told(self, widget, content, buffers):
        SILENT.add(self.model_id)
        self.table[f"told{content.get('x', 0)}"] = len(self.table)
        self.parts.append(content)

    @t.observe("taken_back")
    def _take_back(self, change):
        if change["new"] > 50:
            self.taken_back = change["old"]

try:
    import anywidget.experimental, pydantic, psygnal
    from anywidget._descriptor import MimeBundleDescriptor

    @anywidget.experimental.dataclass(esm="export default {}")
    class Counter:
        value: int = 0

    class Strict(pydantic.BaseModel):
        model_config = pydantic.ConfigDict(validate_assignment=True)
        events: "typing.ClassVar[psygnal.SignalGroupDescriptor]" = psygnal.SignalGroupDescriptor()
        _repr_mimebundle_: "typing.ClassVar" = MimeBundleDescriptor(_esm="export default {}")
        value: int = pydantic.Field(0, ge=0)

    DESCRIBED = [Counter(), Counter(value=5), Strict(), Strict(value=7)]
except ImportError:
    DESCRIBED = []

class Losses:
    """Drops comm messages on their way out; their numbers are used up."""

    def __init__(self, rng):
        self.rng, self.left, self.dropped = rng, 0, 0
        self.sends = kernel.iopub_thread.send_multipart
        kernel.iopub_thread.send_multipart = self.send

    def send(self, parts, *args, **kwargs):
        said = b"".join(p if isinstance(p, bytes) else bytes(p) for p in parts[:6])
        if self.left and b'"comm_' in said and self.rng.random() < 0.5:
            self.left -= 1
            self.dropped += 1
            return
        self.sends(parts, *args, **kwargs)

class WildHand(Hand):
    """Moves what is wild as well."""

    def __init__(self, seed, drops):
        super().__init__(seed)
        self.wild = [Wild() for _ in range(4)]
        self.described = [(each, each._repr_mimebundle_.model_id) for each in DESCRIBED]
        self.drops = Losses(self.rng) if drops else None

    def move(self):
        rng = self.rng
        if rng.random() < 0.5:
            return super().move()
        wild, kind = rng.choice(self.wild), rng.randrange(9)
        if kind == 0:
            SILENT.add(wild.model_id)
            wild.table[rng.choice("abc")] = rng.randrange(99)
            wild.rows.append(rng.randrange(99))
        elif kind == 1:
            SILENT.add(wild.model_id)
            wild.parts.append(1)
        elif kind == 2:
            for value in range(3):
                wild.command = {"do": value}
                wild.command = None
        elif kind == 3:
            thread = threading.Thread(target=self.publishes, args=(wild,))
            thread.start()
            if rng.random() < 0.5:
                thread.join()
        elif kind == 4:
            wild.child = Child(value=rng.randrange(99))
        elif kind == 5:
            self.wild.remove(wild)
            wild.close()
            self.wild.append(Wild())
        elif kind == 6 and self.described:
            rng.choice(self.described)[0].value = rng.randrange(99)
        elif kind == 7 and self.drops is not None:
            self.drops.left = rng.randint(1, 30)
        else:
            wild.value = rng.randrange(99)

    def publishes(self, wild):
        for value in range(20):
            wild.value = value
            wild.send({"n": value})
            time.sleep(0.002)

    async def tasks(self):
        async def moves(wild):
            for value in range(10):
                wild.value = value
                await asyncio.sleep(0.001)
        await asyncio.gather(*(asyncio.ensure_future(moves(each)) for each in self.wild))

def ended():
    """Wait for the threads that publish; nothing is dropped any more."""
    for thread in threading.enumerate():
        if "publishes" in thread.name or getattr(thread, "_target", None) == hand.publishes:
            thread.join()
    if hand.drops is not None:
        hand.drops.left = 0

def facts():
    """What the kernel knows: which comms are open, where nothing told, and what is described."""
    open_comms = get_comm_manager().comms
    silent = SILENT | {each[1] for each in hand.described}
    return json.dumps({
        "open": [i for i in open_comms if open_comms[i].target_name == "jupyter.widget"],
        "silent": sorted(silent),
        "described": {comm_id: each.value for each, comm_id in hand.described},
        "dropped": hand.drops.dropped if hand.drops else 0,
    })
'''
