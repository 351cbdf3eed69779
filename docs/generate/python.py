"""Writes the page of the Python API from signatures and docstrings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from inspect import getdoc
from typing import Any

from docs.generate.markdown import docstring, inline, table
from docs.generate.source import attributes, facts, signature
from jupyter_comm_broker import comms, errors
from jupyter_comm_broker.comms import (
    AsyncRemoteCommManager,
    Comm,
    CommManager,
    KernelReference,
    RemoteCommManager,
    connect,
    connect_async,
)
from jupyter_comm_broker.comms.remote import connecting

CLASSES = (RemoteCommManager, AsyncRemoteCommManager, CommManager, Comm, KernelReference)

METHODS: Mapping[type, Sequence[str]] = {
    RemoteCommManager: ("is_connected", "flush", "refresh", "close"),
    AsyncRemoteCommManager: ("is_connected", "flush", "refresh", "aclose"),
    CommManager: (
        "register_target",
        "unregister_target",
        "register_comm",
        "unregister_comm",
        "get_comm",
        "current",
        "close",
    ),
    Comm: ("send", "close", "on_msg", "on_close"),
}
"""The methods that programs call. The others are for the parts that carry messages."""

ATTRIBUTES: Mapping[type, Mapping[str, str]] = {
    CommManager: {
        "kernel": "The kernel, as a `KernelReference`.",
        "comms": "Every open comm of the kernel by its id, whoever opened it.",
        "targets": "The handlers that this program registered, by target name.",
    },
    Comm: {
        "comm_id": "The comm's id.",
        "target_name": "The comm's target.",
        "kernel": "The kernel, as a `KernelReference`.",
    },
    KernelReference: {
        "kernel_id": "The kernel's id.",
        "comm_manager": "The manager of the kernel's comms.",
    },
}
"""The attributes that programs read. Those with a text in the source are added."""


def parts() -> dict[str, str]:
    """Return the parts of the page that come from the code."""
    functions = ["".join(_function(each)) for each in (connect, connect_async)]
    classes = ["".join(_class(each)) for each in CLASSES]
    return {
        "package": docstring(comms.__doc__ or ""),
        "connecting": docstring(connecting.__doc__ or ""),
        "functions": "\n".join(functions),
        "classes": "\n".join(classes),
        "errors": _errors(),
    }


def _function(function: Any) -> Iterator[str]:
    yield f"### {function.__name__}\n\n```python\n{signature(function)}\n```\n\n"
    yield docstring(getdoc(function) or "")


def _class(owner: type) -> Iterator[str]:
    yield f"## {owner.__name__}\n\n"
    text = getdoc(owner) or ""
    if owner is Comm:
        yield f"```python\n{owner.__name__}{signature(owner.__init__)}\n```\n\n"
    else:
        # Programs do not make the others themselves.
        text = text.partition("\nArgs:")[0]
    bases = [each.__name__ for each in owner.__bases__ if each in METHODS]
    yield docstring(text) + "\n"
    if bases:
        yield f"It is a `{bases[0]}`, and also has:\n\n"
    own = {name: inline(text) for name, text in attributes(owner).items()}
    shown = {**ATTRIBUTES.get(owner, {}), **own}
    yield table(("attribute", ""), ((f"`{name}`", text) for name, text in shown.items()))
    for name in METHODS.get(owner, ()):
        method = vars(owner)[name]
        if isinstance(method, property):
            yield f"\n### {owner.__name__}.{name}\n\n{docstring(method.__doc__ or '')}"
        else:
            yield f"\n### {owner.__name__}.{name}\n\n```python\n{signature(method)}\n```\n\n"
            yield docstring(getdoc(method) or "")


def _errors() -> str:
    found = [
        each
        for each in vars(errors).values()
        if isinstance(each, type) and issubclass(each, errors.CommBrokerError)
    ]
    rows = (
        (
            f"`{each.__name__}`",
            inline((getdoc(each) or "").partition("\n")[0]),
            ", ".join(f"`{fact}`" for fact in facts(each)),
        )
        for each in found
    )
    return table(("error", "", "attributes"), rows)
