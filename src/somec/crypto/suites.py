"""The algorithms of eDelivery AS4 under their XML names, behind one small interface.

A :class:`Suite` says which algorithms a sender uses; what a receiver accepts is the suite plus what its P-Mode names
one by one. Adding a generation is adding a suite: 1.15 (RSA) and 2.0 (Ed25519, X25519) differ in nothing but the names
here and in how the content key travels.

Sources: eDelivery AS4 1.15, 1.4.2.6; eDelivery AS4 2.0 / ENTSOG AS4 4.0, 2.2.6.2.2-3; XML Encryption 1.1; RFC 9231.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from typing import Protocol

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa, x25519
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes, PublicKeyTypes
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key
from cryptography.x509 import ObjectIdentifier

from somec.crypto.certificates import Certificate
from somec.crypto.errors import AlgorithmUnknown, DecryptionFailed
from somec.crypto.keys import PrivateKey

_DSIG = "http://www.w3.org/2000/09/xmldsig#"
_MORE01 = "http://www.w3.org/2001/04/xmldsig-more#"
_MORE07 = "http://www.w3.org/2007/05/xmldsig-more#"
_MORE21 = "http://www.w3.org/2021/04/xmldsig-more#"
_XENC = "http://www.w3.org/2001/04/xmlenc#"
_XENC11 = "http://www.w3.org/2009/xmlenc11#"

SHA1 = _DSIG + "sha1"
SHA256 = _XENC + "sha256"
SHA384 = _MORE01 + "sha384"
SHA512 = _XENC + "sha512"
RSA_SHA1 = _DSIG + "rsa-sha1"
RSA_SHA256 = _MORE01 + "rsa-sha256"
RSA_SHA384 = _MORE01 + "rsa-sha384"
RSA_SHA512 = _MORE01 + "rsa-sha512"
RSA_PSS_SHA256 = _MORE07 + "sha256-rsa-MGF1"
ECDSA_SHA256 = _MORE01 + "ecdsa-sha256"
ECDSA_SHA384 = _MORE01 + "ecdsa-sha384"
ECDSA_SHA512 = _MORE01 + "ecdsa-sha512"
ED25519 = _MORE21 + "eddsa-ed25519"
RSA_1_5 = _XENC + "rsa-1_5"
RSA_OAEP = _XENC11 + "rsa-oaep"
RSA_OAEP_MGF1P = _XENC + "rsa-oaep-mgf1p"
MGF1_SHA1 = _XENC11 + "mgf1sha1"
MGF1_SHA256 = _XENC11 + "mgf1sha256"
MGF1_SHA384 = _XENC11 + "mgf1sha384"
MGF1_SHA512 = _XENC11 + "mgf1sha512"
KW_AES128 = _XENC + "kw-aes128"
ECDH_ES = _XENC11 + "ECDH-ES"
X25519 = _MORE21 + "x25519"
HKDF_METHOD = _MORE21 + "hkdf"
HMAC_SHA256 = _MORE01 + "hmac-sha256"

AES128_GCM = _XENC11 + "aes128-gcm"
AES192_GCM = _XENC11 + "aes192-gcm"
AES256_GCM = _XENC11 + "aes256-gcm"
AES128_CBC = _XENC + "aes128-cbc"
AES192_CBC = _XENC + "aes192-cbc"
AES256_CBC = _XENC + "aes256-cbc"

CONTENT_KEY_BYTES = {AES128_GCM: 16, AES192_GCM: 24, AES256_GCM: 32, AES128_CBC: 16, AES192_CBC: 24, AES256_CBC: 32}
KEK_BYTES = 16
SALT_BYTES = 16

_HASHES: dict[str, tuple[str, hashes.HashAlgorithm]] = {
    SHA1: ("sha1", hashes.SHA1()),  # noqa: S303 - only ever used where a P-Mode names it, for recordings
    SHA256: ("sha256", hashes.SHA256()),
    SHA384: ("sha384", hashes.SHA384()),
    SHA512: ("sha512", hashes.SHA512()),
}
_MGF = {MGF1_SHA1: SHA1, MGF1_SHA256: SHA256, MGF1_SHA384: SHA384, MGF1_SHA512: SHA512}
_RSA = {RSA_SHA1: SHA1, RSA_SHA256: SHA256, RSA_SHA384: SHA384, RSA_SHA512: SHA512}
_ECDSA = {ECDSA_SHA256: SHA256, ECDSA_SHA384: SHA384, ECDSA_SHA512: SHA512}


class Hash(Protocol):
    """What hashlib returns."""

    def update(self, data: bytes, /) -> None:
        """Add octets."""

    def digest(self) -> bytes:
        """Return the digest of all octets so far."""


@dataclass(frozen=True, slots=True)
class Suite:
    """The algorithms one generation of the profile uses."""

    name: str
    signature: str
    digest: str
    content: str
    key: str
    """How the content key travels: RSA_OAEP (key transport) or X25519 (agreement, HKDF, AES key wrap)."""
    accepted: frozenset[str]
    """Everything a receiver accepts without further permission."""


EDELIVERY_1_15 = Suite(
    name="edelivery-1.15",
    signature=RSA_SHA256,
    digest=SHA256,
    content=AES128_GCM,
    key=RSA_OAEP,
    accepted=frozenset({RSA_SHA256, SHA256, AES128_GCM, RSA_OAEP, MGF1_SHA256}),
)
EDELIVERY_2_0 = Suite(
    name="edelivery-2.0",
    signature=ED25519,
    digest=SHA256,
    content=AES128_GCM,
    key=X25519,
    accepted=frozenset({ED25519, SHA256, AES128_GCM, KW_AES128, X25519, HKDF_METHOD, HMAC_SHA256}),
)
SUITES = {suite.name: suite for suite in (EDELIVERY_1_15, EDELIVERY_2_0)}

LEGACY = frozenset({
    SHA1, SHA384, SHA512, RSA_SHA1, RSA_SHA384, RSA_SHA512, RSA_PSS_SHA256, ECDSA_SHA256, ECDSA_SHA384, ECDSA_SHA512,
    RSA_OAEP_MGF1P, MGF1_SHA1, MGF1_SHA384, MGF1_SHA512, AES192_GCM, AES256_GCM, AES128_CBC, AES192_CBC, AES256_CBC,
    ECDH_ES,
})  # fmt: skip
"""What we can compute but no suite accepts: for recordings and for peers whose P-Mode names it."""
KNOWN = LEGACY.union(*(suite.accepted for suite in SUITES.values()))
DIGESTS = frozenset(_HASHES)
"""What may stand where a digest is named; a signature method there is a mistake or an attack."""
RECORDINGS = frozenset({RSA_1_5})
"""What no P-Mode can name: PKCS #1 v1.5 key transport betrays keys to whoever may ask often (Bleichenbacher 1998)."""


def new_digest(algorithm: str) -> Hash:
    """Return a fresh hash object for a digest name. Raises AlgorithmUnknown."""
    try:
        return hashlib.new(_HASHES[algorithm][0])
    except KeyError:
        raise AlgorithmUnknown("algorithm.digest") from None


def digest(algorithm: str, data: bytes) -> bytes:
    """Return the digest of ``data``."""
    if algorithm == SHA256:  # the common case, without the detour over a name
        return hashlib.sha256(data).digest()
    made = new_digest(algorithm)
    made.update(data)
    return made.digest()


def sha1(data: bytes) -> bytes:
    """Return the SHA-1 by which WS-Security names keys and certificates: a name, no protection."""
    return hashlib.sha1(data, usedforsecurity=False).digest()


def signature_for(private: PrivateKey) -> str:
    """Return the signature algorithm of our suites that fits this key. Raises AlgorithmUnknown."""
    kinds = {"rsa": RSA_SHA256, "ed25519": ED25519, "ec": ECDSA_SHA256}
    try:
        return kinds[private.kind]
    except KeyError:
        raise AlgorithmUnknown("algorithm.signature") from None


def sign(private: PrivateKey, algorithm: str, data: bytes) -> bytes:
    """Sign octets; the result is the raw value that XML Signature wants (r||s for ECDSA, RFC 9231)."""
    key = private.key
    if isinstance(key, rsa.RSAPrivateKey) and algorithm in _RSA:
        return key.sign(data, _PKCS1, _hash(_RSA[algorithm]))
    if isinstance(key, ed25519.Ed25519PrivateKey) and algorithm == ED25519:
        return key.sign(data)
    if isinstance(key, ec.EllipticCurvePrivateKey) and algorithm in _ECDSA:
        r, s = decode_dss_signature(key.sign(data, ec.ECDSA(_hash(_ECDSA[algorithm]))))
        size = (key.curve.key_size + 7) // 8
        return r.to_bytes(size, "big") + s.to_bytes(size, "big")
    raise AlgorithmUnknown("algorithm.signature")


def verify(certificate: Certificate, algorithm: str, signature: bytes, data: bytes) -> bool:
    """Tell whether ``signature`` over ``data`` was made with the certificate's key. Raises AlgorithmUnknown."""
    key = certificate.public_key
    try:
        _verify(key, algorithm, signature, data)
    except (InvalidSignature, ValueError, UnsupportedAlgorithm):  # also a key or a value of impossible size
        return False
    return True


def _verify(key: PublicKeyTypes, algorithm: str, signature: bytes, data: bytes) -> None:
    if isinstance(key, rsa.RSAPublicKey) and algorithm in _RSA:
        key.verify(signature, data, _PKCS1, _hash(_RSA[algorithm]))
    elif isinstance(key, rsa.RSAPublicKey) and algorithm == RSA_PSS_SHA256:
        key.verify(signature, data, padding.PSS(padding.MGF1(hashes.SHA256()), 32), hashes.SHA256())
    elif isinstance(key, ed25519.Ed25519PublicKey) and algorithm == ED25519:
        key.verify(signature, data)
    elif isinstance(key, ec.EllipticCurvePublicKey) and algorithm in _ECDSA:
        half = len(signature) // 2
        pair = int.from_bytes(signature[:half], "big"), int.from_bytes(signature[half:], "big")
        key.verify(encode_dss_signature(*pair), data, ec.ECDSA(_hash(_ECDSA[algorithm])))
    else:
        raise AlgorithmUnknown("algorithm.signature")


def new_content_key(algorithm: str) -> bytes:
    """Return a random key for a content cipher."""
    return os.urandom(CONTENT_KEY_BYTES[algorithm])


def transport_key(key: bytes, recipient: Certificate) -> bytes:
    """Encrypt a content key with RSA-OAEP, SHA-256 and MGF1-SHA-256 (1.15). Raises AlgorithmUnknown."""
    if not isinstance(recipient.public_key, rsa.RSAPublicKey):
        raise AlgorithmUnknown("algorithm.key-transport")
    return recipient.public_key.encrypt(key, _OAEP_SHA256)


def open_transported(
    private: PrivateKey, wrapped: bytes, digest_algorithm: str, mask: str, label: bytes = b""
) -> bytes:
    """Decrypt a content key that came by RSA-OAEP. Raises DecryptionFailed or AlgorithmUnknown."""
    if not isinstance(private.key, rsa.RSAPrivateKey) or mask not in _MGF or digest_algorithm not in _HASHES:
        raise AlgorithmUnknown("algorithm.key-transport")
    oaep = padding.OAEP(padding.MGF1(_hash(_MGF[mask])), _hash(digest_algorithm), label=label or None)
    try:
        return private.key.decrypt(wrapped, oaep)
    except ValueError:
        raise DecryptionFailed from None


def open_transported_1_5(private: PrivateKey, wrapped: bytes) -> bytes:
    """Decrypt a content key of an old recording. Raises DecryptionFailed or AlgorithmUnknown.

    Never for a message that somebody is waiting to see answered, see RECORDINGS.
    """
    if not isinstance(private.key, rsa.RSAPrivateKey):
        raise AlgorithmUnknown("algorithm.key-transport")
    try:
        return private.key.decrypt(wrapped, _PKCS1)
    except ValueError:
        raise DecryptionFailed from None


@dataclass(frozen=True, slots=True)
class AgreedKey:
    """A content key wrapped by X25519 agreement: what has to travel for the recipient to open it (2.0)."""

    originator: bytes
    """Ephemeral public key, DER SubjectPublicKeyInfo."""
    salt: bytes
    info: bytes
    wrapped: bytes
    method: str = X25519
    """X25519, or ECDH_ES of the alternative in eDelivery AS4 2.0 for other curves, which we read but do not write."""


def agree_key(key: bytes, recipient: Certificate) -> AgreedKey:
    """Wrap a content key: ephemeral X25519, HKDF-SHA-256, AES-128 key wrap. Raises AlgorithmUnknown."""
    if not isinstance(recipient.public_key, x25519.X25519PublicKey):
        raise AlgorithmUnknown("algorithm.key-agreement")
    ephemeral = x25519.X25519PrivateKey.generate()
    salt = os.urandom(SALT_BYTES)
    kek = _kek(ephemeral.exchange(recipient.public_key), salt, b"")
    originator = ephemeral.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return AgreedKey(originator=originator, salt=salt, info=b"", wrapped=aes_key_wrap(kek, key))


def open_agreed(private: PrivateKey, agreed: AgreedKey) -> bytes:
    """Unwrap a content key that came by agreement. Raises DecryptionFailed or AlgorithmUnknown."""
    try:
        originator = load_der_public_key(agreed.originator)
        kek = _kek(_shared(private.key, originator, agreed.method), agreed.salt, agreed.info)
        return aes_key_unwrap(kek, agreed.wrapped)
    except (ValueError, InvalidUnwrap, UnsupportedAlgorithm):
        raise DecryptionFailed from None


def _shared(private: PrivateKeyTypes, originator: PublicKeyTypes, method: str) -> bytes:
    """Return the shared secret. A key that does not fit the method is never tried with another one."""
    if method == X25519 and isinstance(private, x25519.X25519PrivateKey):
        if isinstance(originator, x25519.X25519PublicKey):
            return private.exchange(originator)
    elif method == ECDH_ES and isinstance(private, ec.EllipticCurvePrivateKey):
        if isinstance(originator, ec.EllipticCurvePublicKey) and originator.curve.name == private.curve.name:
            return private.exchange(ec.ECDH(), originator)
    else:
        raise AlgorithmUnknown("algorithm.key-agreement")
    raise DecryptionFailed


def curve_point(oid: str, point: bytes) -> bytes:
    """Return the public key of a point on a named curve as DER SubjectPublicKeyInfo. Raises DecryptionFailed."""
    try:
        curve = ec.get_curve_for_oid(ObjectIdentifier(oid))()
        key = ec.EllipticCurvePublicKey.from_encoded_point(curve, point)
    except (LookupError, ValueError):
        raise DecryptionFailed from None
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _kek(shared: bytes, salt: bytes, info: bytes) -> bytes:
    return HKDF(hashes.SHA256(), KEK_BYTES, salt, info).derive(shared)


def _hash(algorithm: str) -> hashes.HashAlgorithm:
    return _HASHES[algorithm][1]


_PKCS1 = padding.PKCS1v15()
_OAEP_SHA256: padding.OAEP = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), label=None)
