"""What an inspection has found so far, and what the units of a header say (messages, receipts, errors, pulls)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import TypeVar

from lxml import etree

from somec.as4.errors import INVALID_HEADER, VALUE_INCONSISTENT, As4Error
from somec.as4.headers import SIGNAL_MESSAGE, USER_MESSAGE, read_errors, read_info, read_receipt, read_user_message
from somec.as4.message import Party, UserMessage
from somec.as4.namespaces import EB, INC_C14N
from somec.as4.soap import Soap, children, refuse
from somec.crypto import suites
from somec.crypto.certificates import Certificate
from somec.crypto.keys import KeyPair
from somec.kernel import clock

Json = dict[str, object]
USER, RECEIPT, ERROR, PULL, UNKNOWN = "user message", "receipt", "error", "pull request", "unknown"
FAULT = "fault"
_T = TypeVar("_T")


@dataclass(slots=True)
class Findings:
    """Facts for the report, and the problems that make the message not verify."""

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
        return self.allow_legacy and (algorithm in suites.LEGACY | suites.RECORDINGS | {INC_C14N})

    def everyone(self) -> tuple[Certificate, ...]:
        """Return every certificate that can be looked up by name."""
        return (*self.certificates, *(pair.certificate for pair in self.keys))


@dataclass(slots=True)
class Report(Findings):
    """Findings together with what the inspecting person knows."""

    known: Known = field(default_factory=Known)


def describe_units(soap: Soap, findings: Findings) -> list[UserMessage]:
    """Describe every unit of eb:Messaging, return the user messages; the first unit gives the message its identity."""
    described: list[Json] = []
    messages: list[UserMessage] = []
    elements = [unit for unit in soap.messaging if unit.tag in {USER_MESSAGE, SIGNAL_MESSAGE}]
    for unit in elements:
        if unit.tag == USER_MESSAGE:
            facts, message = _user_message(unit, findings)
            messages.extend([message] if message is not None else [])
        else:
            facts = {"kind": _signal_kind(unit), **_identity(unit, findings), **_signal_facts(unit, findings)}
            if facts["kind"] == UNKNOWN:
                findings.problems.append(refuse(INVALID_HEADER, "header.unknown-unit"))
        described.append(facts)
    if not described:
        findings.problems.append(refuse(INVALID_HEADER, "header.empty"))
        return []
    if sum(unit.tag == USER_MESSAGE for unit in elements) > 1:
        findings.problems.append(refuse(VALUE_INCONSISTENT, "header.several-units"))
    findings.facts |= described[0]
    if len(described) > 1:
        findings.facts["units"] = described
        findings.facts["reported"] = [one for facts in described for one in _as_list(facts.get("reported"))]
    return messages


def _identity(unit: etree._Element, findings: Findings) -> Json:
    info = findings.attempt(lambda: read_info(unit))
    if info is None:
        return {}
    return {
        "message_id": info.message_id,
        "timestamp": clock.iso(info.timestamp),
        "ref_to_message_id": info.ref_to_message_id or None,
    }


def _user_message(unit: etree._Element, findings: Findings) -> tuple[Json, UserMessage | None]:
    """Describe a user message; one that cannot be read as a whole still shows its identity."""
    try:
        message = read_user_message(unit)
    except As4Error as error:
        findings.problems.append(error)
        return {"kind": USER, **_identity(unit, Findings())}, None
    return {"kind": USER, **_identity(unit, findings), **_user_facts(message)}, message


def _party(party: Party) -> Json:
    return {"id": party.id.value, "type": party.id.type, "role": party.role}


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


def _signal_facts(unit: etree._Element, findings: Findings) -> Json:
    facts: Json = {}
    references = findings.attempt(lambda: read_receipt(unit))
    if references is not None:
        facts["receipt_for"] = [{"uri": one.uri, "sha256": one.digest.hex()} for one in references]
    reported = [{**asdict(one), "found_by": "sender"} for one in read_errors(unit)]
    if reported:
        facts["reported"] = reported
    for pull in children(unit, EB, "PullRequest"):
        facts["mpc"] = pull.get("mpc", "")
    return facts
