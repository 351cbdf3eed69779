"""What every kernel starts with. Names of comms are counted: both kernels know one by the same."""

SETUP = '''
import asyncio, itertools, json, sys, threading, types
import comm.base_comm
_count = itertools.count(1)
comm.base_comm.uuid = types.SimpleNamespace(
    uuid4=lambda: types.SimpleNamespace(hex=f"auto{next(_count)}")
)
import ipywidgets as widgets
import traitlets as t
from comm import create_comm, get_comm_manager
from IPython.display import clear_output, display, update_display
from ipywidgets.widgets.widget import _instances

class Made(dict):
    def __missing__(self, name):
        return _instances[name]  # a page opened it

w, hand, SILENT = Made(), {}, []

@widgets.register
class Fuzz(widgets.Widget):
    _model_name = t.Unicode("FuzzModel").tag(sync=True)
    _model_module = t.Unicode("fuzz").tag(sync=True)
    _model_module_version = t.Unicode("1.0.0").tag(sync=True)
    value = t.Int().tag(sync=True)
    double = t.Int().tag(sync=True)
    text = t.Unicode().tag(sync=True)
    raw = t.Any().tag(sync=True)
    command = t.Any(None, allow_none=True).tag(sync=True)
    table = t.Dict().tag(sync=True)
    rows = t.List().tag(sync=True)

    @t.observe("value")
    def _follow(self, change):
        self.double = change["new"] * 2

    @t.validate("value")
    def _check(self, proposal):
        if proposal["value"] < 0:
            raise t.TraitError("not below zero")
        return min(proposal["value"], 1000)

    def __init__(self, **how):
        super().__init__(**how)
        self.on_msg(lambda _, content, buffers: self.send({"heard": content}, buffers))

def in_place(name, key, value):
    """Change what no message tells of."""
    fuzz = w[name]
    fuzz.table[key] = value
    fuzz.rows.append(value)
    SILENT.append([name, "table", dict(fuzz.table)])
    SILENT.append([name, "rows", list(fuzz.rows)])

def served(comm, message):
    hand[comm.comm_id] = comm
    comm.on_msg(lambda m: comm.send({"echo": m["content"]["data"]}, buffers=m["buffers"]))
    comm.send({"welcome": message["content"]["data"]})

get_comm_manager().register_target("served", served)

def in_thread(does):
    thread = threading.Thread(target=does)
    thread.start()
    thread.join()

async def in_tasks(*names):
    async def counts(name):
        for value in range(3):
            w[name].value = value
            await asyncio.sleep(0)
    await asyncio.gather(*(asyncio.create_task(counts(name)) for name in names))

def plain(value):
    return json.loads(json.dumps(value, default=lambda b: bytes(b).hex()))

def truth():
    comms = get_comm_manager().comms
    # A page's question may be over a moment later.
    open_comms = [i for i in comms if comms[i].target_name != "jupyter.widget.control"]
    states = {i: plain(each.get_state()) for i, each in _instances.items()}
    return {
        "open": sorted(open_comms),
        "states": {i: state for i, state in states.items() if i in open_comms},
        "silent": plain(SILENT),
    }
'''
