"""Seal a short secret for the database: AES-256-GCM under a key derived from the node's own and bound to its use."""

from __future__ import annotations

import base64
import binascii
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from somec.crypto.errors import DecryptionFailed

_VERSION = b"\x01"
_IV_BYTES = 12
_KEY_BYTES = 32


def seal(secret: str, use: str, text: str) -> str:
    """Return ``text`` encrypted for ``use`` under ``secret``, as base64."""
    iv = os.urandom(_IV_BYTES)
    sealed = AESGCM(_key(secret, use)).encrypt(iv, text.encode(), _VERSION)
    return base64.b64encode(_VERSION + iv + sealed).decode()


def unseal(secret: str, use: str, sealed: str) -> str:
    """Return what was sealed; raises DecryptionFailed for another secret, another use or changed text."""
    try:
        data = base64.b64decode(sealed, validate=True)
        if data[:1] != _VERSION:
            raise DecryptionFailed
        iv, body = data[1 : 1 + _IV_BYTES], data[1 + _IV_BYTES :]
        return AESGCM(_key(secret, use)).decrypt(iv, body, _VERSION).decode()
    except (InvalidTag, binascii.Error, ValueError):
        raise DecryptionFailed from None


def _key(secret: str, use: str) -> bytes:
    return HKDF(hashes.SHA256(), _KEY_BYTES, None, b"somec sealing " + use.encode()).derive(secret.encode())
