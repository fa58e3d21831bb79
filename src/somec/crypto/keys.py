"""Private keys: reading them from PEM and PKCS#12, making them, writing them encrypted. Never shown, never logged."""

from __future__ import annotations

from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa, x25519
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
    load_pem_private_key,
    pkcs12,
)

from somec.crypto.certificates import Certificate, load_certificate, load_certificates
from somec.crypto.errors import KeyUnreadable

RSA_BITS = 3072  # ENISA and SOG-IS: at least 3000 bits beyond 2025
RSA_EXPONENT = 65537
MIN_RSA_BITS = 2048  # smaller keys are refused for own use


@dataclass(frozen=True, slots=True)
class PrivateKey:
    """A private key that can sign, open or agree, depending on its kind."""

    key: PrivateKeyTypes = field(repr=False)

    @property
    def kind(self) -> str:
        """``rsa``, ``ed25519``, ``x25519`` or ``ec``."""
        for name, kind in _KINDS.items():
            if isinstance(self.key, kind):
                return name
        raise KeyUnreadable("key.unknown-kind")

    @property
    def spki(self) -> bytes:
        """The public half as DER SubjectPublicKeyInfo."""
        return self.key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)

    def fits(self, certificate: Certificate) -> bool:
        """Tell whether this is the key of ``certificate``."""
        return self.spki == certificate.spki

    def pem(self, password: str | None = None) -> bytes:
        """Write as PKCS#8 PEM, encrypted when there is a password."""
        protection: KeySerializationEncryption = (
            BestAvailableEncryption(password.encode()) if password else NoEncryption()
        )
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, protection)


_KINDS = {
    "rsa": rsa.RSAPrivateKey,
    "ed25519": ed25519.Ed25519PrivateKey,
    "x25519": x25519.X25519PrivateKey,
    "ec": ec.EllipticCurvePrivateKey,
}


@dataclass(frozen=True, slots=True)
class KeyPair:
    """A private key with its certificate and the certificates above it (issuer first)."""

    private: PrivateKey
    certificate: Certificate
    chain: tuple[Certificate, ...] = ()

    def __post_init__(self) -> None:
        if not self.private.fits(self.certificate):
            raise KeyUnreadable("key.other-certificate")


def load_private_key(data: bytes, password: str | None = None) -> PrivateKey:
    """Read a private key, PEM or DER. Raises KeyUnreadable, also for a wrong or missing password."""
    load = load_pem_private_key if b"-----BEGIN" in data else load_der_private_key
    try:
        key = load(data, password.encode() if password else None)
    except Exception as error:  # wrong password, damage and unknown kinds come as different types
        raise KeyUnreadable("key.unreadable") from error
    return PrivateKey(key)


def load_pkcs12(data: bytes, password: str | None = None) -> KeyPair:
    """Read key, certificate and chain of a PKCS#12 file (.p12, .pfx). Raises KeyUnreadable."""
    try:
        store = pkcs12.load_pkcs12(data, password.encode() if password is not None else None)
    except Exception as error:
        raise KeyUnreadable("key.unreadable") from error
    if store.key is None or store.cert is None:
        raise KeyUnreadable("key.not-in-store")
    certificate = load_certificate(store.cert.certificate.public_bytes(Encoding.DER))
    chain = tuple(load_certificate(one.certificate.public_bytes(Encoding.DER)) for one in store.additional_certs)
    return KeyPair(private=PrivateKey(store.key), certificate=certificate, chain=chain)


def load_key_pair(data: bytes, password: str | None = None) -> KeyPair:
    """Read a PKCS#12 file, or a PEM file that holds a key and its certificate. Raises KeyUnreadable."""
    if b"-----BEGIN" not in data:
        return load_pkcs12(data, password)
    private = load_private_key(data, password)
    certificates = load_certificates(data)
    own = next((one for one in certificates if private.fits(one)), None)
    if own is None:
        raise KeyUnreadable("key.not-in-store")
    return KeyPair(private=private, certificate=own, chain=tuple(one for one in certificates if one != own))


def store_pkcs12(pair: KeyPair, name: str, password: str) -> bytes:
    """Write a key pair with its chain as an encrypted PKCS#12 file."""
    return pkcs12.serialize_key_and_certificates(
        name.encode(),
        pair.private.key,  # type: ignore[arg-type]
        pair.certificate.parsed,
        [one.parsed for one in pair.chain],
        BestAvailableEncryption(password.encode()),
    )


def make_rsa_key(bits: int = RSA_BITS) -> PrivateKey:
    """Make an RSA key; less than MIN_RSA_BITS is refused (ValueError)."""
    if bits < MIN_RSA_BITS:
        message = "RSA key too short"
        raise ValueError(message)
    return PrivateKey(rsa.generate_private_key(RSA_EXPONENT, bits))


def make_signing_key() -> PrivateKey:
    """Make an Ed25519 key (eDelivery AS4 2.0: signatures)."""
    return PrivateKey(ed25519.Ed25519PrivateKey.generate())


def make_agreement_key() -> PrivateKey:
    """Make an X25519 key (eDelivery AS4 2.0: key agreement)."""
    return PrivateKey(x25519.X25519PrivateKey.generate())
