"""An external kernel has the same id in each server, and another kernel has another."""

from __future__ import annotations

import json
from pathlib import Path

from jupyter_client.multikernelmanager import AsyncMultiKernelManager

from jupyter_comm_broker.leaving.external_ids import ExternalIds, stable_id


def manager(folder: Path) -> AsyncMultiKernelManager:
    return AsyncMultiKernelManager(external_connection_dir=str(folder))


def connection_file(folder: Path, name: str, key: str = "key") -> Path:
    ports = {f"{each}_port": 0 for each in ("shell", "iopub", "stdin", "control", "hb")}
    known = {"ip": "127.0.0.1", "transport": "tcp", "signature_scheme": "hmac-sha256"}
    path = folder / name
    path.write_text(json.dumps({**ports, **known, "key": key, "kernel_name": "python3"}))
    return path


def test_two_servers_give_a_kernel_one_id(tmp_path: Path) -> None:
    one, two = connection_file(tmp_path, "one.json"), connection_file(tmp_path, "two.json")
    ids = []
    for _ in range(2):
        kernels = manager(tmp_path)
        external = ExternalIds(kernels)
        external.keep()
        ids.append(set(kernels.list_kernel_ids()))
        assert set(external.known()) == ids[-1]
        for kernel_id in ids[-1]:
            assert kernels.get_kernel(kernel_id).kernel_id == kernel_id
            assert kernel_id in kernels
    assert ids[0] == ids[1] == {stable_id(one, b"key"), stable_id(two, b"key")}


def test_a_kernel_that_comes_later_has_its_id_from_the_first_list_on(tmp_path: Path) -> None:
    kernels = manager(tmp_path)
    external = ExternalIds(kernels)
    external.keep()
    assert external.known() == []
    path = connection_file(tmp_path, "one.json")
    assert kernels.list_kernel_ids() == [stable_id(path, b"key")]
    path.unlink()
    assert kernels.list_kernel_ids() == []


def test_another_kernel_at_the_same_place_has_another_id(tmp_path: Path) -> None:
    path = tmp_path / "one.json"
    assert stable_id(path, b"key") != stable_id(path, b"other")
    assert stable_id(path, b"") == stable_id(path, b"")


def test_the_ids_are_jupyter_clients_again_after_the_end(tmp_path: Path) -> None:
    kernels = manager(tmp_path)
    external = ExternalIds(kernels)
    external.keep()
    external.close()
    external.close()
    path = connection_file(tmp_path, "one.json")
    assert kernels.list_kernel_ids() != [stable_id(path, b"key")]
