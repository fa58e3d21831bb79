"""Writes documents and the duties they open or settle, many at a time, within the caller's transaction.

Both directions pass through here, so both nodes draw the same conclusions from the same document. However many
documents come together, the number of questions to the database is the same.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from somec.exchange import dues, registry, rows, rules
from somec.exchange.models import Document, Obligation
from somec.exchange.registry import DocumentType
from somec.exchange.rules import Direction, ObligationRule, ObligationState
from somec.kernel import clock


@dataclass(frozen=True, slots=True)
class Entry:
    """A document about to be stored: its parsed body, its type, and the row."""

    body: Mapping[str, Any]
    type: DocumentType
    row: Document

    @property
    def sender(self) -> str:
        """Return the state that wrote the document."""
        return str(self.body["header"]["from"]["state"])

    @property
    def receiver(self) -> str:
        """Return the state it is addressed to."""
        return str(self.body["header"]["to"]["state"])


def new_row(
    body: Mapping[str, Any], *, direction: Direction, peer_state: str, digest: str, packed: bytes, gzipped: bool,
    stored: datetime,
) -> Document:  # fmt: skip
    """Return the unsaved row of a document."""
    header = body["header"]
    return Document(
        id=header["id"], direction=direction.value, peer_state=peer_state, type=header["type"],
        version=header["version"],
        conversation=header["conversation"], reference=header["reference"], refers_to=header.get("refers_to") or "",
        created=clock.parse(header["created"]), stored=stored, digest=digest, packed=packed, gzipped=gzipped,
    )  # fmt: skip


def store(entries: Sequence[Entry]) -> None:
    """Store documents in order; open, meet and cancel duties. The caller holds the transaction."""
    opened = [duty for entry in entries for duty in _opened(entry)]
    known = _begun_before(entries)
    rows.insert([entry.row for entry in entries])
    standing = {duty.id: duty for duty in Obligation.objects.filter(conversation__in=known)}
    fresh = {duty.id: duty for duty in opened}
    _settle_from_history([duty for duty in opened if duty.conversation in known], entries)
    changed: dict[str, Obligation] = {}
    duties: dict[str, list[Obligation]] = defaultdict(list)
    for duty in (*standing.values(), *fresh.values()):
        duties[duty.conversation].append(duty)
    for entry in entries:
        for duty in duties[entry.row.conversation]:
            if _apply(duty, entry.body, entry.row):
                changed[duty.id] = duty
    rows.insert(list(fresh.values()))
    updates = [duty for duty in changed.values() if duty.id not in fresh]
    if updates:
        Obligation.objects.bulk_update(updates, ["state", "settled_at", "settled_by"])


def _begun_before(entries: Sequence[Entry]) -> set[str]:
    """Return which conversations hold a document already: in the others nothing stands and nothing went before."""
    begun = Document.objects.filter(conversation__in={entry.row.conversation for entry in entries})
    return set(begun.order_by().values_list("conversation", flat=True))


def _opened(entry: Entry) -> list[Obligation]:
    return [_duty(entry, rule) for rule in entry.type.obligations if rule.applies(entry.body)]


def _duty(entry: Entry, rule: ObligationRule) -> Obligation:
    spec = rule.due(entry.body)
    deadline = dues.resolve(spec)
    debtor, creditor = (entry.receiver, entry.sender) if rule.debtor == "receiver" else (entry.sender, entry.receiver)
    return Obligation(
        id=rules.obligation_id(entry.row.id, rule.id), rule=rule.id, document_id=entry.row.id,
        conversation=entry.row.conversation, debtor_state=debtor, creditor_state=creditor,
        mechanism=rule.basis.mechanism, article=rule.basis.article, statutory=rule.basis.statutory,
        start=spec.start, unit=spec.unit, value=spec.value, calendar=spec.state, counting=deadline.counting,
        due=deadline.due,
    )  # fmt: skip


def _settle_from_history(fresh: Sequence[Obligation], entries: Sequence[Entry]) -> None:
    """Let earlier-arrived documents settle duties that open only now: a conversation restored in another order."""
    if not fresh:
        return
    new = {entry.row.id for entry in entries}
    wanted = {duty.conversation for duty in fresh}
    earlier = Document.objects.filter(conversation__in=wanted).exclude(id__in=new)
    types = {settles.type for duty in fresh for settles in _settling(duty)}
    for row in earlier.filter(type__in=types).order_by("created", "id") if types else ():
        body = row.body
        for duty in fresh:
            if duty.conversation == row.conversation:
                _apply(duty, body, row)


def _settling(duty: Obligation) -> tuple[rules.Settles, ...]:
    rule = registry.rule(duty.rule)
    return (*rule.met_by, *rule.cancelled_by) if rule else ()


def _apply(duty: Obligation, body: Mapping[str, Any], row: Document) -> bool:
    rule = registry.rule(duty.rule)
    if rule is None or duty.document_id == row.id:
        return False
    sender = str(body["header"]["from"]["state"])
    outcome = rules.settlement(rule, debtor=duty.debtor_state, sender=sender, document=body, about=duty.document_id)
    if outcome is None:
        return False
    present = (duty.settled_at, duty.settled_by) if duty.settled_at else None
    if not rules.settles_first(created=row.created, document_id=row.id, present=present):
        return False
    duty.state, duty.settled_at, duty.settled_by = outcome.value, row.created, row.id
    return True


def is_open(duty: Obligation) -> bool:
    """Tell whether the duty still stands."""
    return duty.state == ObligationState.OPEN.value
