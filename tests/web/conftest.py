"""What pages of every topic share in tests: the node that is looked at is well unless a test says otherwise."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.utils import translation

from somec.exchange.lease import Lease


@pytest.fixture(autouse=True)
def _somebody_works(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the pages believe that a process of the node sends and raises alerts, as on every node that is well."""
    monkeypatch.setattr(Lease, "taken", lambda _lease: True)


@pytest.fixture(autouse=True)
def _language_of_the_last_page() -> Iterator[None]:
    """Forget it: a page in Latvian leaves the thread in Latvian, and what comes next would read its words."""
    yield
    translation.deactivate()
