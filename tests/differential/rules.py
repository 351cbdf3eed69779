"""
What the broker may add to what stock delivers, and no more.

The requirement is one-sided: all that stock delivers to a page is delivered by the broker, exactly
once and in the same order of its channel. What came because a page asked what there is (stock asks
the kernel, the broker may answer itself) is compared by the models that it left, not here.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from jupyter_comm_broker.testing.message import Message
from jupyter_comm_broker.testing.widgets import WIDGET, states_of, whole_state

from .labelled import Label
from .normal import Heard
from .player import WITNESS, Played
from .script import Step

CHANNELS = ("iopub", "shell", "stdin", "control")


@dataclass(slots=True)
class Allowed:
    """What the whole script says about what may be added."""

    closed: set[str] = field(default_factory=set)
    """Comms that a page closed: stock tells nobody."""

    doubted: set[tuple[str, str]] = field(default_factory=set)
    """
    Comms and attributes that no message tells the truth of: changed in place, or changed or
    refused by the kernel after a page had sent them.
    """

    values: dict[tuple[str, str], list[Any]] = field(default_factory=dict)
    """What a comm's attribute was, as far as the kernel or stock told."""

    streamed: set[str] = field(default_factory=set)
    """What any page heard on stock: a page that was away may be given it later."""

    stays: list[tuple[int, int]] = field(default_factory=list)
    """From which step to which some page was there."""

    def attended(self, label: Label | None) -> bool:
        """Whether a page was there to the end of a step: else stock may have kept nothing."""
        return label is None or any(came <= label.step < went for came, went in self.stays)

    def was(self, comm_id: str, key: str, value: Any) -> bool:
        """Whether an attribute had a value at any time."""
        return plain(value) in self.values.get((comm_id, key), ())


def allowed(steps: list[Step], stock: Played, ours: Played, heard: list[list[Heard]]) -> Allowed:
    """Read out of a script, and what came of it on stock, what the broker may add."""
    found = Allowed()

    def note(comm_id: str, state: dict[str, Any]) -> None:
        for key, value in state.items():
            found.values.setdefault((comm_id, key), []).append(plain(value))

    for name, key, value in stock.truth["silent"] + ours.truth["silent"]:
        found.doubted.add((name, key))
        note(name, {key: value})
    for step in all_of(steps):
        if step.kind == "close":
            found.closed.add(step.comm)
        if step.kind == "move":
            # What it led to may be wrong with it.
            found.doubted.update((step.comm, key) for key in (*step.value, "double"))
    for comm_id, state in ours.truth["states"].items():
        note(comm_id, state)
    for life in ours.lives.values():
        for number, (_, came) in enumerate(life.opened):
            went = life.left[number] if number < len(life.left) else len(steps) + 1
            found.stays.append((came, went))
    for messages in heard:
        found.streamed.update(each.body for each in messages if each.message.channel == "iopub")
        for each in messages:
            for comm_id, state in told_in(each.message).items():
                note(comm_id, state)
    return found


def told_in(message: Message) -> dict[str, dict[str, Any]]:
    """Return the states that a message tells of, by comm."""
    if message.method == "update_states":
        # The page put the buffers in already.
        return states_of(message)
    if message.method in ("update", "echo_update"):
        return {message.comm_id: whole_state(message)}
    if message.type == "comm_open" and message.content["target_name"] == WIDGET:
        return {message.comm_id: whole_state(message)}
    return {}


def all_of(steps: tuple[Step, ...] | list[Step]) -> Iterator[Step]:
    """Yield steps, and those that are done inside others."""
    for step in steps:
        yield step
        yield from all_of(step.inner)


class Comparison:
    """One page on stock beside the same page on the broker."""

    def __init__(self, name: str, ours: Played, may: Allowed) -> None:
        self._name = name
        self._ours = ours.lives[name]
        self._may = may
        self._shown: dict[str, dict[str, Any]] = {}
        """The states as messages left them on the broker's page."""
        self._building: set[str] = set()
        """The comms in the page's last snapshot."""
        self._late: dict[str, deque[Heard]] = {}
        """What is held back from a page until its models are there, by comm."""
        self.added: dict[str, int] = {}
        """How often each rule let something pass."""

    def first_difference(self, theirs: list[Heard], ours: list[Heard]) -> str:
        """Return what is wrong first, or nothing."""
        if self._ours.twice:
            return f"page {self._name} heard twice: {self._ours.twice}"
        idles = {each.body for each in theirs if each.message.execution_state == "idle"}
        for channel in CHANNELS:
            due = deque(e for e in theirs if e.message.channel == channel and not e.asks)
            for each in (each for each in ours if each.message.channel == channel):
                if not each.asks and not self._is_due(each, due):
                    if not (reason := self._why(each, idles)):
                        return self._apart(channel, due, f"the broker delivers\n  {each.body}")
                    self.added[reason] = self.added.get(reason, 0) + 1
                self._show(each)
            if self._ours.attached:
                # Who leaves before its models are there does not wait for them.
                due.extendleft(reversed([each for late in self._late.values() for each in late]))
            if due:
                return self._apart(channel, due, "the broker delivers no more")
        return ""

    def _is_due(self, each: Heard, due: deque[Heard]) -> bool:
        """
        Whether a message is what stock delivers next; if so, it is taken off.

        To a page that builds its models, what comes on a comm after a custom message is late, all
        of it: each comm keeps its order.
        """
        late = self._late.get(each.message.comm_id)
        if late:
            if late[0].body == each.body:
                late.popleft()
                return True
            return False
        passed: list[Heard] = []
        while due:
            first = due.popleft()
            if first.body == each.body:
                for message in passed:
                    self._late.setdefault(message.message.comm_id, deque()).append(message)
                return True
            passed.append(first)
            if first.message.comm_id not in self._building or each.message.parent_id == "":
                break
        due.extendleft(reversed(passed))
        return False

    def _apart(self, channel: str, due: deque[Heard], said: str) -> str:
        next_due = "\n  ".join(each.body for each in list(due)[:3]) or "nothing more"
        return f"page {self._name}, {channel}: {said}\nand stock\n  {next_due}"

    # -- what may be added -------------------------------------------------------------------

    def _why(self, each: Heard, idles: set[str]) -> str:
        """Return the rule that allows a message which stock does not deliver, or nothing."""
        message = each.message
        if each.is_status and each.greets:
            return "the status, when a page connects"
        if message.execution_state == "idle" and each.body not in idles:
            return "an idle that the kernel never said, or nobody was there to hear"
        if message.type == "comm_close" and message.comm_id in self._may.closed:
            return "the end of a comm that a page closed"
        if message.method in ("update", "echo_update"):
            comm_id, state = message.comm_id, whole_state(message)
            shown = self._shown.get(comm_id, {})
            new = [key for key in state if key not in shown or shown[key] != state[key]]
            if not new:
                return "what is shown already, once more"
            were = all(self._may.was(comm_id, key, state[key]) for key in new)
            if were and not message.parent_id:
                if comm_id.startswith("output") and set(new) <= {"outputs", "msg_id"}:
                    return "what the broker has captured as well"
                if all((comm_id, key) in self._may.doubted for key in new):
                    return "a repair"
            if were and self._was_away(each):
                return "a state that a page missed while it was away"
        if self._was_away(each) and (
            message.channel != "iopub"
            or each.body in self._may.streamed
            or not self._may.attended(each.label)
        ):
            return "what a page missed while it was away"
        return ""

    def _was_away(self, each: Heard) -> bool:
        """Whether something happened while the page was away, and came when it was back."""
        if each.label is None or not each.connection:
            return False
        left = self._ours.left[each.connection - 1]
        _, came = self._ours.opened[each.connection]
        return left <= each.label.step <= came

    def _show(self, each: Heard) -> None:
        told = told_in(each.message)
        for comm_id, state in told.items():
            self._shown.setdefault(comm_id, {}).update(state)
        if each.message.method == "update_states":
            self._building = set(told)


def plain(value: Any) -> Any:
    """Return a value as the kernel's own report writes it: bytes as their digits."""
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return joined([plain(each) for each in value])
    return value


def joined(values: list[Any]) -> list[Any]:
    """Join streams that follow each other, if these are outputs: a page shows them as one."""
    found: list[Any] = []
    for each in values:
        before: Any = found[-1] if found else None
        if _is_stream(each) and _is_stream(before) and each["name"] == before["name"]:
            found[-1] = {**before, "text": before["text"] + each["text"]}
        else:
            found.append(each)
    return found


def _is_stream(value: Any) -> bool:
    return isinstance(value, dict) and value.get("output_type") == "stream"


def _apart(stock: Any, ours: Any) -> str:
    if isinstance(stock, dict) and isinstance(ours, dict):
        for key in sorted(stock.keys() | ours.keys()):
            if stock.get(key) != ours.get(key):
                return f"{key}, {_apart(stock.get(key), ours.get(key))}"
    return f"stock's has {stock!r}, the broker's {ours!r}"


# -- at the end ------------------------------------------------------------------------------


def wrong_at_the_end(stock: Played, ours: Played) -> str:
    """
    Return the first model that is not what stock shows, or nothing.

    Where stock itself shows something else than the kernel has, the broker may show either.
    """
    if plain(stock.truth) != plain(ours.truth):
        return f"the kernels differ: {_apart(stock.truth, ours.truth)}"
    for name, life in ours.lives.items():
        if not life.attached:
            continue
        theirs = stock.lives[name].page.widgets.models
        models = life.page.widgets.models
        for comm_id, state in ours.truth["states"].items():
            if comm_id not in theirs:
                continue
            if comm_id not in models:
                return f"page {name} has no model {comm_id}"
            for key, truth in plain(state).items():
                shown, due = (plain(each[comm_id].state.get(key)) for each in (models, theirs))
                if shown not in (due, truth) or (due == truth and shown != due):
                    return (
                        f"page {name} shows {comm_id}.{key} as {shown!r}, stock shows {due!r}, "
                        f"the kernel has {truth!r}"
                    )
                if name == WITNESS and shown != truth:
                    return f"who comes last is shown {comm_id}.{key} as {shown!r}, not {truth!r}"
        for comm_id, model in theirs.items():
            if not model.live and comm_id in models and models[comm_id].live:
                return f"page {name} was not told that {comm_id} is closed"
    return ""
