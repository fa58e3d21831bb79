"""Decryption for inspections: each key and each payload by itself, so that one damaged thing hides no other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lxml import etree

from somec.as4 import decryption
from somec.as4.decryption import EncryptedKey, EncryptedPart
from somec.as4.errors import FAILED_DECRYPTION, POLICY_NONCOMPLIANCE, As4Error
from somec.as4.findings import Json, Report
from somec.as4.namespaces import XENC
from somec.as4.octets import Octets
from somec.as4.soap import Soap, children, refuse, within
from somec.as4.verification import part_of


@dataclass(frozen=True, slots=True)
class Payloads:
    """The payloads by content id: as they came, decrypted (None: could not be), and their media types when signed."""

    wire: dict[str, Octets]
    plain: dict[str, Octets | None]
    types: dict[str, str]


def unseal(soap: Soap, parts: dict[str, Octets], types: Mapping[str, str], report: Report) -> Payloads:
    """Return the payloads decrypted as far as the keys at hand go; what does not open is a problem."""
    payloads = Payloads(wire=parts, plain=dict(parts), types=dict(types))
    report.attempt(lambda: decryption.check_place(soap))
    if soap.security is None:
        return payloads
    keys = _keys(soap.security, soap, report)
    used: set[str] = set()
    for element in within(soap.security, XENC, "EncryptedData"):
        for name in _targets(element, parts):
            payloads.plain[name] = None
        try:
            one = decryption.read_part(element, keys, parts, report.known.keys)
        except As4Error as error:
            report.problems.append(error)
            continue
        used.update(name for name in (one.algorithm, *one.key.algorithms) if name)
        payloads.types[one.content_id] = one.mime_type or payloads.types[one.content_id]
        payloads.plain[one.content_id] = report.attempt(lambda one=one: _open(one, parts, report))  # type: ignore[misc]
    if keys:
        report.facts["encryption"] = sorted(used or {name for key in keys for name in key.algorithms if name})
        report.facts["keys"] = [_key_facts(key, report) for key in keys]
    return payloads


def _keys(security: etree._Element, soap: Soap, report: Report) -> list[EncryptedKey]:
    elements = within(security, XENC, "EncryptedKey")
    read = (report.attempt(lambda one=one: decryption.read_key(one, soap)) for one in elements)  # type: ignore[misc]
    return [key for key in read if key is not None]


def _targets(element: etree._Element, parts: Mapping[str, Octets]) -> list[str]:
    """Return the content ids that an EncryptedData speaks of, even when the rest of it cannot be read.

    Only its own: what stands deeper belongs to another element, whose judgement this one must not undo.
    """
    references = (
        one for data in children(element, XENC, "CipherData") for one in children(data, XENC, "CipherReference")
    )
    named = (part_of(one.get("URI", ""), parts) for one in references)
    return [name for name in named if name is not None]


def _accepted(names: Sequence[str], report: Report) -> bool:
    return all(report.known.accepts(name) for name in names if name)


def _open(one: EncryptedPart, parts: Mapping[str, Octets], report: Report) -> Octets:
    place = f"cid:{one.content_id}"
    usable = [key for key in one.keys if _accepted((one.algorithm, *key.algorithms), report)]
    if not usable:
        raise refuse(POLICY_NONCOMPLIANCE, "algorithm.not-accepted", place)
    if not report.known.keys:
        raise refuse(FAILED_DECRYPTION, "decryption.no-key", place)
    for key in usable:
        try:
            return decryption.open_part(
                one, parts[one.content_id], decryption.open_key(key, report.known.keys, guess=True)
            )
        except As4Error:  # this key is another recipient's, or the ciphertext is damaged: told apart by nobody
            continue
    raise refuse(FAILED_DECRYPTION, "decryption.failed", place)


def _key_facts(key: EncryptedKey, report: Report) -> Json:
    """Describe a key. It may open where the payloads it is for were not recorded."""
    opened = False
    if _accepted(key.algorithms, report):
        try:
            opened = bool(decryption.open_key(key, report.known.keys, guess=True))
        except As4Error:
            opened = False
    recipient = key.recipient.certificate
    return {
        "algorithm": key.algorithm,
        "named_by": key.recipient.kind,
        "recipient": recipient.subject if recipient is not None else None,
        "opened": opened,
    }
