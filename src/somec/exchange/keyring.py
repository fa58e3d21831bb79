"""This node's own keys and card, read once from its folder.

Files below ``keys/`` (mode 0700): ``signing.pem`` and ``encryption.pem`` (AS4), ``tls.pem``, ``node.key`` (Ed25519: log
and card). Each PEM holds the key and its certificates; ``node.key`` 64 hexadecimal digits. Keys that are replaced stay
as ``encryption-*.pem``, so that messages made for them can still be opened. ``SOMEC_KEY_PASSWORD_FILE`` names a file
with the password of encrypted keys.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Final

from somec.as4.pmode import LocalKeys
from somec.crypto.certificates import Certificate, load_certificates
from somec.crypto.errors import KeyUnreadable
from somec.crypto.keys import KeyPair, load_key_pair
from somec.crypto.signing import Signer
from somec.exchange import cards, identity
from somec.exchange.cards import Card
from somec.kernel import clock
from somec.kernel.errors import NotPossibleNow

PASSWORD_VARIABLE: Final = "SOMEC_KEY_PASSWORD_FILE"  # noqa: S105 - the name of a variable
SIGNING: Final = "signing.pem"
ENCRYPTION: Final = "encryption.pem"
TLS: Final = "tls.pem"
NODE: Final = "node.key"


@dataclass(frozen=True)
class Keyring:
    """Everything secret that the exchange needs; shown as the folder's name only."""

    folder: Path
    signing: KeyPair = field(repr=False)
    decryption: tuple[KeyPair, ...] = field(repr=False)
    tls: Certificate = field(repr=False)
    tls_anchors: tuple[Certificate, ...] = field(repr=False)
    node: Signer = field(repr=False)

    @property
    def ends(self) -> datetime:
        """Return the instant at which our first certificate runs out: from then on nothing is sent."""
        return min(certificate.not_after for certificate in self.certificates.values())

    @property
    def certificates(self) -> Mapping[str, Certificate]:
        """Return the certificates in use by what they are for, as ``somec keys`` names them."""
        return {
            "signing": self.signing.certificate, "encryption": self.decryption[0].certificate, "tls": self.tls,
        }  # fmt: skip

    @property
    def tls_file(self) -> Path:
        """Return the file with TLS key and chain."""
        return self.folder / TLS

    @cached_property
    def local(self) -> LocalKeys:
        """Return the keys as AS4 wants them."""
        return LocalKeys(signing=self.signing, decryption=self.decryption)

    @cached_property
    def card(self) -> Card:
        """Return this node's own card."""
        own = identity.config()
        return Card(
            state=own.state, name=own.name, desk=own.desk, endpoint=own.endpoint, made=clock.now(),
            signing=(self.signing.certificate,), encryption=self.decryption[0].certificate, tls=self.tls_anchors,
            log_key=self.node.verifier.public,
        )  # fmt: skip


def password() -> str | None:
    """Return the password of the key files, or None when they are not encrypted."""
    file = os.environ.get(PASSWORD_VARIABLE)
    return Path(file).read_text(encoding="utf-8").rstrip("\n") if file else None


def load(folder: Path) -> Keyring:
    """Read the keys below ``folder``; raises NotPossibleNow naming the file that is not there."""
    secret = password()
    former = sorted(folder.glob("encryption-*.pem"))
    tls = load_certificates(_read(folder / TLS))
    return Keyring(
        folder=folder, signing=_pair(folder / SIGNING, secret),
        decryption=tuple(_pair(file, secret) for file in (folder / ENCRYPTION, *former)),
        tls=tls[0], tls_anchors=tls[1:] or tls, node=node_signer(folder),
    )  # fmt: skip


def node_signer(folder: Path | None = None) -> Signer:
    """Return the key that signs this node's log and card."""
    place = folder or identity.config().keys
    try:
        secret = bytes.fromhex(_read(place / NODE).decode("ascii").strip())
        return Signer(cards.log_name(identity.own_state()), secret)
    except ValueError as error:
        raise NotPossibleNow("node.key_unreadable", file=NODE) from error


def _pair(file: Path, secret: str | None) -> KeyPair:
    try:
        return load_key_pair(_read(file), secret)
    except KeyUnreadable as error:
        raise NotPossibleNow("node.key_unreadable", file=file.name) from error


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except FileNotFoundError as error:
        raise NotPossibleNow("node.key_missing", file=file.name) from error


_lock = Lock()
_loaded: dict[Path, Keyring] = {}


def keyring() -> Keyring:
    """Return this node's keys, read on first use."""
    folder = identity.config().keys
    with _lock:
        if folder not in _loaded:
            _loaded[folder] = load(folder)
        return _loaded[folder]


def reload() -> None:
    """Read the keys again on next use: after a renewal."""
    with _lock:
        _loaded.clear()
