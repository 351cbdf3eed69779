"""
Gives a run back to a page that was reloaded (docs/topics/running-cells.md).

The plug-in of the page asks with empty, silent requests that have a mark in their metadata. The
kernel never sees them. To attach, the page uses the msg_id of the run itself. Then all that comes
under this id finds the page's future (fact 7.1).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from zlib import adler32

import msgspec

from jupyter_comm_broker.core.ledger import Ledger
from jupyter_comm_broker.core.pages.frontend import Frontend
from jupyter_comm_broker.core.restore.page_replies import PageReplies
from jupyter_comm_broker.core.runs.holders import VERSION, Holders
from jupyter_comm_broker.core.runs.run import Run
from jupyter_comm_broker.core.runs.runs import Runs
from jupyter_comm_broker.errors import MalformedMessageError
from jupyter_comm_broker.protocol.json_text import lenient
from jupyter_comm_broker.protocol.message import Message

MARK = b'"comm_broker"'


class _Ask(msgspec.Struct):
    ask: str
    version: int = VERSION
    code: bool = False


class _Metadata(msgspec.Struct):
    comm_broker: _Ask


class _Content(msgspec.Struct):
    code: str
    silent: bool


_read_metadata = lenient(msgspec.json.Decoder(_Metadata).decode)
_read_content = lenient(msgspec.json.Decoder(_Content).decode)


class Reattachment:
    """
    Answers what the plug-in asks.

    Args:
        ledger: counts.
        runs: the runs.
        holders: the pages that show their cells.
        page_replies: writes answers.
        date: returns a time as an ISO date.
    """

    def __init__(
        self,
        ledger: Ledger,
        runs: Runs,
        holders: Holders,
        page_replies: PageReplies,
        date: Callable[[float], str],
    ) -> None:
        self._ledger = ledger
        self._runs = runs
        self._holders = holders
        self._page_replies = page_replies
        self._written = date

    def handled(self, frontend: Frontend, message: Message, now: float) -> bool:
        """
        Answer a page's message, if the plug-in asks something with it.

        Args:
            frontend: the page.
            message: its message.
            now: the time.

        Returns:
            Whether it was answered, so that the kernel must not get it.
        """
        if message.header.msg_type != "execute_request" or MARK not in bytes(message.parts[2]):
            return False
        if frontend.is_program:
            # It gets only what answers it, so it could not follow a run.
            return False
        try:
            asked = _read_metadata(message.parts[2]).comm_broker
            content = _read_content(message.parts[3])
        except MalformedMessageError:
            return False
        if content.code or not content.silent:
            # This is a cell whose own metadata look like the mark.
            return False
        if asked.version != VERSION or asked.ask not in ("runs", "attach"):
            what = f"this server speaks version {VERSION}: it can be asked for runs, and to attach"
            self._page_replies.refuse(frontend, message, "UnknownAsk", what, now)
        elif asked.ask == "runs":
            self._list(frontend, message, asked.code, now)
        else:
            self._attach(frontend, message, now)
        return True

    def _list(self, frontend: Frontend, message: Message, with_code: bool, now: float) -> None:
        runs = [self._told(run, with_code) for run in self._runs]
        lacks = frontend.take_lack()
        said = {
            "version": VERSION,
            "now": self._written(now),
            "lacks": lacks,
            "runs": runs,
            "inherited": sorted(self._runs.inherited),
        }
        content = {"status": "ok", "execution_count": None, "comm_broker": said}
        self._page_replies.reply(frontend, message, content, now)

    def _told(self, run: Run, with_code: bool) -> dict[str, Any]:
        of = self._runs.known(run)
        told = {
            "msg_id": of.msg_id,
            "cell_id": of.cell_id,
            "state": of.state,
            "sent_at": self._written(of.sent_at),
            "began_at": self._date(of.began_at),
            "ended_at": self._date(of.ended_at),
            "changed_at": self._written(of.changed_at),
            "execution_count": of.execution_count,
            "record_timing": of.records_timing,
            "messages": of.messages,
            "bytes": of.bytes,
            "bytes_dropped": of.bytes_dropped,
            "has_displays": of.has_displays,
            "asks": of.prompt is not None,
            "is_saved": of.is_saved,
            "code_sum": None if of.code is None else adler32(of.code.encode("utf-8", "replace")),
        }
        return {**told, "code": of.code} if with_code else told

    def _date(self, at: float | None) -> str | None:
        return None if at is None else self._written(at)

    def _attach(self, frontend: Frontend, message: Message, now: float) -> None:
        run = self._runs.get(message.header.msg_id)
        if run is None:
            what = "this server keeps no run with this msg_id"
            self._page_replies.refuse(frontend, message, "UnknownRun", what, now)
            return
        self._ledger.counters["attached_runs"] += 1
        self._holders.attached(frontend, run)
        self._holders.tell(
            frontend,
            run,
            "replay",
            now,
            state=run.state.value,
            began_at=self._date(run.began_at),
            messages=run.outputs.count,
            bytes_dropped=run.outputs.dropped,
        )
        if run.input is not None:
            self._holders.play(frontend, run.input)
        for output in run.outputs.played():
            self._holders.play(frontend, output)
        if run.captured:
            self._holders.tell(frontend, run, "captured", now)
        if run.question is not None:
            self._holders.play(frontend, run.question)
        self._holders.end(frontend, run, now)
