"""
Takes over the kernels that an earlier server left.

While a gateway gives no answer, the kernels wait for it, and so do pages: a page that is told that
there is no such kernel gives it up for good (fact 6.12). After a while nobody is kept waiting any
more. The kernels stay in the file, and the next server tries again.
"""

from __future__ import annotations

import asyncio
import logging
import random
from dataclasses import replace
from typing import Any

from tornado.web import HTTPError

from jupyter_comm_broker.leaving.kernel_notes import KernelNotes
from jupyter_comm_broker.leaving.left_kernels import LeftKernels
from jupyter_comm_broker.transport.gateway.far_end import FarEnd, GatewayUnreachableError

PAUSE, LONGEST_PAUSE = 0.5, 5.0
"""Seconds before the next attempt. The pause doubles each time."""


class Adoption:
    """
    Adopts kernels and their sessions.

    Args:
        notes: knows what waits to be adopted.
        kernels: jupyter_server's kernel manager.
        sessions: jupyter_server's session manager.
        far: the gateway.
        seconds: how long a gateway may give no answer.
        log: is told what becomes of the kernels.
    """

    def __init__(
        self,
        notes: KernelNotes,
        kernels: Any,
        sessions: Any,
        far: FarEnd,
        seconds: float,
        log: logging.Logger,
    ) -> None:
        self._notes = notes
        self._kernels = kernels
        self._sessions = sessions
        self._seconds = seconds
        self._log = log
        self._far = far
        self._task: asyncio.Task[None] | None = None
        self._is_over = False
        self._why = ""
        self._said: set[str] = set()

    @property
    def waiting(self) -> frozenset[str]:
        """The kernels that wait to be adopted, and that others wait for."""
        return frozenset(() if self._is_over else self._notes.waiting.kernel_ids)

    @property
    def is_over(self) -> bool:
        """Whether nobody waits any more, for a kernel or for a session."""
        left = self._notes.waiting
        return self._is_over or not (left.kernel_ids or left.sessions)

    def start(self) -> None:
        """Begin to adopt. The event loop must run."""
        if self._task is None:
            self._task = asyncio.create_task(self._run(), name="adopting kernels")

    async def close(self) -> None:
        """Adopt nothing more. What waits stays in the file. May be called twice."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    async def _run(self) -> None:
        try:
            await self._adopt_all()
        except Exception:  # noqa: BLE001 - it is logged, and the server goes on
            self._log.exception("comm broker: adopting kernels failed")
        finally:
            # Whatever happened, nobody must wait for ever.
            self._is_over = True

    async def _adopt_all(self) -> None:
        # What is in the list by itself, such as an external kernel, needs no adoption.
        for each in self._notes.waiting.sessions:
            if each.kernel_id not in self.waiting and each.kernel_id in self._kernels:
                await self._save_sessions(each.kernel_id)
        named = self.waiting
        sessions = tuple(each for each in self._notes.waiting.sessions if each.kernel_id in named)
        self._settle(replace(self._notes.waiting, sessions=sessions))
        loop, pause = asyncio.get_running_loop(), PAUSE
        give_up_at = loop.time() + self._seconds
        while self.waiting:
            for kernel_id in self.waiting:
                if loop.time() < give_up_at:
                    await self._adopt(kernel_id)
            if self.waiting and loop.time() >= give_up_at:
                self._give_up()
                return
            # Many servers may be waiting for one gateway.
            await asyncio.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311 - nothing secret
            pause = min(2 * pause, LONGEST_PAUSE)

    async def _adopt(self, kernel_id: str) -> None:
        try:
            if exists := await self._far.has_kernel(kernel_id):
                await self._kernels.start_kernel(kernel_id=kernel_id)
                # jupyter_server adopts also what the gateway does not have (fact 6.13).
                exists = self._kernels.get_kernel(kernel_id).has_kernel
                if not exists:
                    self._kernels.remove_kernel(kernel_id)
            if exists:
                await self._save_sessions(kernel_id)
        except (GatewayUnreachableError, HTTPError) as error:
            self._complain(str(error))
            return
        except Exception as error:  # noqa: BLE001 - garbage of a gateway, or a fault: not yet
            self._complain(repr(error))
            return
        self._settled(kernel_id)
        said = "was adopted" if exists else "ended while no server was there"
        self._log.info("comm broker: kernel %s %s", kernel_id, said)

    async def _save_sessions(self, kernel_id: str) -> None:
        for each in self._notes.waiting.sessions_of(kernel_id):
            # A server with a session database of its own has the row.
            if not await self._has_session(each.session_id):
                await self._sessions.save_session(
                    each.session_id,
                    path=each.path,
                    name=each.name,
                    type=each.type,
                    kernel_id=kernel_id,
                )

    async def _has_session(self, session_id: str) -> bool:
        try:
            await self._sessions.get_session(session_id=session_id)
        except HTTPError:
            return False
        return True

    def _settled(self, kernel_id: str) -> None:
        left = self._notes.waiting
        self._settle(
            replace(
                left,
                kernel_ids=tuple(each for each in left.kernel_ids if each != kernel_id),
                sessions=tuple(each for each in left.sessions if each.kernel_id != kernel_id),
            )
        )

    def _settle(self, waiting: LeftKernels) -> None:
        self._notes.waiting = waiting
        self._notes.write()

    def _give_up(self) -> None:
        self._log.error(
            "comm broker: nobody waits any more for kernels of an earlier server, because after "
            "%s s (CommBroker.adopt_seconds) %s. The next server tries again. They are: %s",
            round(self._seconds),
            self._why,
            ", ".join(sorted(self.waiting)),
        )

    def _complain(self, why: str) -> None:
        self._why = why
        if why not in self._said:
            self._said.add(why)
            self._log.warning(
                "comm broker: kernels of an earlier server cannot be adopted yet: %s. "
                "Requests for them get a 503. The broker tries again.",
                why,
            )
