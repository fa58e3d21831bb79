"""Certificates are renewed for the same keys; what is not for a key is not put beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from somec.crypto.keys import load_key_pair
from somec.exchange import founding
from somec.exchange.keyring import ENCRYPTION, SIGNING, TLS
from somec.kernel.errors import NotPossibleNow, SomecError

NODE = {"state": "LV", "name": "Node of Latvia", "endpoint": "https://lv.example:8443/as4"}


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    founding.make_keys(tmp_path / "keys", **NODE)
    return tmp_path / "keys"


def test_renewal_keeps_the_keys_and_replaces_the_certificates(keys: Path) -> None:
    before = {file: load_key_pair((keys / file).read_bytes()) for file in (SIGNING, ENCRYPTION, TLS)}
    founding.renew(keys, **NODE)
    for file, old in before.items():
        new = load_key_pair((keys / file).read_bytes())
        assert new.private.spki == old.private.spki
        assert new.certificate.der != old.certificate.der
        assert new.certificate.subject == old.certificate.subject
        assert (keys / file).stat().st_mode & 0o777 == 0o600


def test_a_node_without_an_authority_of_its_own_asks_its_pki(keys: Path) -> None:
    (keys / founding.AUTHORITY).unlink()
    with pytest.raises(NotPossibleNow):
        founding.renew(keys, **NODE)
    assert set(founding.requests(keys, **NODE)) == {"signing.csr", "encryption.csr", "tls.csr"}


def test_a_certificate_for_another_key_is_refused_and_nothing_changes(keys: Path) -> None:
    before = (keys / SIGNING).read_bytes()
    other = load_key_pair((keys / ENCRYPTION).read_bytes()).certificate.pem()
    with pytest.raises(SomecError):
        founding.install(keys, SIGNING, other)
    assert (keys / SIGNING).read_bytes() == before
