"""The text of the WS-Security header we send: tokens, signature, encrypted key (E115, 1.4.2.6; WSS 1.1.1; SwA 1.1).

The content of ds:SignedInfo is written in canonical form and signed as it stands.
"""

from __future__ import annotations

import binascii
from collections.abc import Sequence
from functools import lru_cache

from somec.as4.message import Reference
from somec.as4.namespaces import (
    ATTACHMENT_CIPHERTEXT,
    ATTACHMENT_CONTENT,
    ATTACHMENT_CONTENT_ONLY,
    BASE64_BINARY,
    DS,
    DSIG11,
    DSIG_MORE,
    ENCRYPTED_KEY_TOKEN,
    EXC_C14N,
    WSSE11,
    X509_KEY_ID,
    X509V3,
    XENC,
    XENC11,
)
from somec.as4.pmode import CACHED_TOKENS, ISSUER_SERIAL, KEY_IDENTIFIER, TOKEN
from somec.as4.xmltext import attribute, text
from somec.crypto import suites
from somec.crypto.certificates import Certificate
from somec.crypto.keys import KeyPair
from somec.crypto.suites import Suite


def base64_text(data: bytes) -> str:
    """Return base64 without line breaks."""
    return binascii.b2a_base64(data, newline=False).decode("ascii")


def reference(uri: str, digest_method: str, digest: bytes) -> Reference:
    """Return a ds:Reference to an element (``#id``) or a payload (``cid:``), canonical as apex of its own document."""
    transform = ATTACHMENT_CONTENT if uri.startswith("cid:") else EXC_C14N
    xml = (
        f'<ds:Reference xmlns:ds="{DS}" URI="{attribute(uri)}"><ds:Transforms><ds:Transform Algorithm="{transform}">'
        f'</ds:Transform></ds:Transforms><ds:DigestMethod Algorithm="{digest_method}"></ds:DigestMethod>'
        f"<ds:DigestValue>{base64_text(digest)}</ds:DigestValue></ds:Reference>"
    )
    return Reference(uri=uri, digest_method=digest_method, digest=digest, xml=xml.encode())


def signature(references: Sequence[Reference], keys: KeyPair, method: str, key_reference: str, token: str) -> str:
    """Sign and return BinarySecurityToken (if the token is how the key is named) and ds:Signature."""
    apex = f' xmlns:ds="{DS}"'
    signed_references = "".join(one.xml.decode().replace(apex, "", 1) for one in references)
    signed_info = (
        f'<ds:SignedInfo xmlns:ds="{DS}"><ds:CanonicalizationMethod Algorithm="{EXC_C14N}"></ds:CanonicalizationMethod>'
        f'<ds:SignatureMethod Algorithm="{method}"></ds:SignatureMethod>{signed_references}</ds:SignedInfo>'
    )
    value = suites.sign(keys.private, method, signed_info.encode())
    bst = binary_token(token, keys.certificate) if key_reference == TOKEN else ""
    return (
        f'{bst}<ds:Signature xmlns:ds="{DS}">{signed_info}<ds:SignatureValue>{base64_text(value)}</ds:SignatureValue>'
        f"<ds:KeyInfo>{_token_reference(keys.certificate, key_reference, token)}</ds:KeyInfo></ds:Signature>"
    )


def binary_token(identifier: str, certificate: Certificate) -> str:
    """Return wsse:BinarySecurityToken with the certificate."""
    return (
        f'<wsse:BinarySecurityToken EncodingType="{BASE64_BINARY}" ValueType="{X509V3}" wsu:Id="{identifier}">'
        f"{_certificate_text(certificate)}</wsse:BinarySecurityToken>"
    )


@lru_cache(maxsize=CACHED_TOKENS)
def _certificate_text(certificate: Certificate) -> str:
    """Return base64 of the certificate; every message to a peer carries the same two."""
    return base64_text(certificate.der)


def _token_reference(certificate: Certificate, key_reference: str, token: str) -> str:
    if key_reference == KEY_IDENTIFIER:
        named = (
            f'<wsse:KeyIdentifier EncodingType="{BASE64_BINARY}" ValueType="{X509_KEY_ID}">'
            f"{base64_text(certificate.key_id)}</wsse:KeyIdentifier>"
        )
    elif key_reference == ISSUER_SERIAL:
        named = (
            f"<ds:X509Data><ds:X509IssuerSerial><ds:X509IssuerName>{text(certificate.issuer)}</ds:X509IssuerName>"
            f"<ds:X509SerialNumber>{certificate.serial}</ds:X509SerialNumber></ds:X509IssuerSerial></ds:X509Data>"
        )
    else:
        named = f'<wsse:Reference URI="#{token}" ValueType="{X509V3}"></wsse:Reference>'
    return f"<wsse:SecurityTokenReference>{named}</wsse:SecurityTokenReference>"


def encryption(
    parts: Sequence[tuple[str, str]], content_key: bytes, recipient: Certificate, suite: Suite, identifier: str
) -> str:
    """Return token, xenc:EncryptedKey, and one xenc:EncryptedData for each part (content id, type beforehand)."""
    token, key = f"BST-{identifier}", f"EK-{identifier}"
    listed = "".join(f'<xenc:DataReference URI="#ED-{identifier}-{n}"></xenc:DataReference>' for n in range(len(parts)))
    named = _token_reference(recipient, TOKEN, token)
    method, carried, wrapped = _wrap(content_key, recipient, suite, named)
    encrypted_key = (
        f'<xenc:EncryptedKey xmlns:xenc="{XENC}" Id="{key}">{method}<ds:KeyInfo xmlns:ds="{DS}">{carried}</ds:KeyInfo>'
        f"<xenc:CipherData><xenc:CipherValue>{base64_text(wrapped)}</xenc:CipherValue></xenc:CipherData>"
        f"<xenc:ReferenceList>{listed}</xenc:ReferenceList></xenc:EncryptedKey>"
    )
    data = "".join(
        _encrypted_data(f"ED-{identifier}-{n}", key, content_id, mime_type, suite.content)
        for n, (content_id, mime_type) in enumerate(parts)
    )
    return binary_token(token, recipient) + encrypted_key + data


def _wrap(content_key: bytes, recipient: Certificate, suite: Suite, named: str) -> tuple[str, str, bytes]:
    """Return xenc:EncryptionMethod, the content of ds:KeyInfo, and the wrapped key."""
    if suite.key == suites.RSA_OAEP:
        method = (
            f'<xenc:EncryptionMethod Algorithm="{suites.RSA_OAEP}">'
            f'<ds:DigestMethod xmlns:ds="{DS}" Algorithm="{suites.SHA256}"></ds:DigestMethod>'
            f'<xenc11:MGF xmlns:xenc11="{XENC11}" Algorithm="{suites.MGF1_SHA256}"></xenc11:MGF>'
            "</xenc:EncryptionMethod>"
        )
        return method, named, suites.transport_key(content_key, recipient)
    agreed = suites.agree_key(content_key, recipient)
    info = f"<dsig-more:Info>{base64_text(agreed.info)}</dsig-more:Info>" if agreed.info else ""
    carried = (
        f'<xenc:AgreementMethod Algorithm="{suites.X25519}">'
        f'<xenc11:KeyDerivationMethod xmlns:xenc11="{XENC11}" Algorithm="{suites.HKDF_METHOD}">'
        f'<dsig-more:HKDFParams xmlns:dsig-more="{DSIG_MORE}">'
        f'<dsig-more:PRF Algorithm="{suites.HMAC_SHA256}"></dsig-more:PRF>'
        f"<dsig-more:Salt>{base64_text(agreed.salt)}</dsig-more:Salt>{info}"
        f"<dsig-more:KeyLength>{suites.KEK_BYTES}</dsig-more:KeyLength></dsig-more:HKDFParams>"
        "</xenc11:KeyDerivationMethod>"
        f'<xenc:OriginatorKeyInfo><dsig11:DEREncodedKeyValue xmlns:dsig11="{DSIG11}">{base64_text(agreed.originator)}'
        "</dsig11:DEREncodedKeyValue></xenc:OriginatorKeyInfo>"
        f"<xenc:RecipientKeyInfo>{named}</xenc:RecipientKeyInfo></xenc:AgreementMethod>"
    )
    method = f'<xenc:EncryptionMethod Algorithm="{suites.KW_AES128}"></xenc:EncryptionMethod>'
    return method, carried, agreed.wrapped


def _encrypted_data(identifier: str, key: str, content_id: str, mime_type: str, algorithm: str) -> str:
    return (
        f'<xenc:EncryptedData xmlns:xenc="{XENC}" Id="{identifier}" MimeType="{attribute(mime_type)}"'
        f' Type="{ATTACHMENT_CONTENT_ONLY}"><xenc:EncryptionMethod Algorithm="{algorithm}"></xenc:EncryptionMethod>'
        f'<ds:KeyInfo xmlns:ds="{DS}"><wsse:SecurityTokenReference xmlns:wsse11="{WSSE11}"'
        f' wsse11:TokenType="{ENCRYPTED_KEY_TOKEN}"><wsse:Reference URI="#{key}"></wsse:Reference>'
        "</wsse:SecurityTokenReference></ds:KeyInfo><xenc:CipherData>"
        f'<xenc:CipherReference URI="cid:{attribute(content_id)}"><xenc:Transforms><ds:Transform xmlns:ds="{DS}"'
        f' Algorithm="{ATTACHMENT_CIPHERTEXT}"></ds:Transform></xenc:Transforms></xenc:CipherReference>'
        "</xenc:CipherData></xenc:EncryptedData>"
    )
