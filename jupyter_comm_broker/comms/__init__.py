"""
Comm and CommManager for programs outside the kernel: server extensions, or any Python process.

They have the methods of the classes that code in a kernel uses, but are the other end of the comm.
``on_msg`` gets what the kernel sends, and ``send`` sends to the kernel. In any Python process::

    import jupyter_comm_broker

    with jupyter_comm_broker.connect("http://localhost:8888", token, kernel_id=id) as manager:
        slider = next(c for c in manager.comms.values() if c.target_name == "simple_slider")
        slider.on_msg(lambda msg: print(msg["content"]["data"]))
        slider.send({"action": "value_change", "value": 7})

In a server extension, on the server's event loop::

    manager = serverapp.web_app.settings["comm_managers"][kernel_id]
    manager.register_target("my_widget", lambda comm, open_msg: comm.send({"action": "hello"}))
"""

from __future__ import annotations

from jupyter_comm_broker.comms.comm import Comm
from jupyter_comm_broker.comms.comm_manager import CommManager, KernelReference
from jupyter_comm_broker.comms.remote.connecting import (
    AsyncRemoteCommManager,
    RemoteCommManager,
    connect,
    connect_async,
)

__all__ = [
    "AsyncRemoteCommManager",
    "Comm",
    "CommManager",
    "KernelReference",
    "RemoteCommManager",
    "connect",
    "connect_async",
]
