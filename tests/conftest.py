"""What every test rests on: no network beyond this machine. The node itself is settled in ``surroundings``."""

from __future__ import annotations

import ipaddress
import socket
from typing import Any

import pytest

_connect = socket.socket.connect


def _guarded(self: socket.socket, address: Any) -> None:
    if self.family in {socket.AF_INET, socket.AF_INET6}:
        host = address[0]
        local = host == "localhost" or ipaddress.ip_address(host).is_loopback
        if not local:
            message = f"a test tried to reach {host}"
            raise RuntimeError(message)
    _connect(self, address)


@pytest.fixture(autouse=True, scope="session")
def _no_network() -> Any:
    socket.socket.connect = _guarded  # type: ignore[method-assign]
    yield
    socket.socket.connect = _connect  # type: ignore[method-assign]
