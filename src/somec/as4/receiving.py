"""Opening a user message: every check, in an order that spends little on strangers, until all of it may be believed.

MIME, XML, header, P-Mode; then signature algorithms, signer, signature value and header digests; only then our
private key is used: decrypt, payload digests, coverage; last decompress. The result is complete or there is an
:class:`As4Error`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from somec.as4 import decryption, verification
from somec.as4.compression import Budget, accept_plain, decompress
from somec.as4.errors import (
    EXTERNAL_PAYLOAD_ERROR,
    FAILED_AUTHENTICATION,
    FEATURE_NOT_SUPPORTED,
    INVALID_HEADER,
    MIME_INCONSISTENCY,
    POLICY_NONCOMPLIANCE,
    PROCESSING_MODE_MISMATCH,
    VALUE_INCONSISTENT,
    As4Error,
)
from somec.as4.headers import SIGNAL_MESSAGE, USER_MESSAGE, read_info, read_user_message
from somec.as4.message import (
    CHARACTER_SET,
    COMPRESSION_TYPE,
    FINAL_RECIPIENT,
    MIME_TYPE,
    ORIGINAL_SENDER,
    Part,
    PartInfo,
    Reference,
    UserMessage,
)
from somec.as4.mime import parse_content_type, split
from somec.as4.namespaces import GZIP_TYPE, SOAP_TYPE
from somec.as4.octets import Octets
from somec.as4.pmode import DEFAULT_LIMITS, Limits, PMode, Terms
from somec.as4.soap import Soap, body_is_empty, check_understood, read_soap, refuse
from somec.crypto.certificates import Certificate, check_time
from somec.crypto.errors import CertificateRefused
from somec.kernel import clock

Resolve = Callable[[UserMessage], Terms | None]
_ENCODING_NAME = re.compile(r"[A-Za-z][A-Za-z0-9._-]*")  # EncName, XML 1.0, 4.3.3
_OUR_PROPERTIES = frozenset({MIME_TYPE, CHARACTER_SET, COMPRESSION_TYPE})


@dataclass(frozen=True, slots=True)
class Received:
    """A user message that holds: signed by the peer it names, opened with our key, every octet of it covered."""

    message: UserMessage
    parts: tuple[Part, ...]
    """In the order of the header; the first is the leading document."""
    references: tuple[Reference, ...]
    """What was signed; goes into the receipt unchanged."""
    signer: Certificate
    terms: Terms
    soap: bytes
    """The SOAP part as it came, to be kept as evidence."""

    @property
    def is_test(self) -> bool:
        """Tell whether this is a ping: answer with a receipt, deliver to nobody."""
        return self.message.is_test


@dataclass(frozen=True, slots=True)
class Unpacked:
    """The SOAP part and the payloads of a message, by content id, transfer encoding undone."""

    soap: bytes
    parts: dict[str, Octets]
    types: dict[str, str]


def unpack(content_type: str, body: Octets, limits: Limits) -> Unpacked:
    """Split a message into its SOAP part and payloads. Raises EBMS:0007."""
    if body.size > limits.message:
        raise refuse(MIME_INCONSISTENCY, "message.too-large")
    declared = parse_content_type(content_type)
    if declared.type == SOAP_TYPE:
        return Unpacked(soap=_small(body, limits), parts={}, types={})
    if declared.type != "multipart/related" or declared.get("type").lower() not in {SOAP_TYPE, ""}:
        raise refuse(MIME_INCONSISTENCY, "mime.type")
    found = split(body, declared.get("boundary"), limits)
    start = declared.get("start").strip().removeprefix("<").removesuffix(">")
    root = next((one for one in found if start and one.content_id == start), found[0])
    if root.content_type.type != SOAP_TYPE:
        raise refuse(MIME_INCONSISTENCY, "mime.root-type")
    if (root.content_type.get("charset") or "utf-8").lower() not in {"utf-8", "us-ascii"}:
        raise refuse(MIME_INCONSISTENCY, "mime.charset")
    payloads = [one for one in found if one is not root]
    parts = {one.content_id: one.content for one in payloads}
    if "" in parts or len(parts) != len(payloads):
        raise refuse(MIME_INCONSISTENCY, "mime.content-id")
    types = {one.content_id: one.content_type.type for one in payloads}
    return Unpacked(soap=_small(root.content, limits), parts=parts, types=types)


def _small(content: Octets, limits: Limits) -> bytes:
    if content.size > limits.envelope:
        raise refuse(MIME_INCONSISTENCY, "soap.too-large")
    return content.read()


def open_message(
    content_type: str,
    body: Octets | bytes,
    *,
    resolve: Resolve,
    limits: Limits = DEFAULT_LIMITS,
    at: datetime | None = None,
) -> Received:
    """Open and judge a pushed user message.

    ``resolve`` finds the terms for a header (``pmode.select`` helps); for a stranger it gives None or raises As4Error.
    Raises As4Error with the EBMS code for the sender and, as far as it could be read, the id of the message.
    """
    octets = Octets.of(body) if isinstance(body, bytes) else body
    unpacked = unpack(content_type, octets, limits)
    soap = read_soap(unpacked.soap)
    message = _header(soap)
    try:
        terms = resolve(message)
        if terms is None:
            raise refuse(PROCESSING_MODE_MISMATCH, "pmode.none")
        return _open(message, soap, unpacked, terms, at or clock.now())
    except As4Error as error:
        raise verification.with_reference(error, message.message_id) from error.__cause__


def _header(soap: Soap) -> UserMessage:
    """Return the one user message of the envelope. Raises EBMS:0003 for several, 0008 for a signal."""
    units = list(soap.messaging)
    if not units:
        raise refuse(INVALID_HEADER, "header.empty")
    try:
        if len(units) > 1:
            raise refuse(VALUE_INCONSISTENT, "header.several-units")
        if units[0].tag == SIGNAL_MESSAGE:  # receipts and errors come as answers only (E115, 1.4.3.2)
            raise refuse(FEATURE_NOT_SUPPORTED, "header.signal")
        if units[0].tag != USER_MESSAGE:
            raise refuse(INVALID_HEADER, "header.unknown-unit")
        return read_user_message(units[0])
    except As4Error as error:
        raise verification.with_reference(error, _first_id(soap)) from error.__cause__


def _first_id(soap: Soap) -> str:
    try:
        return read_info(soap.messaging[0]).message_id
    except As4Error:
        return ""


def _open(message: UserMessage, soap: Soap, unpacked: Unpacked, terms: Terms, at: datetime) -> Received:
    pmode = terms.pmode
    _check_shape(message, soap, unpacked.parts, pmode)
    signature = verification.read_signature(soap, pmode.limits.references)
    if signature is None:
        raise refuse(POLICY_NONCOMPLIANCE, "signature.missing")
    verification.check_algorithms(signature, pmode.accepts)
    signer = verification.signer_of(signature, terms.peer.signing)
    try:
        check_time(signer, at)
    except CertificateRefused as error:
        raise refuse(FAILED_AUTHENTICATION, "signature.certificate-expired") from error
    verification.check_value(signature, signer)
    verification.check_header(signature, soap)
    opened, types = _decrypt(soap, unpacked, terms)
    verification.check_parts(signature, opened, types)
    budget = Budget(pmode.limits)
    return Received(
        message=message,
        parts=tuple(_part(info, opened, types, budget) for info in message.parts),
        references=tuple(one.reference for one in signature.references),
        signer=signer,
        terms=terms,
        soap=unpacked.soap,
    )


def _check_shape(message: UserMessage, soap: Soap, parts: Mapping[str, Octets], pmode: PMode) -> None:
    """Check what needs no key: header blocks, empty body, four corners, header and MIME parts naming each other."""
    check_understood(soap)
    if not body_is_empty(soap):
        raise refuse(FEATURE_NOT_SUPPORTED, "payload.in-body")
    named = {one.name for one in message.properties}
    if pmode.four_corner and not message.is_test and not {ORIGINAL_SENDER, FINAL_RECIPIENT} <= named:
        raise refuse(VALUE_INCONSISTENT, "message.four-corner")
    listed = [verification.part_of(one.content_id, parts) for one in message.parts]
    if None in listed:
        raise refuse(EXTERNAL_PAYLOAD_ERROR, "payload.missing")
    if len(set(listed)) != len(listed):
        raise refuse(VALUE_INCONSISTENT, "payload.named-twice")
    if set(listed) != set(parts):
        raise refuse(MIME_INCONSISTENCY, "mime.unnamed-part")
    for one in message.parts:
        check_part_properties(one)


def check_part_properties(info: PartInfo) -> None:
    """Raise EBMS:0003 for an unknown compression, a missing MimeType of a compressed part, or an impossible charset."""
    compression, charset = info.value(COMPRESSION_TYPE), info.value(CHARACTER_SET)
    if compression and compression != GZIP_TYPE:
        raise refuse(VALUE_INCONSISTENT, "payload.compression-type")
    if compression and not info.value(MIME_TYPE):
        raise refuse(VALUE_INCONSISTENT, "payload.mime-type")
    if charset and not _ENCODING_NAME.fullmatch(charset):
        raise refuse(VALUE_INCONSISTENT, "payload.charset")


def _decrypt(soap: Soap, unpacked: Unpacked, terms: Terms) -> tuple[dict[str, Octets], dict[str, str]]:
    """Return the payloads as they were signed, and their media types then. Raises EBMS:0102, 0103."""
    parts = unpacked.parts
    encrypted = decryption.read_encryption(soap, parts, terms.keys.decryption)
    decryption.check_algorithms(encrypted, terms.pmode.accepts)
    names = [one.content_id for one in encrypted]
    if len(set(names)) != len(names):
        raise refuse(POLICY_NONCOMPLIANCE, "encryption.twice")
    if terms.pmode.encrypt and set(names) != set(parts):
        raise refuse(POLICY_NONCOMPLIANCE, "encryption.missing")
    opened, types = dict(parts), dict(unpacked.types)
    keys: dict[int, bytes] = {}
    for one in encrypted:
        if id(one.key) not in keys:
            keys[id(one.key)] = decryption.open_key(one.key, terms.keys.decryption)
        opened[one.content_id] = decryption.open_part(one, parts[one.content_id], keys[id(one.key)])
        types[one.content_id] = one.mime_type or types[one.content_id]
    return opened, types


def _part(info: PartInfo, opened: Mapping[str, Octets], types: Mapping[str, str], budget: Budget) -> Part:
    name = verification.part_of(info.content_id, opened) or ""
    content = packed = opened[name]
    if info.value(COMPRESSION_TYPE):
        content, sha256 = decompress(content, budget)
    else:
        sha256 = accept_plain(content, budget)
    return Part(
        content=content,
        content_id=name,
        mime_type=info.value(MIME_TYPE) or types.get(name, ""),
        charset=info.value(CHARACTER_SET),
        properties=tuple(one for one in info.properties if one.name not in _OUR_PROPERTIES),
        compress=bool(info.value(COMPRESSION_TYPE)),
        sha256=sha256,
        packed=packed,
    )
