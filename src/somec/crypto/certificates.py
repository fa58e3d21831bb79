"""X.509 certificates: reading, naming, and deciding whether one may be trusted (RFC 5280).

Nodes pin the certificates of their peers (exchanged on a signed card, confirmed by two persons). A state's own PKI can
be used in addition: then the chain up to a pinned authority is checked, with validity, constraints and revocation.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, pkcs7

from somec.crypto.errors import CertificateRefused, KeyUnreadable

CACHED_CERTIFICATES = (
    1024  # parsed certificates kept; a node knows tens of peers, the rest is room for strangers' attempts
)
MAX_CHAIN = 8  # certificates from leaf to anchor; longer chains only serve to make us work
PEM_BEGIN = b"-----BEGIN CERTIFICATE-----"


@dataclass(frozen=True, slots=True, eq=False)
class Certificate:
    """A parsed certificate. Two are equal when their DER bytes are."""

    der: bytes = field(repr=False)
    subject: str
    """Distinguished name as RFC 4514 text."""
    issuer: str
    serial: int
    not_before: datetime
    not_after: datetime
    key_id: bytes
    """Subject key identifier: the extension, or SHA-1 of the public key bits where it is missing (RFC 5280, 4.2)."""
    thumbprint: str
    """SHA-256 of the DER bytes, lower-case hex."""
    public_key: PublicKeyTypes = field(repr=False)
    parsed: x509.Certificate = field(repr=False)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Certificate) and self.der == other.der

    def __hash__(self) -> int:
        return hash(self.der)

    @property
    def spki(self) -> bytes:
        """The public key as DER SubjectPublicKeyInfo."""
        return self.public_key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)

    def pem(self) -> bytes:
        """Return the certificate as PEM."""
        return self.parsed.public_bytes(Encoding.PEM)

    def valid_at(self, at: datetime) -> bool:
        """Tell whether ``at`` (aware) lies within the validity period, both ends included."""
        return self.not_before <= at <= self.not_after


@lru_cache(maxsize=CACHED_CERTIFICATES)
def _parse(der: bytes) -> Certificate:
    try:
        parsed = x509.load_der_x509_certificate(der)
        public_key = parsed.public_key()
        return Certificate(
            der=der,
            subject=parsed.subject.rfc4514_string(),
            issuer=parsed.issuer.rfc4514_string(),
            serial=parsed.serial_number,
            not_before=parsed.not_valid_before_utc,
            not_after=parsed.not_valid_after_utc,
            key_id=_key_id(parsed, public_key),
            thumbprint=hashlib.sha256(der).hexdigest(),
            public_key=public_key,
            parsed=parsed,
        )
    except Exception as error:  # the parser answers damage with many types; all of them mean the same here
        raise KeyUnreadable("certificate.unreadable") from error


def _key_id(parsed: x509.Certificate, public_key: PublicKeyTypes) -> bytes:
    try:
        return parsed.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest
    except (x509.ExtensionNotFound, ValueError):  # none, or extensions that nobody can read
        return x509.SubjectKeyIdentifier.from_public_key(public_key).digest  # type: ignore[arg-type]


def load_certificate(data: bytes) -> Certificate:
    """Read one certificate, DER or PEM. Raises KeyUnreadable."""
    found = load_certificates(data)
    if len(found) != 1:
        raise KeyUnreadable("certificate.not-one", count=len(found))
    return found[0]


def load_certificates(data: bytes) -> tuple[Certificate, ...]:
    """Read every certificate of a DER or PEM file, in file order. Raises KeyUnreadable when there is none."""
    if PEM_BEGIN not in data:
        return (_parse(bytes(data)),)
    try:
        parsed = x509.load_pem_x509_certificates(data)
    except ValueError as error:
        raise KeyUnreadable("certificate.unreadable") from error
    return tuple(_parse(one.public_bytes(Encoding.DER)) for one in parsed)


def load_pki_path(der: bytes) -> tuple[Certificate, ...]:
    """Read a PKIPath (DER SEQUENCE OF Certificate, authority first; X.509 token profile 1.1, X509PKIPathv1)."""
    body = _content(der, 0)
    start, stop = body
    found: list[Certificate] = []
    while start < stop:
        _, end = _content(der, start)
        found.append(_parse(der[start:end]))
        start = end
        if len(found) > MAX_CHAIN:
            raise KeyUnreadable("certificate.path-too-long")
    if not found or stop != len(der):
        raise KeyUnreadable("certificate.unreadable")
    return tuple(found)


def load_pkcs7(der: bytes) -> tuple[Certificate, ...]:
    """Read the certificates of a PKCS#7 bundle, which has no order: the end certificate first. Raises KeyUnreadable."""
    try:
        parsed = pkcs7.load_der_pkcs7_certificates(der)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise KeyUnreadable("certificate.unreadable") from error
    found = [_parse(one.public_bytes(Encoding.DER)) for one in parsed]
    if not found or len(found) > MAX_CHAIN:
        raise KeyUnreadable("certificate.path-too-long" if found else "certificate.unreadable")
    return tuple(
        sorted(found, key=lambda one: any(other is not one and other.issuer == one.subject for other in found))
    )


def rsa_modulus(certificate: Certificate) -> int:
    """Return the modulus of an RSA certificate, 0 for another kind."""
    key = certificate.public_key
    return key.public_numbers().n if isinstance(key, rsa.RSAPublicKey) else 0


def pki_path(chain: Sequence[Certificate]) -> bytes:
    """Write certificates (authority first) as a PKIPath."""
    content = b"".join(one.der for one in chain)
    size = len(content).to_bytes((len(content).bit_length() + 7) // 8 or 1, "big")
    length = size if len(content) < 128 else bytes([0x80 | len(size)]) + size  # noqa: PLR2004 - DER short form, X.690 8.1.3
    return b"\x30" + length + content


def _content(der: bytes, at: int) -> tuple[int, int]:
    """Return start and end of the content of the DER SEQUENCE that begins at ``at`` (X.690, 8.1)."""
    try:
        if der[at] != 0x30:  # noqa: PLR2004 - tag of SEQUENCE
            raise KeyUnreadable("certificate.unreadable")
        length, start = der[at + 1], at + 2
        if length & 0x80:
            count = length & 0x7F
            length, start = int.from_bytes(der[start : start + count], "big"), start + count
    except IndexError as error:
        raise KeyUnreadable("certificate.unreadable") from error
    if start + length > len(der):
        raise KeyUnreadable("certificate.unreadable")
    return start, start + length


@lru_cache(maxsize=64)
def load_revocations(data: bytes) -> x509.CertificateRevocationList:
    """Read a revocation list, DER or PEM. Raises KeyUnreadable."""
    try:
        if b"-----BEGIN" in data:
            return x509.load_pem_x509_crl(data)
        return x509.load_der_x509_crl(data)
    except ValueError as error:
        raise KeyUnreadable("revocations.unreadable") from error


def check_trust(
    certificate: Certificate,
    *,
    anchors: Iterable[Certificate],
    intermediates: Iterable[Certificate] = (),
    revocations: Iterable[x509.CertificateRevocationList] = (),
    at: datetime,
) -> tuple[Certificate, ...]:
    """Return the chain from ``certificate`` to one of ``anchors``; raise CertificateRefused where there is none.

    A certificate that is itself an anchor is trusted by that alone (it was pinned). Everybody on the chain must be
    valid at ``at``; issuers must be authorities that may sign certificates, within their path length; nobody may stand
    on a revocation list that his issuer signed.
    """
    pinned = set(anchors)
    lists = tuple(revocations)
    candidates = [*pinned, *intermediates]
    chain = [certificate]
    while chain[-1] not in pinned:
        _check_time(chain[-1], at)
        issuer = next((one for one in candidates if one not in chain and _issued(one, chain[-1], len(chain) - 1)), None)
        if issuer is None:
            raise CertificateRefused("certificate.unknown-issuer")
        _check_revoked(chain[-1], issuer, lists)
        chain.append(issuer)
        if len(chain) > MAX_CHAIN:
            raise CertificateRefused("certificate.path-too-long")
    _check_time(chain[-1], at)
    return tuple(chain)


def check_time(certificate: Certificate, at: datetime) -> None:
    """Raise CertificateRefused when ``at`` (aware) is outside the certificate's validity."""
    _check_time(certificate, at)


def _check_time(certificate: Certificate, at: datetime) -> None:
    if at < certificate.not_before:
        raise CertificateRefused("certificate.not-yet-valid")
    if at > certificate.not_after:
        raise CertificateRefused("certificate.expired")


def _issued(issuer: Certificate, subject: Certificate, below: int) -> bool:
    """Tell whether ``issuer`` may have and did sign ``subject``; ``below`` authorities stand between it and the end."""
    if issuer.subject != subject.issuer:
        return False
    try:
        extensions = issuer.parsed.extensions
        constraints = extensions.get_extension_for_class(x509.BasicConstraints).value
    except (x509.ExtensionNotFound, ValueError):  # no authority, or one whose extensions nobody can read
        return False
    if not constraints.ca or (constraints.path_length is not None and below > constraints.path_length):
        return False
    try:
        if not extensions.get_extension_for_class(x509.KeyUsage).value.key_cert_sign:
            return False
    except x509.ExtensionNotFound:
        pass  # RFC 5280: without the extension every use is allowed
    try:
        subject.parsed.verify_directly_issued_by(issuer.parsed)
    except (InvalidSignature, ValueError, TypeError):
        return False
    return True


def _check_revoked(
    subject: Certificate, issuer: Certificate, lists: tuple[x509.CertificateRevocationList, ...]
) -> None:
    for one in lists:
        genuine = one.issuer == issuer.parsed.subject and one.is_signature_valid(issuer.public_key)  # type: ignore[arg-type]
        if genuine and one.get_revoked_certificate_by_serial_number(subject.serial) is not None:
            raise CertificateRefused("certificate.revoked")


def find(
    certificates: Iterable[Certificate], *, key_id: bytes | None = None, serial: int | None = None
) -> Certificate | None:
    """Return the first certificate with this subject key identifier or serial number, or None."""
    return next(
        (
            one
            for one in certificates
            if (key_id is None or one.key_id == key_id) and (serial is None or one.serial == serial)
        ),
        None,
    )
