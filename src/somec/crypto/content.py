"""Content ciphers of XML Encryption: AES-GCM for everything we send, AES-CBC only to read old recordings.

Ciphertext is ``IV (12) || ciphertext || tag (16)`` for GCM (XML Encryption 1.1, 5.2.4) and ``IV (16) || ciphertext``
with ISO 10126 padding for CBC. Plaintext of a stream counts for nothing until :meth:`GcmDecryption.finish` has seen the
tag.
"""

from __future__ import annotations

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC, GCM

from somec.crypto.errors import AlgorithmUnknown, DecryptionFailed
from somec.crypto.suites import (
    AES128_CBC,
    AES128_GCM,
    AES192_CBC,
    AES192_GCM,
    AES256_CBC,
    AES256_GCM,
    CONTENT_KEY_BYTES,
)

IV_BYTES = 12
TAG_BYTES = 16
BLOCK_BYTES = 16
GCM_ALGORITHMS = frozenset({AES128_GCM, AES192_GCM, AES256_GCM})
CBC_ALGORITHMS = frozenset({AES128_CBC, AES192_CBC, AES256_CBC})


def encrypt(algorithm: str, key: bytes, data: bytes) -> bytes:
    """Encrypt octets with a GCM algorithm under a fresh IV."""
    _check(algorithm, key, GCM_ALGORITHMS)
    iv = os.urandom(IV_BYTES)
    return iv + AESGCM(key).encrypt(iv, data, None)


def decrypt(algorithm: str, key: bytes, data: bytes) -> bytes:
    """Decrypt octets. Raises DecryptionFailed, or AlgorithmUnknown for a cipher we do not have."""
    if algorithm in CBC_ALGORITHMS:
        return _decrypt_cbc(algorithm, key, data)
    _check(algorithm, key, GCM_ALGORITHMS)
    if len(data) < IV_BYTES + TAG_BYTES:
        raise DecryptionFailed
    try:
        return AESGCM(key).decrypt(data[:IV_BYTES], data[IV_BYTES:], None)
    except InvalidTag:
        raise DecryptionFailed from None


class GcmEncryption:
    """Encrypts a stream: take :attr:`iv` first, then every :meth:`update`, then :meth:`finish`."""

    def __init__(self, algorithm: str, key: bytes) -> None:
        _check(algorithm, key, GCM_ALGORITHMS)
        self.iv = os.urandom(IV_BYTES)
        self._context = Cipher(AES(key), GCM(self.iv)).encryptor()

    def update(self, data: bytes) -> bytes:
        """Return ciphertext for the next octets."""
        return self._context.update(data)

    def finish(self) -> bytes:
        """Return the tag, which ends the ciphertext."""
        self._context.finalize()
        return self._context.tag


class GcmDecryption:
    """Decrypts a stream whose IV and tag were read beforehand."""

    def __init__(self, algorithm: str, key: bytes, iv: bytes, tag: bytes) -> None:
        _check(algorithm, key, GCM_ALGORITHMS)
        if len(iv) != IV_BYTES or len(tag) != TAG_BYTES:
            raise DecryptionFailed
        self._context = Cipher(AES(key), GCM(iv, tag)).decryptor()

    def update(self, data: bytes) -> bytes:
        """Return plaintext that is not yet proven; keep it from everybody until :meth:`finish`."""
        return self._context.update(data)

    def finish(self) -> None:
        """Prove all plaintext so far, or raise DecryptionFailed."""
        try:
            self._context.finalize()
        except InvalidTag:
            raise DecryptionFailed from None


def _check(algorithm: str, key: bytes, allowed: frozenset[str]) -> None:
    if algorithm not in allowed:
        raise AlgorithmUnknown("algorithm.content")
    if len(key) != CONTENT_KEY_BYTES[algorithm]:
        raise DecryptionFailed


def _decrypt_cbc(algorithm: str, key: bytes, data: bytes) -> bytes:
    _check(algorithm, key, CBC_ALGORITHMS)
    if len(data) < 2 * BLOCK_BYTES or len(data) % BLOCK_BYTES:
        raise DecryptionFailed
    context = Cipher(AES(key), CBC(data[:BLOCK_BYTES])).decryptor()
    padded = context.update(data[BLOCK_BYTES:]) + context.finalize()
    if not 1 <= padded[-1] <= BLOCK_BYTES:
        raise DecryptionFailed
    return padded[: -padded[-1]]
