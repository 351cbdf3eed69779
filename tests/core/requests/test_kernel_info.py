"""What the kernel said of itself is kept until its process ends."""

from __future__ import annotations

from jupyter_comm_broker.core.requests.kernel_info import KernelInfo


def test_the_latest_counts_until_the_process_ends() -> None:
    info = KernelInfo()
    assert (info.content, info.has_subshells) == (None, False)
    info.said(b'{"supported_features":["kernel subshells"]}')
    assert info.has_subshells
    info.said(b"{}")
    assert (info.content, info.has_subshells) == (b"{}", False)
    info.forget()
    assert info.content is None
