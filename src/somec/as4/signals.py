"""Receipts and errors: what a receiver answers, how a sender judges it (AS4 5.1.8; E115, 1.4.3.2; ebMS 3.0, 6).

A receipt carries the references of the message it is for, copied octet for octet, under the receiver's signature: with
it the sender can prove what was received. It counts only when every digest the sender signed is in it.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from lxml import etree

from somec.as4 import envelope, security, verification
from somec.as4.errors import (
    FAILED_AUTHENTICATION,
    INVALID_HEADER,
    INVALID_RECEIPT,
    POLICY_NONCOMPLIANCE,
    As4Error,
)
from somec.as4.headers import (
    SIGNAL_MESSAGE,
    MessageInfo,
    ReportedError,
    read_errors,
    read_info,
    read_receipt,
)
from somec.as4.message import Reference, new_message_id
from somec.as4.mime import parse_content_type, split
from somec.as4.namespaces import SOAP_TYPE
from somec.as4.octets import Octets
from somec.as4.pmode import DEFAULT_LIMITS, Limits, LocalKeys, Peer, PMode
from somec.as4.receiving import Received
from somec.as4.soap import Soap, canonical, parse, read_soap, refuse, take_apart, within
from somec.crypto import suites
from somec.crypto.certificates import Certificate, check_time
from somec.crypto.errors import CertificateRefused
from somec.kernel import clock

SIGNAL_TYPE = f"{SOAP_TYPE};charset=UTF-8"
_OUR_DECLARATIONS = tuple(f" xmlns:{prefix}=".encode() for prefix in ("S12", "eb", "ebbp", "wsu"))


@dataclass(frozen=True, slots=True)
class Signal:
    """A signal ready to be answered with; store it, a duplicate gets the same octets."""

    message_id: str
    content_type: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Receipt:
    """A receipt as it was read. Believe it only after :func:`check_receipt`."""

    info: MessageInfo
    references: tuple[Reference, ...]
    soap: Soap = field(repr=False, compare=False)
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class ErrorSignal:
    """Errors as the other side reported them; ``signed`` says only that there is a signature, not that it holds."""

    info: MessageInfo
    errors: tuple[ReportedError, ...]
    signed: bool


@dataclass(frozen=True, slots=True)
class SoapFault:
    """A SOAP fault without an ebMS signal."""

    code: str
    reason: str


def build_receipt(received: Received, *, keys: LocalKeys, at: datetime | None = None) -> Signal:
    """Return the signed receipt with non-repudiation information for a message that is durably stored."""
    message_id = new_message_id(_domain(received.message.recipient.id.value))
    references = b"".join(
        b"<ebbp:MessagePartNRInformation>%b</ebbp:MessagePartNRInformation>" % one.xml for one in received.references
    )
    content = envelope.receipt(message_id, at or clock.now(), received.message.message_id, references.decode())
    tidy = not any(one in references for one in _OUR_DECLARATIONS)
    pmode = received.terms.pmode
    return _signal(message_id, content, keys, pmode.algorithms.digest, pmode.key_reference, tidy=tidy)


def build_error(
    errors: Sequence[As4Error],
    *,
    keys: LocalKeys | None = None,
    ref_to_message_id: str | None = None,
    domain: str = "somec",
    at: datetime | None = None,
) -> Signal:
    """Return an error signal, signed when ``keys`` are given. It says the EBMS code and our reason code, never more."""
    ref = ref_to_message_id
    if ref is None:
        ref = next((one.ref_to_message_id for one in errors if one.ref_to_message_id), "")
    message_id = new_message_id(domain)
    content = envelope.errors(message_id, at or clock.now(), ref, list(errors))
    return _signal(message_id, content, keys, suites.SHA256, "token", tidy=True)


def _domain(party: str) -> str:
    """Return something fit for the right side of a message id, out of a party id."""
    return re.sub(r"[^A-Za-z0-9.-]+", "-", party).strip("-.") or "somec"


def _signal(
    message_id: str, content: str, keys: LocalKeys | None, digest: str, key_reference: str, *, tidy: bool
) -> Signal:
    identifier = secrets.token_hex(8)
    messaging, body = envelope.messaging(f"messaging-{identifier}", content), envelope.body(f"body-{identifier}")
    if not tidy:  # a copied reference uses one of our prefixes: let the canonicaliser decide what has to be declared
        messaging = canonical(parse(messaging.encode())).decode()
    secured = ""
    if keys is not None:
        references = (
            security.reference(f"#messaging-{identifier}", digest, suites.digest(digest, messaging.encode())),
            security.reference(f"#body-{identifier}", digest, suites.digest(digest, body.encode())),
        )
        method = suites.signature_for(keys.signing.private)
        secured = security.signature(references, keys.signing, method, key_reference, f"X509-{identifier}")
    return Signal(message_id, SIGNAL_TYPE, envelope.envelope(secured, messaging, body))


def read_response(
    body: bytes, content_type: str = "", limits: Limits = DEFAULT_LIMITS
) -> Receipt | ErrorSignal | SoapFault | None:
    """Read the body of an HTTP response, whatever its status; None when it is empty (no receipt came).

    Raises As4Error when it is something else than a signal or a fault.
    """
    if not body or body.isspace():
        return None
    declared = parse_content_type(content_type)
    if declared.type == "multipart/related":
        body = split(Octets.of(body), declared.get("boundary"), limits)[0].content.read()
    if len(body) > limits.envelope:
        raise refuse(INVALID_HEADER, "soap.too-large")
    root = parse(body)
    fault = read_fault(root)
    try:
        soap = take_apart(root)
    except As4Error:
        if fault is not None:
            return fault
        raise
    return _read_signal(soap, body, fault)


def _read_signal(soap: Soap, body: bytes, fault: SoapFault | None) -> Receipt | ErrorSignal | SoapFault:
    units = list(soap.messaging)
    if len(units) != 1 or units[0].tag != SIGNAL_MESSAGE:
        if fault is not None:
            return fault
        raise refuse(INVALID_HEADER, "header.signal-expected")
    references = read_receipt(units[0])
    if references is not None:
        return Receipt(info=read_info(units[0]), references=references, soap=soap, body=body)
    errors = read_errors(units[0])
    if not errors:
        raise refuse(INVALID_HEADER, "header.signal-expected")
    return ErrorSignal(info=read_info(units[0]), errors=errors, signed=soap.security is not None)


def read_fault(root: etree._Element) -> SoapFault | None:
    """Return the SOAP fault of an envelope (1.2 or, from older stacks, 1.1)."""
    namespace = etree.QName(root).namespace or ""
    for element in within(root, namespace, "Fault"):
        values = [str(piece) for piece in element.itertext() if str(piece).strip()]
        code = values[0].strip()[:200] if values else ""
        reason = values[-1].strip()[:200] if len(values) > 1 else ""
        return SoapFault(code=code, reason=reason)
    return None


def check_receipt(
    receipt: Receipt,
    *,
    message_id: str,
    references: Iterable[Reference],
    pmode: PMode,
    peer: Peer,
    at: datetime | None = None,
) -> Certificate:
    """Return the signer of a receipt that proves reception of our message; raise EBMS:0302 otherwise.

    Checked: the signature, by a certificate of this peer, over eb:Messaging and the body; that it answers this message;
    and that every reference we signed is in it with the same digest method and value.
    """
    try:
        if receipt.info.ref_to_message_id != message_id:
            raise refuse(INVALID_RECEIPT, "receipt.other-message")
        signer = _check_signature(receipt.soap, pmode.accepts, peer.signing, pmode.limits, at or clock.now())
        _check_references(receipt.references, references)
    except As4Error as error:
        raise As4Error(INVALID_RECEIPT, error.reason, place=error.place, ref_to_message_id=message_id) from error
    return signer


def check_error(
    body: bytes, *, pmode: PMode, peer: Peer, limits: Limits = DEFAULT_LIMITS, at: datetime | None = None
) -> Certificate:
    """Return the signer of a signed error signal. Raises EBMS:0101 or 0103 when it is unsigned or does not hold."""
    return _check_signature(read_soap(body), pmode.accepts, peer.signing, limits, at or clock.now())


def _check_signature(
    soap: Soap, accepts: Callable[[str], bool], pinned: Sequence[Certificate], limits: Limits, at: datetime
) -> Certificate:
    signature = verification.read_signature(soap, limits.references, keep=False)
    if signature is None:
        raise refuse(POLICY_NONCOMPLIANCE, "signature.missing")
    verification.check_algorithms(signature, accepts)
    signer = verification.signer_of(signature, pinned)
    try:
        check_time(signer, at)
    except CertificateRefused as error:
        raise refuse(FAILED_AUTHENTICATION, "signature.certificate-expired") from error
    verification.check_value(signature, signer)
    verification.check_header(signature, soap)
    verification.check_parts(signature, {}, {})
    return signer


def _check_references(proven: Iterable[Reference], signed: Iterable[Reference]) -> None:
    """Compare as sets: each of ours must be there once, and nothing that we did not sign."""
    theirs = sorted((one.uri, one.digest_method, one.digest) for one in proven)
    ours = sorted((one.uri, one.digest_method, one.digest) for one in signed)
    if theirs != ours:
        raise refuse(INVALID_RECEIPT, "receipt.references")
