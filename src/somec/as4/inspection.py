"""Reading any recorded AS4 message and telling everything about it that can be known. Judges, never raises.

The same readers and checks as on the strict path, but each problem is written down and the rest goes on. What is
looked at need not follow the profile: SOAP 1.1, bundles, pull requests, plain envelopes. Old algorithms count as
problems unless they are allowed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from lxml import etree

from somec.as4 import decryption, verification
from somec.as4.compression import Budget, accept_plain, decompress
from somec.as4.errors import (
    EXTERNAL_PAYLOAD_ERROR,
    FAILED_AUTHENTICATION,
    FAILED_DECRYPTION,
    FEATURE_NOT_SUPPORTED,
    MIME_INCONSISTENCY,
    POLICY_NONCOMPLIANCE,
    As4Error,
)
from somec.as4.findings import UNKNOWN, Findings, Json, describe_units
from somec.as4.message import COMPRESSION_TYPE, MIME_TYPE, PartInfo, UserMessage
from somec.as4.mime import MimePart, parse_content_type, split_open
from somec.as4.namespaces import DS, GZIP_TYPE, INC_C14N, SOAP11, SOAP12, SOAP_TYPE, WSSE, WSSE11, WSU, XENC
from somec.as4.octets import Octets
from somec.as4.pmode import Limits
from somec.as4.receiving import check_part_properties
from somec.as4.recordings import unwrap
from somec.as4.soap import Soap, body_is_empty, check_understood, read_soap, refuse, within
from somec.as4.verification import Signature, SignedReference
from somec.crypto import suites
from somec.crypto.certificates import Certificate, check_trust
from somec.crypto.errors import CertificateRefused
from somec.crypto.keys import KeyPair
from somec.kernel import clock

_SECURITY_ELEMENTS = frozenset({
    f"{{{WSSE}}}BinarySecurityToken",
    f"{{{WSSE}}}SecurityTokenReference",
    f"{{{WSSE}}}UsernameToken",
    f"{{{WSSE11}}}SignatureConfirmation",
    f"{{{WSU}}}Timestamp",
    f"{{{DS}}}Signature",
    f"{{{XENC}}}EncryptedKey",
    f"{{{XENC}}}EncryptedData",
    f"{{{XENC}}}ReferenceList",
})  # fmt: skip
INSPECTION_LIMITS = Limits(envelope=16 << 20, references=1000, parts=1000)
VALID, INVALID, ABSENT = "valid", "invalid", "absent"


@dataclass(frozen=True, slots=True)
class Known:
    """What the person who inspects brings along."""

    certificates: tuple[Certificate, ...] = ()
    """Signers known beforehand, or their authorities."""
    keys: tuple[KeyPair, ...] = ()
    allow_legacy: bool = False

    def accepts(self, algorithm: str) -> bool:
        """Tell whether an algorithm is fine: both generations' suites, and old ones where allowed."""
        if any(algorithm in suite.accepted for suite in suites.SUITES.values()):
            return True
        return self.allow_legacy and (algorithm in suites.LEGACY or algorithm == INC_C14N)

    def everyone(self) -> tuple[Certificate, ...]:
        """Return every certificate that can be looked up by name."""
        return (*self.certificates, *(pair.certificate for pair in self.keys))


@dataclass(slots=True)
class _Report(Findings):
    """Findings together with what the inspecting person knows."""

    known: Known = field(default_factory=Known)


def inspect(file: Octets, known: Known) -> Json:
    """Return one JSON-ready object about a recorded message; ``verifies`` says whether everything present holds."""
    report = _Report(known=known)
    _inspect(file, report)
    reported = report.facts.pop("reported", [])
    found = [
        {
            "code": one.ebms.code,
            "name": one.ebms.name,
            "severity": one.ebms.severity,
            "found_by": "inspection",
            "reason": one.reason,
            "place": one.place,
        }
        for one in report.problems
    ]
    errors = [*(reported if isinstance(reported, list) else []), *found]
    return {**_EMPTY, **report.facts, "errors": errors, "warnings": report.warnings, "verifies": not report.problems}


_EMPTY: Json = {
    "message_id": None,
    "kind": UNKNOWN,
    "ref_to_message_id": None,
    "timestamp": None,
    "from": None,
    "to": None,
    "signature": ABSENT,
    "signer": None,
    "covers": [],
    "references": [],
    "parts": [],
}


def _inspect(file: Octets, report: _Report) -> None:
    opened = report.attempt(lambda: _unpack(file, report))
    if opened is None:
        return
    data, parts, types = opened
    soap = report.attempt(lambda: read_soap(data, namespaces=(SOAP12, SOAP11)))
    if soap is None:
        report.facts["parts"] = [{"cid": name, "size": content.size, "state": "not judged"} for name, content in parts]
        return
    messages = describe_units(soap, report)
    by_id = dict(parts)
    if len(by_id) != len(parts) or "" in by_id:
        report.problems.append(refuse(MIME_INCONSISTENCY, "mime.content-id"))
    plain = _decrypt(soap, by_id, types, report)
    _signature(soap, plain, report)
    _security_elements(soap, report)
    _parts(messages, _Payloads(wire=by_id, plain=plain, types=types), soap, report)


def _unpack(file: Octets, report: _Report) -> tuple[bytes, list[tuple[str, Octets]], dict[str, str]]:
    """Return the SOAP part, the payloads with their content ids, and their media types, as leniently as possible."""
    limits = INSPECTION_LIMITS
    content_type, body = unwrap(file)
    declared = parse_content_type(content_type)
    if not declared.type.startswith("multipart/"):
        return _envelope(body, limits), [], {}
    found, complete = split_open(body, declared.get("boundary"), limits)
    if not complete:
        report.problems.append(refuse(MIME_INCONSISTENCY, "mime.truncated"))
    root = _root(found, declared.get("start").strip().removeprefix("<").removesuffix(">"))
    payloads = [one for one in found if one is not root]
    types = {one.content_id: one.content_type.type for one in payloads}
    return _envelope(root.content, limits), [(one.content_id, one.content) for one in payloads], types


def _root(found: list[MimePart], start: str) -> MimePart:
    """Return the SOAP part: the one that is named, else the first; where that is something else, the first XML."""
    named = next((one for one in found if start and one.content_id == start), found[0])
    soapy = (one for one in found if one.content_type.type in {SOAP_TYPE, "text/xml"})
    return named if named.content_type.type in {SOAP_TYPE, "text/xml", "application/xml", ""} else next(soapy, named)


def _envelope(content: Octets, limits: Limits) -> bytes:
    if content.size > limits.envelope:
        raise refuse(MIME_INCONSISTENCY, "soap.too-large")
    return content.read().removeprefix(b"\xef\xbb\xbf").lstrip()


@dataclass(frozen=True, slots=True)
class _Payloads:
    """The payloads by content id: as they came, decrypted (None: could not be), and their media types."""

    wire: dict[str, Octets]
    plain: dict[str, Octets | None]
    types: dict[str, str]


def _decrypt(soap: Soap, parts: dict[str, Octets], types: dict[str, str], report: _Report) -> dict[str, Octets | None]:
    """Return the payloads decrypted; None for one that is encrypted and could not be opened. Fills in media types."""
    plain: dict[str, Octets | None] = dict(parts)
    encrypted = report.attempt(lambda: decryption.read_encryption(soap, parts))
    if not encrypted:
        return plain
    report.facts["encryption"] = sorted(
        {name for one in encrypted for name in (one.algorithm, *one.key.algorithms) if name}
    )
    report.attempt(lambda: decryption.check_algorithms(encrypted, report.known.accepts))
    for one in encrypted:
        types[one.content_id] = one.mime_type
        if any(not report.known.accepts(name) for name in (one.algorithm, *one.key.algorithms) if name):
            plain[one.content_id] = None
            continue
        plain[one.content_id] = report.attempt(lambda one=one: _open(one, parts, report.known))  # type: ignore[misc]
    return plain


def _open(one: decryption.EncryptedPart, parts: dict[str, Octets], known: Known) -> Octets:
    if not known.keys:
        raise refuse(FAILED_DECRYPTION, "decryption.no-key", f"cid:{one.content_id}")
    try:
        return decryption.open_part(one, parts[one.content_id], decryption.open_key(one.key, known.keys, guess=True))
    except As4Error as error:
        raise refuse(error.ebms, error.reason, f"cid:{one.content_id}") from error


def _signature(soap: Soap, parts: dict[str, Octets | None], report: _Report) -> None:
    try:
        signature = verification.read_signature(soap, INSPECTION_LIMITS.references)
    except As4Error as error:
        report.problems.append(error)
        report.facts["signature"] = INVALID
        return
    if signature is None:
        return
    report.facts["signature_method"] = signature.method
    genuine = report.attempt(lambda: _check_value(signature, report)) is not None
    results = [_reference(one, soap, parts, report) for one in signature.references]
    broken = any(result in {"mismatch", "invalid"} for _, result, _ in results)
    report.facts["references"] = [
        {"uri": one.reference.uri, "digest_method": one.reference.digest_method, "state": result}
        for one, result, _ in results
    ]
    report.facts["covers"] = [name for _, result, name in results if result == VALID]
    report.facts["signature"] = VALID if genuine and not broken else INVALID
    _coverage(soap, signature, parts, report)


def _security_elements(soap: Soap, report: _Report) -> None:
    """Note an element of the security header that nobody judged: a damaged signature must not pass for none."""
    report.attempt(lambda: check_understood(soap, roles=True))
    for element in soap.security if soap.security is not None else ():
        if element.tag not in _SECURITY_ELEMENTS:
            report.problems.append(refuse(FEATURE_NOT_SUPPORTED, "security.unknown-element"))
    for signature in within(soap.header, DS, "Signature"):
        if signature.getparent() is not soap.security:
            report.problems.append(refuse(FAILED_AUTHENTICATION, "signature.misplaced"))
    for key in within(soap.header, XENC, "EncryptedKey"):
        if all(one is not soap.security for one in key.iterancestors()):
            report.problems.append(refuse(FAILED_DECRYPTION, "encryption.misplaced"))


def _check_value(signature: Signature, report: _Report) -> bool:
    """Check algorithms, find the signer, check the value; all problems are raised one after the other."""
    signer = signature.key.certificate or signature.key.find(report.known.everyone())
    if signer is not None:
        report.facts["signer"] = _signer_facts(signer, signature, report.known)
    verification.check_algorithms(signature, report.known.accepts)
    if signer is None:
        raise refuse(FAILED_AUTHENTICATION, "signature.unknown-signer")
    verification.check_value(signature, signer)
    return True


def _signer_facts(signer: Certificate, signature: Signature, known: Known) -> Json:
    now = clock.now()
    try:
        then = max(signer.not_before, min(now, signer.not_after))  # a recording is judged by its time, not by ours
        check_trust(signer, anchors=known.everyone(), intermediates=signature.key.chain, at=then)
        trusted = True
    except CertificateRefused:
        trusted = False
    return {
        "subject": signer.subject,
        "issuer": signer.issuer,
        "serial": str(signer.serial),
        "sha256": signer.thumbprint,
        "key_id": signer.key_id.hex(),
        "named_by": signature.key.kind,
        "known": trusted,
        "valid_from": clock.iso(signer.not_before),
        "valid_to": clock.iso(signer.not_after),
        "in_validity_now": signer.valid_at(now),
    }


def _reference(
    one: SignedReference, soap: Soap, parts: dict[str, Octets | None], report: _Report
) -> tuple[SignedReference, str, str]:
    """Return the reference, its state (valid, mismatch, missing, not decrypted, invalid), and a name for its target."""
    if one.reference.digest_method not in suites.KNOWN:
        return one, INVALID, one.reference.uri
    if one.is_part:
        name = verification.part_of(one.reference.uri, {key: Octets.of(b"") for key in parts})
        content = parts.get(name) if name is not None else None
        if content is None:
            if name is None:
                report.problems.append(refuse(EXTERNAL_PAYLOAD_ERROR, "payload.missing", one.reference.uri))
            return one, "missing" if name is None else "not decrypted", one.reference.uri
        return one, _state(report, lambda: verification.check_part(one, content)), f"cid:{name}"
    element = report.attempt(lambda: verification.element_of(one, soap))
    if element is None:
        return one, INVALID, one.reference.uri
    name = str(etree.QName(element).localname)
    if element is not soap.messaging and element is not soap.body:
        name = f"{name}{one.reference.uri}"
    return one, _state(report, lambda: verification.check_element(one, element)), name


def _state(report: _Report, check: Callable[[], None]) -> str:
    try:
        check()
    except As4Error as error:
        report.problems.append(error)
        return "mismatch" if error.reason == "signature.digest" else INVALID
    return VALID


def _coverage(soap: Soap, signature: Signature, parts: dict[str, Octets | None], report: _Report) -> None:
    """Note what the signature leaves out: eb:Messaging, a body with content, a payload."""
    elements = [soap.ids.get(one.reference.uri[1:]) for one in signature.references if not one.is_part]
    if not any(one is soap.messaging for one in elements):
        report.problems.append(refuse(POLICY_NONCOMPLIANCE, "signature.messaging-not-covered"))
    if not any(one is soap.body for one in elements):
        if body_is_empty(soap):
            report.warnings.append("signature.body-not-covered")
        else:
            report.problems.append(refuse(POLICY_NONCOMPLIANCE, "signature.body-not-covered"))
    empty = {key: Octets.of(b"") for key in parts}
    covered = {verification.part_of(one.reference.uri, empty) for one in signature.references if one.is_part}
    for name in parts:
        if name not in covered:
            report.problems.append(refuse(POLICY_NONCOMPLIANCE, "signature.part-not-covered", f"cid:{name}"))


def _parts(messages: list[UserMessage], payloads: _Payloads, soap: Soap, report: _Report) -> None:
    """Judge and describe each payload: the header's list first, then what came without being listed."""
    described: list[Json] = []
    listed: set[str] = set()
    budget = Budget(INSPECTION_LIMITS)
    for info in (info for message in messages for info in message.parts):
        if not info.content_id:
            if body_is_empty(soap):
                report.problems.append(refuse(EXTERNAL_PAYLOAD_ERROR, "payload.missing", "body"))
            continue
        report.attempt(lambda info=info: check_part_properties(info))  # type: ignore[misc]
        name = verification.part_of(info.content_id, payloads.wire)
        if name is None:
            described.append({"cid": info.content_id, "size": None, "sha256": None, "state": "missing"})
            report.problems.append(refuse(EXTERNAL_PAYLOAD_ERROR, "payload.missing", f"cid:{info.content_id}"))
            continue
        listed.add(name)
        described.append(_content(name, info, payloads, budget, report))
    for name in payloads.wire:
        if name not in listed:
            described.append(_content(name, PartInfo(name), payloads, budget, report))
            if messages:
                report.problems.append(refuse(MIME_INCONSISTENCY, "mime.unnamed-part", f"cid:{name}"))
    report.facts["parts"] = described


def _content(name: str, info: PartInfo, payloads: _Payloads, budget: Budget, report: _Report) -> Json:
    """Describe one payload after decryption and decompression."""
    content, mime_type = payloads.plain[name], info.value(MIME_TYPE)
    # Some makers compress without saying so in the header; then only the media type of the part tells.
    silent = not mime_type and payloads.types.get(name) == GZIP_TYPE
    compressed = silent or info.value(COMPRESSION_TYPE) == GZIP_TYPE
    facts: Json = {"cid": name, "mime_type": mime_type or payloads.types.get(name, ""), "compressed": compressed}
    if content is None:
        return facts | {"size": None, "sha256": None, "state": "not decrypted"}

    def judge() -> Json:
        opened, sha256 = decompress(content, budget) if compressed else (content, accept_plain(content, budget))
        return {"size": opened.size, "sha256": sha256, "state": "open"}

    return facts | (report.attempt(judge) or {"size": None, "sha256": None, "state": "damaged"})
