"""``watch``: the comms of a server as a table that follows the events."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Mapping
from itertools import islice
from threading import Event as Flag
from threading import Thread
from typing import Any

from rich.console import Group, RenderableType
from rich.live import Live

from jupyter_comm_broker.cli.arguments import Commands, add_filters, command, filters
from jupyter_comm_broker.cli.command_context import CommandContext
from jupyter_comm_broker.cli.commands.tail import add_count, print_events
from jupyter_comm_broker.cli.event_stream import Event, follow
from jupyter_comm_broker.cli.exits import CommandError, Exit
from jupyter_comm_broker.cli.tables import comm_table
from jupyter_comm_broker.cli.wording import counted, printable

OFTEN = 0.5
"""The least seconds between two requests for the list."""

SELDOM = 5.0
"""Seconds between two requests for the list when nothing happens, because ages change."""

FRAME = 4
"""Lines besides the comms: a head, the last event, and room for the prompt."""


def add(commands: Commands) -> None:
    """Add the command."""
    parser = command(
        commands,
        "watch",
        watch,
        "show comms while they are opened, changed and closed, until Ctrl-C",
        "The table has the latest comm on top. With --json, each event is written on one line.",
    )
    add_filters(parser)
    add_count(parser, "events")


class Picture:
    """
    The contents of the table.

    An event only says that the list has changed. The comms come from the list.
    """

    def __init__(self, context: CommandContext, query: Mapping[str, object]) -> None:
        self._context = context
        self._query = {**query, "sort": "-last_activity"}
        self._comms: list[Any] = []
        self._total = 0
        self._last = "nothing has happened yet"
        self.seen = 0
        """The number of events so far."""

    def note(self, event: Event) -> None:
        """Note an event."""
        self.seen += 1
        self._last = described(event, self._context)

    def note_trouble(self, error: CommandError) -> None:
        """Note that a request for the list failed."""
        self._last = printable(str(error))

    def look(self) -> None:
        """Request the list: as many comms as there is room for."""
        rows = max(1, self._context.out.height - FRAME)
        self._comms, self._total = self._context.client.pages("/api/comms", self._query, rows)

    def drawn(self) -> RenderableType:
        """Return the table."""
        head = f"{counted(self._total, 'comm')}, {counted(self.seen, 'event')}; {self._last}"
        width = max(20, self._context.out.width - 1)
        line = head if len(head) <= width else head[: width - 1] + "…"
        return Group(line, comm_table(self._comms, self._context.names))


def watch(context: CommandContext, args: Namespace) -> Exit:
    """Show comms until interrupted."""
    kernel_id = context.names.kernel(args.kernel) if args.kernel else None
    wanted = {"kernel": kernel_id, "target": args.target}
    if context.as_json:
        said = [name for name, each in filters(args).items() if each is not None]
        if more := [name for name in said if name != "target"]:
            named = ", ".join(f"--{name.replace('_', '-')}" for name in more)
            message = f"events can be chosen by --kernel and --target, not by {named}"
            raise CommandError(Exit.USAGE, message)
        print_events(context, wanted, args.count)
        return Exit.OK
    picture = Picture(context, {**filters(args), "kernel": kernel_id})
    picture.look()
    with Live(picture.drawn(), console=context.out, auto_refresh=False) as live:
        over, news = Flag(), Flag()
        drawer = Thread(target=_draw, args=(picture, live, over, news))
        drawer.start()
        try:
            for event in islice(follow(context.client, wanted), args.count):
                picture.note(event)
                news.set()
        finally:
            over.set()
            news.set()
            drawer.join()
        picture.look()
        live.update(picture.drawn(), refresh=True)
    return Exit.OK


def _draw(picture: Picture, live: Live, over: Flag, news: Flag) -> None:
    while not over.is_set():
        news.wait(SELDOM)
        news.clear()
        if not over.is_set():
            try:
                picture.look()
            except CommandError as error:
                picture.note_trouble(error)
            live.update(picture.drawn(), refresh=True)
            over.wait(OFTEN)


def described(event: Event, context: CommandContext) -> str:
    """Return what happened, in a few words."""
    found = event.data
    if event.type == "resync":
        return printable(f"missed events: {found['reason']}")
    about = printable(found.get("comm_id") or found.get("session_id") or "")[:8]
    words = [found["at"][11:19], context.names.label(found["kernel_id"]), event.type, about]
    if event.type == "state":
        words.append(printable(json.dumps(found["attributes"], ensure_ascii=False)))
    elif event.type == "message":
        words.append(printable(f"{found['msg_type']} {found['method'] or ''}"))
    elif event.type in ("closed", "kernel"):
        words.append(printable(str(found["reason"])))
    elif event.type == "opened" and found["model"]:
        words.append(printable(str(found["model"]["name"])))
    return " ".join(word for word in words if word)
