"""What every test rests on: a throw-away node, fast passwords, no network beyond this machine."""

from __future__ import annotations

import os
import tempfile

os.environ.setdefault("SOMEC_FAST_PASSWORDS", "1")
os.environ.setdefault("SOMEC_NODE", tempfile.mkdtemp(prefix="somec-test-"))
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")

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
