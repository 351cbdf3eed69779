"""
Pages, kernels and servers for the tests of people who write extensions.

A :class:`Server` is a real one, in a process of its own; a :class:`Kernel` is one of its
kernels; a :class:`Page` does on the kernel's WebSocket what JupyterLab does. With pytest they are
fixtures already: see :mod:`jupyter_comm_broker.testing.plugin`.
"""
