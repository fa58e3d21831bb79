"""Making certificates: an authority of our own for demonstrations and pilots; requests (PKCS#10) for a state's PKI."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key
from cryptography.x509.oid import NameOID

from somec.crypto.certificates import Certificate, load_certificate
from somec.crypto.errors import KeyUnreadable
from somec.crypto.keys import KeyPair, PrivateKey

AUTHORITY_DAYS = 3650
CERTIFICATE_DAYS = 730
BACKDATED = timedelta(minutes=5)  # clocks of peers differ; a fresh certificate must not be "not yet valid" there


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom a certificate names."""

    common_name: str
    organisation: str = ""
    country: str = ""
    """ISO 3166-1 alpha-2, or empty."""
    hosts: tuple[str, ...] = ()
    """DNS names and IP addresses, for TLS."""

    def name(self) -> x509.Name:
        """Return the distinguished name, in the usual order: country, organisation, common name."""
        wanted = (
            (NameOID.COUNTRY_NAME, self.country),
            (NameOID.ORGANIZATION_NAME, self.organisation),
            (NameOID.COMMON_NAME, self.common_name),
        )
        return x509.Name([x509.NameAttribute(oid, value) for oid, value in wanted if value])


def make_authority(subject: Subject, key: PrivateKey, *, at: datetime, days: int = AUTHORITY_DAYS) -> KeyPair:
    """Make a self-signed certificate authority that may sign end certificates only."""
    usage = _usage(key_cert_sign=True, crl_sign=True)
    builder = _builder(subject, subject.name(), key.spki, at, days)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    builder = builder.add_extension(usage, critical=True)
    return KeyPair(private=key, certificate=_signed(builder, key))


def issue(
    authority: KeyPair, subject: Subject, spki: bytes, *, at: datetime, days: int = CERTIFICATE_DAYS
) -> Certificate:
    """Issue an end certificate for the public key ``spki`` (DER SubjectPublicKeyInfo). Works for X25519 too."""
    builder = _builder(subject, authority.certificate.parsed.subject, spki, at, days)
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    usage = _usage(digital_signature=True, content_commitment=True, key_encipherment=True, key_agreement=True)
    builder = builder.add_extension(usage, critical=True)
    return _signed(builder, authority.private)


def issue_pair(
    authority: KeyPair, subject: Subject, key: PrivateKey, *, at: datetime, days: int = CERTIFICATE_DAYS
) -> KeyPair:
    """Issue a certificate for our own key and return both with the authority's certificate as chain."""
    certificate = issue(authority, subject, key.spki, at=at, days=days)
    return KeyPair(private=key, certificate=certificate, chain=(authority.certificate,))


def make_request(subject: Subject, key: PrivateKey) -> bytes:
    """Return a certificate request (PKCS#10, PEM) for a state's PKI."""
    builder = x509.CertificateSigningRequestBuilder().subject_name(subject.name())
    if subject.hosts:
        names = x509.SubjectAlternativeName(_names(subject.hosts))
        builder = builder.add_extension(names, critical=False)
    try:
        return builder.sign(key.key, _hash_for(key)).public_bytes(Encoding.PEM)  # type: ignore[arg-type]
    except (TypeError, UnsupportedAlgorithm) as error:  # an X25519 key cannot sign its own request
        raise KeyUnreadable("key.cannot-sign") from error


def issue_for_request(authority: KeyPair, request: bytes, *, at: datetime, days: int = CERTIFICATE_DAYS) -> Certificate:
    """Issue a certificate for a request (PEM) whose signature proves possession of the key."""
    try:
        parsed = x509.load_pem_x509_csr(request)
    except ValueError as error:
        raise KeyUnreadable("request.unreadable") from error
    if not parsed.is_signature_valid:
        raise KeyUnreadable("request.signature")
    wanted = {attribute.oid: str(attribute.value) for attribute in parsed.subject}
    try:
        names = parsed.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        addresses = [str(address) for address in names.get_values_for_type(x509.IPAddress)]
        hosts = (*names.get_values_for_type(x509.DNSName), *addresses)
    except x509.ExtensionNotFound:
        hosts = ()
    subject = Subject(
        common_name=wanted.get(NameOID.COMMON_NAME, ""),
        organisation=wanted.get(NameOID.ORGANIZATION_NAME, ""),
        country=wanted.get(NameOID.COUNTRY_NAME, ""),
        hosts=hosts,
    )
    return issue(
        authority,
        subject,
        parsed.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        at=at,
        days=days,
    )


def _builder(subject: Subject, issuer: x509.Name, spki: bytes, at: datetime, days: int) -> x509.CertificateBuilder:
    public_key = load_der_public_key(spki)
    key_id = x509.SubjectKeyIdentifier.from_public_key(public_key)  # type: ignore[arg-type]
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject.name())
        .issuer_name(issuer)
        .public_key(public_key)  # type: ignore[arg-type]
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - BACKDATED)
        .not_valid_after(at + timedelta(days=days))
        .add_extension(key_id, critical=False)
    )
    if subject.hosts:
        builder = builder.add_extension(x509.SubjectAlternativeName(_names(subject.hosts)), critical=False)
    return builder


def _names(hosts: Sequence[str]) -> list[x509.GeneralName]:
    return [_name(host) for host in hosts]


def _name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _signed(builder: x509.CertificateBuilder, key: PrivateKey) -> Certificate:
    parsed = builder.sign(key.key, _hash_for(key))  # type: ignore[arg-type]
    return load_certificate(parsed.public_bytes(Encoding.DER))


def _hash_for(key: PrivateKey) -> hashes.SHA256 | None:
    return None if isinstance(key.key, ed25519.Ed25519PrivateKey) else hashes.SHA256()


def _usage(**wanted: bool) -> x509.KeyUsage:
    names = (
        "digital_signature",
        "content_commitment",
        "key_encipherment",
        "data_encipherment",
        "key_agreement",
        "key_cert_sign",
        "crl_sign",
        "encipher_only",
        "decipher_only",
    )
    return x509.KeyUsage(**{name: wanted.get(name, False) for name in names})
