"""Reading any recorded AS4 message and telling everything about it that can be known. Judges, never raises.

The same readers and checks as on the strict path, but each problem is written down and the rest goes on. What is
looked at need not follow the profile: SOAP 1.1, bundles, pull requests, plain envelopes. Old algorithms count as
problems unless they are allowed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict

from lxml import etree

from somec.as4 import verification
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
from somec.as4.findings import FAULT, UNKNOWN, Json, Known, Report, describe_units
from somec.as4.message import COMPRESSION_TYPE, MIME_TYPE, PartInfo, UserMessage
from somec.as4.mime import MimePart, parse_content_type, split_open
from somec.as4.namespaces import DS, EB, GZIP_TYPE, SOAP11, SOAP12, SOAP_TYPE, WSSE, WSSE11, WSU, XENC, XOP_TYPE
from somec.as4.octets import Octets
from somec.as4.pmode import Limits
from somec.as4.receiving import check_part_properties
from somec.as4.recordings import unwrap
from somec.as4.signals import read_fault
from somec.as4.soap import Soap, body_is_empty, check_understood, parse, refuse, take_apart, within
from somec.as4.unsealing import Payloads, unseal
from somec.as4.verification import Signature, SignedReference
from somec.crypto import suites
from somec.crypto.certificates import Certificate, check_trust
from somec.crypto.errors import CertificateRefused
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
_ROOT_TYPES = frozenset({SOAP_TYPE, XOP_TYPE, "text/xml", "application/xml", ""})
VALID, INVALID, ABSENT = "valid", "invalid", "absent"


def inspect(file: Octets, known: Known) -> Json:
    """Return one JSON-ready object about a recorded message; ``verifies`` says whether everything present holds."""
    report = Report(known=known)
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


def _inspect(file: Octets, report: Report) -> None:
    opened = report.attempt(lambda: _unpack(file, report))
    if opened is None:
        return
    data, parts, types = opened
    if _is_fault(data, report):
        return
    soap = report.attempt(lambda: take_apart(parse(data), namespaces=(SOAP12, SOAP11), roles=True))
    if soap is None:
        report.facts["parts"] = [{"cid": name, "size": content.size, "state": "not judged"} for name, content in parts]
        return
    messages = describe_units(soap, report)
    by_id = dict(parts)
    if len(by_id) != len(parts) or "" in by_id:
        report.problems.append(refuse(MIME_INCONSISTENCY, "mime.content-id"))
    payloads = unseal(soap, by_id, types, report)
    _signature(soap, payloads, report)
    _security_elements(soap, report)
    _parts(messages, payloads, soap, report)


def _is_fault(data: bytes, report: Report) -> bool:
    """Describe a SOAP fault that comes without an ebMS header: there is nothing in it that could be verified."""
    try:
        root = parse(data)
    except As4Error:
        return False
    fault = read_fault(root)
    if fault is None or next(within(root, EB, "Messaging"), None) is not None:
        return False
    report.facts |= {"kind": FAULT, "fault": asdict(fault)}
    return True


def _unpack(file: Octets, report: Report) -> tuple[bytes, list[tuple[str, Octets]], dict[str, str]]:
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
    soapy = (one for one in found if one.content_type.type in {SOAP_TYPE, XOP_TYPE, "text/xml"})
    return named if named.content_type.type in _ROOT_TYPES else next(soapy, named)


def _envelope(content: Octets, limits: Limits) -> bytes:
    if content.size > limits.envelope:
        raise refuse(MIME_INCONSISTENCY, "soap.too-large")
    return content.read().removeprefix(b"\xef\xbb\xbf").lstrip()


def _signature(soap: Soap, payloads: Payloads, report: Report) -> None:
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
    results = [_reference(one, soap, payloads, report) for one in signature.references]
    broken = any(result in {"mismatch", "invalid"} for _, result, _ in results)
    report.facts["references"] = [
        {"uri": one.reference.uri, "digest_method": one.reference.digest_method, "state": result}
        for one, result, _ in results
    ]
    report.facts["covers"] = [name for _, result, name in results if result == VALID]
    report.facts["signature"] = VALID if genuine and not broken else INVALID
    _coverage(soap, signature, payloads.plain, report)


def _security_elements(soap: Soap, report: Report) -> None:
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


def _check_value(signature: Signature, report: Report) -> bool:
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
    one: SignedReference, soap: Soap, payloads: Payloads, report: Report
) -> tuple[SignedReference, str, str]:
    """Return the reference, its state (valid, mismatch, missing, not decrypted, invalid), and a name for its target."""
    if one.reference.digest_method not in suites.DIGESTS:
        return one, INVALID, one.reference.uri
    if one.is_part:
        name = verification.part_of(one.reference.uri, payloads.wire)
        if name is None:
            report.problems.append(refuse(EXTERNAL_PAYLOAD_ERROR, "payload.missing", one.reference.uri))
            return one, "missing", one.reference.uri
        return one, _part_state(one, name, payloads, report), f"cid:{name}"
    element = report.attempt(lambda: verification.element_of(one, soap))
    if element is None:
        return one, INVALID, one.reference.uri
    name = str(etree.QName(element).localname)
    if element is not soap.messaging and element is not soap.body:
        name = f"{name}{one.reference.uri}"
    return one, _state(report, lambda: verification.check_element(one, element)), name


def _part_state(one: SignedReference, name: str, payloads: Payloads, report: Report) -> str:
    """Judge a payload; one that was encrypted before it was signed holds as it came."""
    wire, plain, media_type = payloads.wire[name], payloads.plain[name], payloads.types.get(name, "")
    if plain is not wire and _holds(one, wire):
        report.warnings.append("signature.over-ciphertext")
        return VALID
    if plain is None:
        return "not decrypted"
    return _state(report, lambda: verification.check_part(one, plain, media_type))


def _holds(one: SignedReference, content: Octets) -> bool:
    try:
        verification.check_part(one, content)
    except As4Error:
        return False
    return True


def _state(report: Report, check: Callable[[], None]) -> str:
    try:
        check()
    except As4Error as error:
        report.problems.append(error)
        return "mismatch" if error.reason == "signature.digest" else INVALID
    return VALID


def _coverage(soap: Soap, signature: Signature, parts: dict[str, Octets | None], report: Report) -> None:
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


def _parts(messages: list[UserMessage], payloads: Payloads, soap: Soap, report: Report) -> None:
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
        if _in_body(info, soap):
            continue
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


def _in_body(info: PartInfo, soap: Soap) -> bool:
    """Tell whether a payload is an element of the SOAP body, named by its id (ebMS 3.0, 5.2.2.13)."""
    element = soap.ids.get(info.content_id[1:]) if info.content_id.startswith("#") else None
    return element is not None and any(one is soap.body for one in (element, *element.iterancestors()))


def _content(name: str, info: PartInfo, payloads: Payloads, budget: Budget, report: Report) -> Json:
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
