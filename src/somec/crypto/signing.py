"""Ed25519 signatures and C2SP signed notes, the form in which checkpoints and peer cards are signed.

A note is text that ends in a newline, an empty line, and one line for each signature:
``— <key name> <base64(4-byte key id || signature)>`` (C2SP signed-note). The key id is the first four bytes of
SHA-256(name || 0x0A || 0x01 || public key).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from somec.kernel.errors import Invalid

_ALGORITHM_ED25519 = b"\x01"
_DASH = "\u2014"


@dataclass(frozen=True, slots=True)
class Verifier:
    """A name and the public Ed25519 key (32 raw bytes) that signs under it."""

    name: str
    public: bytes

    @property
    def key_id(self) -> bytes:
        """Return the four bytes that announce this key in a note."""
        return hashlib.sha256(self.name.encode() + b"\n" + _ALGORITHM_ED25519 + self.public).digest()[:4]

    def verify(self, data: bytes, signature: bytes) -> bool:
        """Tell whether the signature over ``data`` is this key's."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, data)
        except (InvalidSignature, ValueError):
            return False
        return True


class Signer:
    """A private Ed25519 key with the name it signs under; never printed."""

    def __init__(self, name: str, private: bytes) -> None:
        self.name = name
        self._key = Ed25519PrivateKey.from_private_bytes(private)
        self.verifier = Verifier(name, self._key.public_key().public_bytes_raw())

    def __repr__(self) -> str:
        return f"<Signer {self.name}>"

    def sign(self, data: bytes) -> bytes:
        """Return the 64-byte signature over ``data``."""
        return self._key.sign(data)


def new_private_key() -> bytes:
    """Return 32 fresh private bytes for Ed25519."""
    return Ed25519PrivateKey.generate().private_bytes_raw()


def sign_note(text: str, signer: Signer) -> str:
    """Return the note with the signer's line added; ``text`` must end in one newline, not in an empty line."""
    body = _body(text)
    signature = base64.b64encode(signer.verifier.key_id + signer.sign(body.encode())).decode()
    lines = text[len(body) :] or "\n"
    return f"{body}{lines}{_DASH} {signer.name} {signature}\n"


def _body(note: str) -> str:
    if not note.endswith("\n"):
        raise Invalid("note.no_newline")
    body, separator, _ = note.rpartition("\n\n")
    return body + "\n" if separator else note


def open_note(note: str, *verifiers: Verifier) -> tuple[str, list[str]]:
    """Return the text and the names whose signatures hold.

    Raises Invalid if the form is wrong or a known key's signature fails; unknown signers are passed over.
    """
    body = _body(note)
    known = {(verifier.name, verifier.key_id): verifier for verifier in verifiers}
    names: list[str] = []
    for line in note[len(body) + 1 :].splitlines():
        try:
            dash, name, encoded = line.split(" ")
            raw = base64.b64decode(encoded, validate=True)
        except (ValueError, binascii.Error) as error:
            raise Invalid("note.malformed") from error
        if dash != _DASH:
            raise Invalid("note.malformed")
        verifier = known.get((name, raw[:4]))
        if verifier is None:
            continue
        if not verifier.verify(body.encode(), raw[4:]):
            raise Invalid("note.signature", name=name)
        names.append(name)
    return body, names
