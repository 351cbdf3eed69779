"""The fake kernel and ipykernel behave alike where tests of the transport rely on it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any, cast

import pytest
from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.connect import KernelConnectionInfo

from tests.fakes.kernel import ZmqKernel
from tests.until import until

SECONDS = 20


class Subject:
    """A kernel and a client of jupyter_client's that talks to it."""

    def __init__(self, info: Mapping[str, Any], fake: ZmqKernel | None) -> None:
        self.fake = fake
        self.info = info
        self.client = AsyncKernelClient()
        self.client.load_connection_info(cast("KernelConnectionInfo", dict(info)))
        self.client.start_channels(hb=False)

    async def told(self, msg_id: str) -> list[str]:
        """Return the states on iopub that are about a request, until its idle."""
        states: list[str] = []
        while "idle" not in states:
            message = await self.client.get_iopub_msg(timeout=SECONDS)
            if message["parent_header"].get("msg_id") == msg_id:
                states.append(message["content"]["execution_state"])
        return states

    async def ready(self) -> None:
        """Wait until something of iopub is heard: a fresh subscription misses the first words."""
        while True:
            self.client.kernel_info()
            await self.client.get_shell_msg(timeout=SECONDS)
            try:
                await self.client.get_iopub_msg(timeout=0.2)
            except Exception:  # noqa: BLE001, S112 - queue.Empty: not subscribed yet
                continue
            return


@pytest.fixture(params=["fake", "ipykernel"])
def subject(request: pytest.FixtureRequest) -> Callable[[], Any]:
    @asynccontextmanager
    async def made() -> AsyncIterator[Subject]:
        fake = ZmqKernel() if request.param == "fake" else None
        info = fake.connection_info if fake else request.getfixturevalue("real_kernel")
        subject = Subject(info, fake)
        try:
            await subject.ready()
            yield subject
        finally:
            subject.client.stop_channels()
            if fake is not None:
                fake.stop()

    return made


@pytest.mark.parametrize("channel", ["shell", "control"])
async def test_a_request_is_answered_to_the_asker_between_a_busy_and_an_idle(
    subject: Callable[[], Any], channel: str
) -> None:
    async with subject() as kernel:
        sent = kernel.client.session.msg("kernel_info_request")
        getattr(kernel.client, f"{channel}_channel").send(sent)
        reply = await getattr(kernel.client, f"get_{channel}_msg")(timeout=SECONDS)
        assert reply["msg_type"] == "kernel_info_reply"
        assert reply["parent_header"]["msg_id"] == sent["msg_id"]
        assert reply["content"]["status"] == "ok"
        assert {"language_info", "protocol_version"} <= reply["content"].keys()
        assert await kernel.told(sent["msg_id"]) == ["busy", "idle"]


async def test_no_comms_are_listed_while_there_are_none(subject: Callable[[], Any]) -> None:
    async with subject() as kernel:
        kernel.client.comm_info()
        reply = await kernel.client.get_shell_msg(timeout=SECONDS)
        assert reply["content"] == {"status": "ok", "comms": {}}


async def test_what_is_signed_with_another_key_is_ignored(subject: Callable[[], Any]) -> None:
    async with subject() as kernel:
        key = kernel.client.session.key
        kernel.client.session.key = b"another"
        kernel.client.kernel_info()
        kernel.client.session.key = key
        right = kernel.client.kernel_info()
        reply = await kernel.client.get_shell_msg(timeout=SECONDS)
        assert reply["parent_header"]["msg_id"] == right


async def test_input_is_asked_of_who_executes_under_the_identity_of_its_shell(
    subject: Callable[[], Any],
) -> None:
    async with subject() as kernel:
        executed = kernel.client.execute("input('who? ')", allow_stdin=True)
        request = None
        if kernel.fake is not None:
            request = await kernel.fake.taken("execute_request")
            await until(lambda: kernel.fake.asks_for_input(request, "who? "))
        asked = await kernel.client.get_stdin_msg(timeout=SECONDS)
        assert asked["parent_header"]["msg_id"] == executed
        assert asked["content"] == {"prompt": "who? ", "password": False}
        kernel.client.input("me")
        if kernel.fake is not None:
            assert (await kernel.fake.taken("input_reply")).content["value"] == "me"
            kernel.fake.reply(request, {"status": "ok", "execution_count": 1})
        reply = await kernel.client.get_shell_msg(timeout=SECONDS)
        assert (reply["msg_type"], reply["content"]["status"]) == ("execute_reply", "ok")
