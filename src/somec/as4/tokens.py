"""How a message names a key: token that came along, key identifier, issuer and serial, thumbprint (WSS X.509 1.1)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from lxml import etree

from somec.as4.errors import FAILED_AUTHENTICATION
from somec.as4.namespaces import DS, THUMBPRINT, WSSE, X509_KEY_ID, X509_PKCS7, X509_PKI_PATH
from somec.as4.pmode import CACHED_TOKENS
from somec.as4.soap import base64_of, children, from_base64, refuse, text_of, within
from somec.crypto.certificates import Certificate, load_certificate, load_pkcs7, load_pki_path, rsa_modulus
from somec.crypto.errors import KeyUnreadable
from somec.crypto.suites import sha1

BINARY_TOKEN = f"{{{WSSE}}}BinarySecurityToken"
_REFERENCE, _IDENTIFIER, _EMBEDDED = f"{{{WSSE}}}Reference", f"{{{WSSE}}}KeyIdentifier", f"{{{WSSE}}}Embedded"
_X509_DATA, _KEY_VALUE = f"{{{DS}}}X509Data", f"{{{DS}}}KeyValue"


@dataclass(frozen=True, slots=True)
class KeyName:
    """What a KeyInfo says: a certificate that came along (with its chain), or a name to look one up by."""

    certificate: Certificate | None = None
    chain: tuple[Certificate, ...] = ()
    key_id: bytes = b""
    issuer: str = ""
    serial: int | None = None
    thumbprint: bytes = b""
    modulus: int = 0
    """Of an RSA key that came without certificate."""

    def matches(self, certificate: Certificate) -> bool:
        """Tell whether this names ``certificate``. Issuer names are written in many ways; the serial number decides."""
        if self.certificate is not None:
            return certificate == self.certificate
        if self.key_id:
            return certificate.key_id == self.key_id
        if self.thumbprint:
            return sha1(certificate.der) == self.thumbprint
        if self.modulus:
            return rsa_modulus(certificate) == self.modulus
        return self.serial is not None and certificate.serial == self.serial

    def find(self, certificates: Iterable[Certificate]) -> Certificate | None:
        """Return the certificate that is named, out of those we know; where several bear the serial, by issuer too."""
        found = [one for one in certificates if self.matches(one)]
        if len(found) <= 1:
            return found[0] if found else None
        by_issuer = (one for one in found if _name(one.issuer) == _name(self.issuer))
        return next(by_issuer, found[0])

    @property
    def kind(self) -> str:
        """How the key is named, for reports."""
        if self.certificate is not None:
            return "token"
        if self.key_id:
            return "subject-key-identifier"
        if self.thumbprint:
            return "thumbprint"
        if self.modulus:
            return "key-value"
        return "issuer-serial" if self.serial is not None else "nothing"


def _name(value: str) -> frozenset[str]:
    """Return the parts of a distinguished name without their order, blanks and case, which writers disagree on."""
    return frozenset("".join(piece.split()).lower() for piece in re.split(r"(?<!\\)[,+;]", value) if piece.strip())


def read_key_name(key_info: etree._Element, ids: dict[str, etree._Element]) -> KeyName:
    """Read the security token reference inside a ds:KeyInfo (or xenc:RecipientKeyInfo). Raises EBMS:0101."""
    holder = next(iter(children(key_info, WSSE, "SecurityTokenReference")), key_info)
    try:
        for child in holder:
            if child.tag == _REFERENCE:
                return _token(ids.get(child.get("URI", "").removeprefix("#")))
            if child.tag == _IDENTIFIER:
                return _key_identifier(child)
            if child.tag == _EMBEDDED:
                return _token(next(iter(children(child, WSSE, "BinarySecurityToken")), None))
            if child.tag == _X509_DATA:
                return _x509_data(child)
            if child.tag == _KEY_VALUE:
                return _key_value(child)
    except KeyUnreadable as error:
        raise refuse(FAILED_AUTHENTICATION, "token.unreadable") from error
    raise refuse(FAILED_AUTHENTICATION, "token.missing")


def _token(element: etree._Element | None) -> KeyName:
    if element is None or element.tag != BINARY_TOKEN:
        raise refuse(FAILED_AUTHENTICATION, "token.missing")
    return _certificates(text_of(element), element.get("ValueType", ""))


@lru_cache(maxsize=CACHED_TOKENS)
def _certificates(text: str, type_: str) -> KeyName:
    """Read the text of a token. Every message of a peer brings the same one: it is decoded once."""
    octets = from_base64(text, "BinarySecurityToken")
    if type_ == X509_PKI_PATH:
        path = load_pki_path(octets)
        return KeyName(certificate=path[-1], chain=path[:-1])
    if type_ == X509_PKCS7:
        end, *above = load_pkcs7(octets)
        return KeyName(certificate=end, chain=tuple(above))
    return KeyName(certificate=load_certificate(octets))


def _key_value(element: etree._Element) -> KeyName:
    for modulus in within(element, DS, "Modulus"):
        return KeyName(modulus=int.from_bytes(base64_of(modulus)))
    raise refuse(FAILED_AUTHENTICATION, "token.missing")


def _key_identifier(element: etree._Element) -> KeyName:
    value, type_ = base64_of(element), element.get("ValueType", "")
    if type_ == X509_KEY_ID:
        return KeyName(key_id=value)
    if type_ == THUMBPRINT:
        return KeyName(thumbprint=value)
    return KeyName(certificate=load_certificate(value))


def _x509_data(element: etree._Element) -> KeyName:
    for serial in within(element, DS, "X509SerialNumber"):
        issuer = next(within(element, DS, "X509IssuerName"), None)
        try:
            number = int(text_of(serial))
        except ValueError as error:
            raise refuse(FAILED_AUTHENTICATION, "token.unreadable") from error
        return KeyName(issuer=text_of(issuer) if issuer is not None else "", serial=number)
    for key_id in within(element, DS, "X509SKI"):
        return KeyName(key_id=base64_of(key_id))
    for certificate in within(element, DS, "X509Certificate"):
        return KeyName(certificate=load_certificate(base64_of(certificate)))
    raise refuse(FAILED_AUTHENTICATION, "token.missing")
