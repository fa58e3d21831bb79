"""Reading any recorded AS4 message and telling everything about it that can be known. Judges, never raises.

The same readers and checks as on the strict path, but each problem is written down and the rest goes on. What is looked
at need not follow the profile: SOAP 1.1, bundles, pull requests, plain envelopes. Old algorithms count as problems unless
they are allowed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import TypeVar

from lxml import etree

from somec.as4 import decryption, verification
from somec.as4.compression import Budget, accept_plain, decompress
from somec.as4.errors import (
    EXTERNAL_PAYLOAD_ERROR,
    FAILED_AUTHENTICATION,
    FAILED_DECRYPTION,
    INVALID_HEADER,
    MIME_INCONSISTENCY,
    POLICY_NONCOMPLIANCE,
    VALUE_INCONSISTENT,
    As4Error,
)
from somec.as4.headers import (
    SIGNAL_MESSAGE,
    USER_MESSAGE,
    read_errors,
    read_info,
    read_receipt,
    read_user_message,
)
from somec.as4.message import COMPRESSION_TYPE, MIME_TYPE, Party, UserMessage
from somec.as4.mime import parse_content_type, split
from somec.as4.namespaces import EB, INC_C14N, SOAP11, SOAP12
from somec.as4.octets import Octets
from somec.as4.pmode import Limits
from somec.as4.receiving import check_part_properties
from somec.as4.recordings import unwrap
from somec.as4.soap import Soap, body_is_empty, children, read_soap, refuse
from somec.as4.verification import Signature, SignedReference
from somec.crypto import suites
from somec.crypto.certificates import Certificate, check_trust
from somec.crypto.errors import CertificateRefused
from somec.crypto.keys import KeyPair
from somec.kernel import clock

Json = dict[str, object]
INSPECTION_LIMITS = Limits(envelope=16 << 20, references=1000, parts=1000)
VALID, INVALID, ABSENT = "valid", "invalid", "absent"
USER, RECEIPT, ERROR, PULL, UNKNOWN = "user message", "receipt", "error", "pull request", "unknown"
_T = TypeVar("_T")


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
class _Report:
    """What was found so far."""

    known: Known
    problems: list[As4Error] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    facts: Json = field(default_factory=dict)

    def attempt(self, step: Callable[[], _T]) -> _T | None:
        """Run a step; write its As4Error down and return None instead."""
        try:
            return step()
        except As4Error as error:
            self.problems.append(error)
            return None


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
    opened = report.attempt(lambda: _unpack(file))
    if opened is None:
        return
    data, parts = opened
    soap = report.attempt(lambda: read_soap(data, namespaces=(SOAP12, SOAP11)))
    if soap is None:
        report.facts["parts"] = [{"cid": name, "size": content.size, "state": "not judged"} for name, content in parts]
        return
    messages = _units(soap, report)
    by_id = dict(parts)
    if len(by_id) != len(parts) or "" in by_id:
        report.problems.append(refuse(MIME_INCONSISTENCY, "mime.content-id"))
    plain = _decrypt(soap, by_id, report)
    _signature(soap, plain, report)
    _parts(messages, by_id, plain, soap, report)


def _unpack(file: Octets) -> tuple[bytes, list[tuple[str, Octets]]]:
    """Return the SOAP part and the payloads with their content ids, as lenient as a reader may be."""
    limits = INSPECTION_LIMITS
    content_type, body = unwrap(file)
    declared = parse_content_type(content_type)
    if not declared.type.startswith("multipart/"):
        return _envelope(body, limits), []
    found = split(body, declared.get("boundary"), limits)
    start = declared.get("start").strip().removeprefix("<").removesuffix(">")
    root = next((one for one in found if start and one.content_id == start), found[0])
    return _envelope(root.content, limits), [(one.content_id, one.content) for one in found if one is not root]


def _envelope(content: Octets, limits: Limits) -> bytes:
    if content.size > limits.envelope:
        raise refuse(MIME_INCONSISTENCY, "soap.too-large")
    return content.read().removeprefix(b"\xef\xbb\xbf").lstrip()


def _party(party: Party) -> Json:
    return {"id": party.id.value, "type": party.id.type, "role": party.role}


def _units(soap: Soap, report: _Report) -> list[UserMessage]:
    """Read every unit of eb:Messaging; the first gives the message its identity."""
    described: list[Json] = []
    messages: list[UserMessage] = []
    elements = [unit for unit in soap.messaging if unit.tag in {USER_MESSAGE, SIGNAL_MESSAGE}]
    for unit in elements:
        facts: Json = {"kind": USER if unit.tag == USER_MESSAGE else _signal_kind(unit)}
        described.append(facts)
        info = report.attempt(lambda unit=unit: read_info(unit))  # type: ignore[misc]
        if info is not None:
            facts |= {
                "message_id": info.message_id,
                "timestamp": clock.iso(info.timestamp),
                "ref_to_message_id": info.ref_to_message_id or None,
            }
        if unit.tag == USER_MESSAGE:
            message = report.attempt(lambda unit=unit: read_user_message(unit))  # type: ignore[misc]
            if message is not None:
                messages.append(message)
                facts |= _user_facts(message)
        else:
            facts |= report.attempt(lambda unit=unit: _signal_facts(unit)) or {}  # type: ignore[misc]
    if not described:
        report.problems.append(refuse(INVALID_HEADER, "header.empty"))
        return []
    if sum(unit.tag == USER_MESSAGE for unit in elements) > 1:
        report.problems.append(refuse(VALUE_INCONSISTENT, "header.several-units"))
    report.facts |= described[0]
    if len(described) > 1:
        report.facts["units"] = described
        report.facts["reported"] = [
            one for facts in described for one in _as_list(facts.get("reported"))
        ]
    return messages


def _as_list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _user_facts(message: UserMessage) -> Json:
    return {
        "from": _party(message.sender),
        "to": _party(message.recipient),
        "service": asdict(message.service),
        "action": message.action,
        "conversation_id": message.conversation_id,
        "agreement": asdict(message.agreement) if message.agreement else None,
        "properties": [asdict(one) for one in message.properties],
        "test": message.is_test,
    }


def _signal_kind(unit: etree._Element) -> str:
    for name, kind in (("Receipt", RECEIPT), ("Error", ERROR), ("PullRequest", PULL)):
        if children(unit, EB, name):
            return kind
    return UNKNOWN


def _signal_facts(unit: etree._Element) -> Json:
    facts: Json = {}
    references = read_receipt(unit)
    if references is not None:
        facts["receipt_for"] = [{"uri": one.uri, "sha256": one.digest.hex()} for one in references]
    reported = [{**asdict(one), "found_by": "sender"} for one in read_errors(unit)]
    if reported:
        facts["reported"] = reported
    for pull in children(unit, EB, "PullRequest"):
        facts["mpc"] = pull.get("mpc", "")
    return facts


def _decrypt(soap: Soap, parts: dict[str, Octets], report: _Report) -> dict[str, Octets | None]:
    """Return the payloads decrypted; None for one that is encrypted and could not be opened."""
    plain: dict[str, Octets | None] = dict(parts)
    encrypted = report.attempt(lambda: decryption.read_encryption(soap, parts))
    if not encrypted:
        return plain
    report.facts["encryption"] = sorted({name for one in encrypted for name in (one.algorithm, *one.key.algorithms) if name})
    report.attempt(lambda: decryption.check_algorithms(encrypted, report.known.accepts))
    for one in encrypted:
        if any(not report.known.accepts(name) for name in (one.algorithm, *one.key.algorithms) if name):
            plain[one.content_id] = None
            continue
        plain[one.content_id] = report.attempt(lambda one=one: _open(one, parts, report.known))  # type: ignore[misc]
    return plain


def _open(one: decryption.EncryptedPart, parts: dict[str, Octets], known: Known) -> Octets:
    if not known.keys:
        raise refuse(FAILED_DECRYPTION, "decryption.no-key", f"cid:{one.content_id}")
    try:
        return decryption.open_part(one, parts[one.content_id], decryption.open_key(one.key, known.keys))
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
        check_trust(
            signer, anchors=known.everyone(), intermediates=signature.key.chain, at=max(signer.not_before, min(now, signer.not_after))
        )
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
    """Return the reference, how it stands (valid, mismatch, missing, not decrypted, invalid), and a name for its target."""
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


def _parts(
    messages: list[UserMessage],
    wire: dict[str, Octets],
    plain: dict[str, Octets | None],
    soap: Soap,
    report: _Report,
) -> None:
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
        name = verification.part_of(info.content_id, wire)
        facts: Json = {"cid": name or info.content_id, "mime_type": info.value(MIME_TYPE)}
        facts["compressed"] = bool(info.value(COMPRESSION_TYPE))
        described.append(facts)
        if name is None:
            facts |= {"size": None, "sha256": None, "state": "missing"}
            report.problems.append(refuse(EXTERNAL_PAYLOAD_ERROR, "payload.missing", f"cid:{info.content_id}"))
            continue
        listed.add(name)
        facts |= _content(name, plain[name], compressed=bool(info.value(COMPRESSION_TYPE)), budget=budget, report=report)
    for name in wire:
        if name not in listed:
            facts = {"cid": name, "mime_type": "", "compressed": False}
            described.append(facts | _content(name, plain[name], compressed=False, budget=budget, report=report))
            if messages:
                report.problems.append(refuse(MIME_INCONSISTENCY, "mime.unnamed-part", f"cid:{name}"))
    report.facts["parts"] = described


def _content(name: str, content: Octets | None, *, compressed: bool, budget: Budget, report: _Report) -> Json:
    if content is None:
        return {"size": None, "sha256": None, "state": "not decrypted"}

    def judge() -> Json:
        opened, sha256 = decompress(content, budget) if compressed else (content, accept_plain(content, budget))
        return {"size": opened.size, "sha256": sha256, "state": "open"}

    return report.attempt(judge) or {"cid": name, "size": None, "sha256": None, "state": "damaged"}

