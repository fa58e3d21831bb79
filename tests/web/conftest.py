"""What pages of every topic share in tests: the node that is looked at is well unless a test says otherwise."""

from __future__ import annotations

import pytest

from somec.exchange.lease import Lease


@pytest.fixture(autouse=True)
def _somebody_works(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the pages believe that a process of the node sends and raises alerts, as on every node that is well."""
    monkeypatch.setattr(Lease, "taken", lambda _lease: True)
