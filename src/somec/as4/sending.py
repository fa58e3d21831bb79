"""Building a user message: compress, sign, encrypt, pack (E115, 1.4.2). It is sent, and resent, octet for octet."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from somec.as4 import envelope, security
from somec.as4.attachments import is_rewritten
from somec.as4.compression import compress
from somec.as4.errors import PROCESSING_MODE_MISMATCH, VALUE_INCONSISTENT, As4Error
from somec.as4.message import (
    CHARACTER_SET,
    COMPRESSION_TYPE,
    FINAL_RECIPIENT,
    MIME_TYPE,
    ORIGINAL_SENDER,
    Part,
    PartInfo,
    Property,
    Reference,
    UserMessage,
)
from somec.as4.mime import close_part, close_parts, write_part
from somec.as4.namespaces import GZIP_TYPE, OCTET_TYPE, SOAP_TYPE
from somec.as4.octets import Collector, Octets
from somec.as4.pmode import LocalKeys, Peer, PMode
from somec.as4.xmltext import XmlUnwritable
from somec.crypto import content as ciphers
from somec.crypto import suites
from somec.crypto.certificates import check_time
from somec.kernel import clock

# Needs no escape in a URI, an attribute or a MIME header; no plus, which WSS4J takes for a blank (form encoding).
_CONTENT_ID = re.compile(r"[A-Za-z0-9!$'*._~=@-]{1,200}")
_MIME_TYPE = re.compile(r"[A-Za-z0-9!#$&^_.+-]+/[A-Za-z0-9!#$&^_.+-]+(?:\s*;[ -~]*)?")
_MESSAGE_ID = re.compile(r"[^\s<>@]+@[^\s<>@]+")
_SMALL = 1 << 20  # payloads up to this size are encrypted in one call


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message ready to be posted. Store ``body`` and ``references``: retries send the same octets."""

    message_id: str
    message: UserMessage
    content_type: str
    body: Octets
    references: tuple[Reference, ...]


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A payload as it will be signed: compressed, with its header entry."""

    info: PartInfo
    content: Octets
    wire_type: str


def build(
    message: UserMessage,
    parts: Sequence[Part],
    *,
    pmode: PMode,
    keys: LocalKeys,
    peer: Peer,
    at: datetime | None = None,
) -> Outgoing:
    """Build the message that carries ``parts`` (``message.parts`` is filled in).

    Raises As4Error (EBMS:0010, 0003) for a message that does not fit its P-Mode, CertificateRefused when our or the
    peer's certificate is not valid now: such a message waits, it is not sent.
    """
    moment = at or clock.now()
    check_time(keys.signing.certificate, moment)
    _check(message, parts, pmode)
    prepared = [_prepare(part, message.message_id, n, pmode) for n, part in enumerate(parts)]
    complete = replace(message, parts=tuple(one.info for one in prepared))
    identifier = secrets.token_hex(8)
    sealed, content_key = "", b""
    if pmode.encrypt and prepared:
        check_time(peer.encryption, moment)
        content_key = suites.new_content_key(pmode.algorithms.content)
        listed = [(one.info.content_id, one.wire_type) for one in prepared]
        sealed = security.encryption(listed, content_key, peer.encryption, pmode.algorithms, identifier)
    soap, references = _sign(complete, prepared, pmode, keys, identifier=identifier, sealed=sealed)
    content_type, body = _pack(soap, prepared, pmode, content_key)
    return Outgoing(
        message_id=message.message_id, message=complete, content_type=content_type, body=body, references=references
    )


def _check(message: UserMessage, parts: Sequence[Part], pmode: PMode) -> None:
    if not pmode.covers(message):
        raise As4Error(PROCESSING_MODE_MISMATCH, "pmode.none", ref_to_message_id=message.message_id)
    if not _MESSAGE_ID.fullmatch(message.message_id):
        raise As4Error(VALUE_INCONSISTENT, "message.id")
    named = {one.name for one in message.properties}
    if pmode.four_corner and not message.is_test and not {ORIGINAL_SENDER, FINAL_RECIPIENT} <= named:
        raise As4Error(VALUE_INCONSISTENT, "message.four-corner")
    if len(parts) > pmode.limits.parts or sum(part.content.size for part in parts) > pmode.limits.payloads:
        raise As4Error(VALUE_INCONSISTENT, "message.too-large")
    given = [part.content_id for part in parts if part.content_id]
    well_formed = all(_CONTENT_ID.fullmatch(one) for one in given) and len(set(given)) == len(given)
    if not well_formed or not all(_MIME_TYPE.fullmatch(part.mime_type) for part in parts):
        raise As4Error(VALUE_INCONSISTENT, "message.part")


def _prepare(part: Part, message_id: str, number: int, pmode: PMode) -> _Prepared:
    properties = [Property(MIME_TYPE, part.mime_type)]
    if part.charset:
        properties.append(Property(CHARACTER_SET, part.charset))
    wanted = pmode.compress if part.compress is None else part.compress
    content = part.content
    # Where the SwA profile would have the receiver rewrite the content before hashing, the type is told in the header
    # only: then a receiver that follows it and one that does not hash the same octets.
    wire_type = OCTET_TYPE if is_rewritten(part.mime_type) else part.mime_type
    if wanted:
        properties.append(Property(COMPRESSION_TYPE, GZIP_TYPE))
        content, wire_type = part.packed or compress(part.content, pmode.compression_level), GZIP_TYPE
    content_id = part.content_id or f"part-{number + 1}-{secrets.token_hex(8)}@{message_id.rpartition('@')[2]}"
    info = PartInfo(content_id=content_id, properties=(*properties, *part.properties))
    return _Prepared(info=info, content=content, wire_type=wire_type)


def _sign(
    message: UserMessage, prepared: list[_Prepared], pmode: PMode, keys: LocalKeys, *, identifier: str, sealed: str
) -> tuple[bytes, tuple[Reference, ...]]:
    header_id, body_id = f"messaging-{identifier}", f"body-{identifier}"
    try:
        messaging = envelope.messaging(header_id, envelope.user_message(message))
    except XmlUnwritable as error:
        raise As4Error(VALUE_INCONSISTENT, "message.character") from error
    body = envelope.body(body_id)
    suite = pmode.algorithms
    references = (
        security.reference(f"#{header_id}", suite.digest, suites.digest(suite.digest, messaging.encode())),
        security.reference(f"#{body_id}", suite.digest, suites.digest(suite.digest, body.encode())),
        *(security.reference(f"cid:{one.info.content_id}", suite.digest, _sha256(one.content)) for one in prepared),
    )
    signed = security.signature(references, keys.signing, suite.signature, pmode.key_reference, f"X509-{identifier}")
    return envelope.envelope(sealed + signed, messaging, body), references


def _sha256(content: Octets) -> bytes:
    digest = hashlib.sha256()
    for piece in content.chunks():
        digest.update(piece)
    return digest.digest()


def _pack(soap: bytes, prepared: list[_Prepared], pmode: PMode, content_key: bytes) -> tuple[str, Octets]:
    if not prepared:
        return f"{SOAP_TYPE};charset=UTF-8", Octets.of(soap)
    unique = secrets.token_hex(16)
    boundary, root = f"somec-{unique}", f"root-{unique}@somec"
    with Collector() as collector:
        write_part(
            collector,
            boundary,
            [
                ("Content-Type", f"{SOAP_TYPE}; charset=UTF-8"),
                ("Content-Transfer-Encoding", "binary"),
                ("Content-ID", f"<{root}>"),
            ],
        )
        collector.write(soap)
        close_part(collector)
        for one in prepared:
            write_part(
                collector,
                boundary,
                [
                    ("Content-Type", OCTET_TYPE if content_key else one.wire_type),
                    ("Content-Transfer-Encoding", "binary"),
                    ("Content-ID", f"<{one.info.content_id}>"),
                ],
            )
            _write_content(collector, one.content, pmode.algorithms.content, content_key)
            close_part(collector)
        close_parts(collector, boundary)
        content_type = (
            f'multipart/related; type="{SOAP_TYPE}"; boundary="{boundary}"; start="<{root}>"; start-info="{SOAP_TYPE}"'
        )
        return content_type, collector.finish()


def _write_content(collector: Collector, content: Octets, algorithm: str, key: bytes) -> None:
    if not key:
        for piece in content.chunks():
            collector.write(piece)
    elif content.in_memory and content.size <= _SMALL:
        collector.write(ciphers.encrypt(algorithm, key, content.read()))
    else:
        encryption = ciphers.GcmEncryption(algorithm, key)
        collector.write(encryption.iv)
        for piece in content.chunks():
            collector.write(encryption.update(piece))
        collector.write(encryption.finish())
