from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from exchange.parcel import apps as parcel
from exchange.steps import Desk, DirectInbox, Wire
from exchange.twin import Twin
from somec.exchange import registry
from somec.exchange.directory import Directory
from somec.exchange.endpoint import Endpoint
from somec.exchange.keyring import Keyring


@pytest.fixture(scope="session")
def own() -> Twin:
    """This process's own node, as its peers see it."""
    return Twin(settings.CONFIG.state)


@pytest.fixture(scope="session")
def nl() -> Twin:
    return Twin("NL")


@pytest.fixture(scope="session")
def es() -> Twin:
    return Twin("ES")


@pytest.fixture(autouse=True)
def effects() -> Iterator[list[int]]:
    """Return the numbers of the parcels that took effect, in order."""
    seen: list[int] = []
    with parcel.effects_into(seen):
        parcel.register()
        yield seen
    for name in ("test-parcel", "test-reply", "test-recall"):
        registry.forget(name)


@pytest.fixture
def desk(db: None) -> Desk:
    """Two persons of the contact point and an officer, all of this state."""
    return Desk.open()


@pytest.fixture
def ring(own: Twin, tmp_path: Path) -> Keyring:
    return own.ring(tmp_path)


@pytest.fixture
def peers(desk: Desk, nl: Twin, es: Twin) -> Directory:
    """NL and ES are peers."""
    for twin in (nl, es):
        twin.got.clear()
        desk.trust(twin)
    return Directory()


@pytest.fixture
def endpoint(ring: Keyring, peers: Directory) -> Endpoint:
    return Endpoint(ring, peers, DirectInbox())


@pytest.fixture
def wire(ring: Keyring, peers: Directory, own: Twin, nl: Twin, es: Twin) -> Wire:
    """The sending loop, one turn at a time, with both peers at the other end of the line."""
    return Wire.between(ring, peers, own, (nl, es))
