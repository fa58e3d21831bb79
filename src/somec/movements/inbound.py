"""Takes in the documents of movements, many at a time, for both sides (handlers that the node's wiring registers).

Called inside the transaction that stores the documents. Whatever the order of arrival, the result is the same: a
change is applied only if it is newer than what is known, a piece of progress moves the state only along the chart,
and a document that comes before its notice is held until that arrives (never lost, and shown to a person when it
waits too long).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from somec.access import rules as access
from somec.access.rules import node_actor
from somec.audit import actions as audit
from somec.audit.rules import Kind as AuditKind
from somec.audit.rules import new_entry
from somec.exchange import identity as node
from somec.exchange.messages import InboundDocument
from somec.exchange.rows import insert
from somec.kernel import clock
from somec.kernel.errors import Conflict, Invalid
from somec.kernel.ids import derived_id, new_id
from somec.movements import messages
from somec.movements.events import Certainty, EventKind
from somec.movements.models import Disclosure, Event, HeldDocument, Incoming, Notice
from somec.movements.rules import RECEIVER, SENDER, Kind, Match, Progress, State, find, learned, rollup
from somec.persons import items as identity_items

# --- the receiver's side --------------------------------------------------------------------------------------------


def receive_notices(documents: Sequence[InboundDocument]) -> None:
    """Open an incoming notice for each, then apply whatever came before it."""
    known = _incoming_of(documents)
    for document in documents:
        if document.conversation in known:
            raise Conflict("movement.conversation_taken", conversation=document.conversation)
    rows = [_incoming(document) for document in documents]
    fresh = {row.conversation: row for row in rows}
    if len(fresh) != len(rows):
        raise Conflict("movement.conversation_taken")
    follow = (messages.CHANGE, messages.CANCELLATION, messages.ACKNOWLEDGEMENT)
    held = list(HeldDocument.objects.filter(conversation__in=fresh, type__in=follow).order_by("created", "document_id"))
    for early in held:
        if early.from_state != fresh[early.conversation].from_state:
            raise Invalid("movement.conversation_foreign", conversation=early.conversation)
        _apply_to_incoming(fresh[early.conversation], early.type, early.document_id, early.body)
    insert(rows)
    told = [(fresh[one.conversation], one.id, one.body) for one in documents]
    told += [(fresh[early.conversation], early.document_id, early.body) for early in held]
    insert([event for row, name, body in told for event in _statements(row, name, body)])
    if held:
        HeldDocument.objects.filter(document_id__in=[early.document_id for early in held]).delete()


def receive_changes(documents: Sequence[InboundDocument]) -> None:
    """Apply changes of notices, or hold those whose notice is not here yet."""
    _update_incoming(documents)


def receive_cancellations(documents: Sequence[InboundDocument]) -> None:
    """Apply cancellations of notices, or hold those whose notice is not here yet."""
    _update_incoming(documents)


def _incoming_of(documents: Iterable[InboundDocument]) -> dict[str, Incoming]:
    rows = Incoming.objects.select_for_update().filter(conversation__in={one.conversation for one in documents})
    return {row.conversation: row for row in rows}


def _update_incoming(documents: Sequence[InboundDocument]) -> None:
    known = _incoming_of(documents)
    early: list[InboundDocument] = []
    changed: dict[str, Incoming] = {}
    for document in documents:
        row = known.get(document.conversation)
        if row is None:
            early.append(document)
            continue
        if row.from_state != document.peer_state:
            raise Invalid("movement.conversation_foreign", conversation=document.conversation)
        _apply_to_incoming(row, document.type, document.id, document.body)
        changed[row.id] = row
    _hold(early)
    if changed:
        Incoming.objects.bulk_update(changed.values(), _INCOMING_FIELDS)
        applied = [(known[one.conversation], one) for one in documents if one.conversation in known]
        Event.objects.bulk_create([event for row, one in applied for event in _statements(row, one.id, one.body)])
        _note("incoming.receive", [(row.id, row.person_id, one) for row, one in applied])


def _note(action: str, received: Sequence[tuple[str, str, InboundDocument]]) -> None:
    """Write into the trail of each case that a document of the other state changed it."""
    actor = node_actor(node.own_state())
    access.check(actor, action)
    audit.record_many([
        new_entry(
            actor, action, AuditKind.ALTERATION, subject, case=case,
            detail={"document": one.id, "type": one.type, "from": one.peer_state},
        )
        for subject, case, one in received
    ])  # fmt: skip


_INCOMING_FIELDS = (
    "state", "version", "peer_sequence", "content_sequence", "latest_document_id", "unconfirmed", "kind", "requested",
    "late",
    "arrives_from",
    "arrives_until", "say_arrival_by", "feedback_by", "reply_by", "expires", "family_name", "given_name", "born",
    "arrival_said_at", "ended_at", "match", "mechanism", "article", "basis_verified", "purpose", "handling_code",
)  # fmt: skip


def _hold(documents: Sequence[InboundDocument]) -> None:
    HeldDocument.objects.bulk_create(
        [
            HeldDocument(
                document_id=one.id, conversation=one.conversation, type=one.type, from_state=one.peer_state,
                reference=one.reference, created=one.created, received=one.received, body=one.body,
            )
            for one in documents
        ],
        ignore_conflicts=True,
    )  # fmt: skip


def _incoming(document: InboundDocument) -> Incoming:
    row = Incoming(
        id=derived_id("inc", document.conversation), conversation=document.conversation, from_state=document.peer_state,
        from_authority=document.body["header"]["from"]["authority"]["name"], document_id=document.id,
        reference=document.reference, created=document.created, received=document.received,
        latest_document_id=document.id, unconfirmed=[[document.id, document.type]],
        peer_sequence=messages.sequence(document.body),
    )  # fmt: skip
    _take_over(row, document.body)
    return row


def _take_over(row: Incoming, body: Mapping[str, Any]) -> None:
    """Copy what lists and clocks need from a notice or change; everything else is read from the document."""
    data, header = messages.said(body), body["header"]
    basis = header["legal_basis"]
    row.content_sequence = messages.sequence(body)
    row.kind, row.requested, row.late = data["notice"], data["requested_action"], bool(data["late"])
    arrival = data["arrival"]
    row.arrives_from, row.arrives_until = messages.instant(arrival, "from"), messages.instant(arrival, "until")
    row.say_arrival_by, row.feedback_by = (
        messages.instant(data, "say_arrival_by"),
        messages.instant(data, "feedback_by"),
    )
    row.reply_by, row.expires = messages.instant(data, "reply_by"), clock.parse(data["expires"])
    row.mechanism, row.article = basis["mechanism"], basis["article"]
    row.basis_verified, row.purpose, row.handling_code = basis["verified"], header["purpose"], header["handling_code"]
    row.family_name, row.given_name, row.born = _label(body)


def _label(body: Mapping[str, Any]) -> tuple[str, str, str]:
    """Return family name, given name and date of birth as the other state wrote them, for lists."""
    person = identity_items.read_identity(messages.identity(body))
    name = next((name for name in person.names if name.main), person.names[0])
    born = str(person.births[0].date) if person.births else ""
    return name.family or name.full, name.given, born


def _apply_to_incoming(row: Incoming, document_type: str, document_id: str, body: Mapping[str, Any]) -> None:
    """Apply a change or cancellation.

    What it says of the movement counts if it is newer than what was said of that; what it does to the state counts if
    it is the newest of all; that it came has to be confirmed in any case.
    """
    if document_type == messages.ACKNOWLEDGEMENT:
        return  # our answer was taken: the conversation shows it
    sequence = messages.sequence(body)
    newest = sequence > row.peer_sequence
    if document_type == messages.CANCELLATION:
        _cancelled(row, body)
    elif newest:
        _expected_anew(row)
    if document_type == messages.CHANGE and sequence > row.content_sequence:
        _take_over(row, body)
        if row.match == Match.CANNOT_TELL.value:
            row.match = Match.UNDECIDED.value  # new facts: a person looks again
    row.latest_document_id = document_id if newest else row.latest_document_id
    row.peer_sequence = max(sequence, row.peer_sequence)
    row.unconfirmed = [*row.unconfirmed, [document_id, document_type]]
    row.version += 1


def _cancelled(row: Incoming, body: Mapping[str, Any]) -> None:
    found = find(RECEIVER, "learn.cancelled", State(row.state))
    if found and found.target:
        row.state, row.ended_at = found.target.value, clock.parse(body["header"]["created"])


def _expected_anew(row: Incoming) -> None:
    found = find(RECEIVER, "learn.changed", State(row.state))
    if found and found.target and row.acknowledged_at:
        row.state, row.ended_at = found.target.value, None
        row.arrival_said_at = row.arrival_said_at if row.arrived_at else None


_SEEN = {
    Kind.SIGHTING.value: EventKind.SIGHTING,
    Kind.ABSCONDING.value: EventKind.ABSCONDED,
    Kind.FAILED_TO_ARRIVE.value: EventKind.NOT_ARRIVED,
}


def _statements(row: Incoming, document_id: str, body: Mapping[str, Any]) -> list[Event]:
    """Return what a notice or change says of where the person is: expected here, and seen (compare SIS Art. 37)."""
    if body["header"]["type"] not in {messages.NOTICE, messages.CHANGE}:
        return []
    data = messages.said(body)
    arrival, observed = data["arrival"], data.get("observed") or {}
    expected = messages.instant(arrival, "from") or messages.instant(arrival, "until")
    seen = messages.instant(observed, "at")
    found = []
    if expected is not None:
        place = arrival.get("first_night") or {}
        found.append(_statement(row, document_id, EventKind.EXPECTED, node.own_state(), expected, place))
    if seen is not None and data["notice"] in _SEEN:
        place, where = observed.get("place") or {}, str(observed.get("state") or row.from_state)[:2]
        found.append(_statement(row, document_id, _SEEN[data["notice"]], where, seen, place))
        found[-1].note = str(observed.get("circumstances", ""))[:500]
    return found


def _statement(  # noqa: PLR0917 - one row of a table
    row: Incoming, document_id: str, kind: EventKind, state: str, at: datetime, place: Mapping[str, Any]
) -> Event:
    certainty = Certainty.EXPECTED if kind is EventKind.EXPECTED else Certainty.CONFIRMED
    return Event(
        id=derived_id("mev", document_id, kind.value), person_id=row.person_id, incoming=row, kind=kind.value,
        certainty=certainty.value, state=state, place=str(place.get("town") or place.get("lines") or "")[:200], at=at,
        source_state=row.from_state, document_id=document_id, recorded=row.received, recorded_by="node",
    )  # fmt: skip


# --- the sender's side ----------------------------------------------------------------------------------------------


def receive_acknowledgements(documents: Sequence[InboundDocument]) -> None:
    """Note that a named authority has taken a notice, change or cancellation of ours, or our answer to one."""
    _update_disclosures(documents, _acknowledged)


def receive_progress(documents: Sequence[InboundDocument]) -> None:
    """Note what happened at the states that were told."""
    _update_disclosures(documents, _progressed)


def receive_answers(documents: Sequence[InboundDocument]) -> None:
    """Note the answers of states that were told."""
    _update_disclosures(documents, _answered)


_Apply = Callable[[Disclosure, InboundDocument], list[Event]]
_DISCLOSURE_FIELDS = (
    "state", "peer_sequence", "acknowledged_at", "taken_by", "taken_authority", "assigned_at", "owners", "match",
    "arrived_at",
    "arrival_said_at", "answered_at", "outcome", "end_confirmed_at", "peer_closed_at", "newest",
)  # fmt: skip


def _update_disclosures(documents: Sequence[InboundDocument], apply: _Apply) -> None:
    conversations = {document.conversation for document in documents}
    rows = Disclosure.objects.select_for_update().filter(conversation__in=conversations)
    known = {row.conversation: row for row in rows}
    events: list[Event] = []
    changed: dict[str, Disclosure] = {}
    elsewhere: list[InboundDocument] = []
    for document in documents:
        disclosure = known.get(document.conversation)
        if disclosure is None:
            elsewhere.append(document)
            continue
        if disclosure.to_state != document.peer_state:
            raise Invalid("movement.conversation_foreign", conversation=document.conversation)
        events += apply(disclosure, document)
        disclosure.peer_sequence = max(disclosure.peer_sequence, messages.sequence(document.body))
        changed[disclosure.id] = disclosure
    if changed:
        Disclosure.objects.bulk_update(changed.values(), _DISCLOSURE_FIELDS)
        cases = _roll_up({row.notice_id for row in changed.values()})
        for event in events:
            event.person_id = cases[changed[str(event.disclosure_id)].notice_id]
        Event.objects.bulk_create(events)
        applied = [(known[one.conversation].notice_id, one) for one in documents if one.conversation in known]
        _note("notice.receive_progress", [(notice_id, cases[notice_id], one) for notice_id, one in applied])
    _taken_or_held(elsewhere)


def _taken_or_held(documents: Sequence[InboundDocument]) -> None:
    """Documents that answer no notice of ours: acknowledgements of our answers need no more, the rest is held."""
    if documents:
        known = _incoming_of(documents)
        for document in documents:
            row = known.get(document.conversation)
            if row is not None and (row.from_state != document.peer_state or document.type != messages.ACKNOWLEDGEMENT):
                raise Invalid("movement.conversation_foreign", conversation=document.conversation)
        _hold([document for document in documents if document.conversation not in known])


def _roll_up(notice_ids: set[str]) -> dict[str, str]:
    """Bring the state of these notices up to date; returns whose case each belongs to."""
    states: dict[str, list[State]] = {}
    for notice_id, state in Disclosure.objects.filter(notice_id__in=notice_ids).values_list("notice_id", "state"):
        states.setdefault(notice_id, []).append(State(state))
    notices = list(Notice.objects.select_for_update().filter(id__in=notice_ids))
    now = clock.now()
    for notice in notices:
        notice.state, notice.changed = rollup(states[notice.id]).value, now
    Notice.objects.bulk_update(notices, ["state", "changed"])
    return {notice.id: notice.person_id for notice in notices}


def _acknowledged(disclosure: Disclosure, document: InboundDocument) -> list[Event]:
    data = messages.said(document.body)
    if data["of"] == messages.CANCELLATION:
        disclosure.end_confirmed_at = document.created
        return []
    if disclosure.acknowledged_at is None or document.created < disclosure.acknowledged_at:
        disclosure.acknowledged_at = document.created
        disclosure.taken_by, disclosure.taken_authority = data["by"][:200], data["authority"]["name"][:200]
    found = find(SENDER, "learn.acknowledged", State(disclosure.state))
    if found and found.target:
        disclosure.state = found.target.value
    return []


def _newest(disclosure: Disclosure, topic: str, document: InboundDocument) -> bool:
    """Tell whether nothing newer has spoken of this topic, and remember that this document did."""
    sequence = messages.sequence(document.body)
    if sequence <= disclosure.newest.get(topic, 0):
        return False
    disclosure.newest = {**disclosure.newest, topic: sequence}
    return True


_MATCHES = {Progress.MATCHED: Match.SAME, Progress.NOT_SAME: Match.NOT_SAME, Progress.CANNOT_TELL: Match.CANNOT_TELL}
_EVENTS = {
    Progress.ARRIVED: EventKind.ARRIVED, Progress.NOT_ARRIVED: EventKind.NOT_ARRIVED,
    Progress.SIGHTING: EventKind.SIGHTING, Progress.LEFT: EventKind.LEFT,
}  # fmt: skip


def _progressed(disclosure: Disclosure, document: InboundDocument) -> list[Event]:
    data = messages.said(document.body)
    if data["event"] not in {event.value for event in Progress}:
        return []  # a newer release says more than we can read; the document itself is kept and shown
    event, at = Progress(data["event"]), clock.parse(data["at"])
    outdated = event is Progress.NOT_ARRIVED and document.refers_to != disclosure.latest_document_id
    if not outdated:
        disclosure.state = learned(event, State(disclosure.state)).value
    if event in _MATCHES and _newest(disclosure, "match", document):
        disclosure.match = _MATCHES[event].value
    if event in {Progress.ASSIGNED, Progress.TAKEN}:
        disclosure.assigned_at = min(disclosure.assigned_at or at, at)
        if _newest(disclosure, "owners", document):
            disclosure.owners = list(data.get("owners", ()))
    if event in {Progress.ARRIVED, Progress.NOT_ARRIVED} and not outdated and _newest(disclosure, "arrival", document):
        disclosure.arrival_said_at = document.created
        disclosure.arrived_at = at if event is Progress.ARRIVED else disclosure.arrived_at
    if event is Progress.CLOSED and _newest(disclosure, "closed", document):
        disclosure.peer_closed_at = document.created
    return [_event(disclosure, document, _EVENTS[event], data)] if event in _EVENTS else []


def _event(disclosure: Disclosure, document: InboundDocument, kind: EventKind, data: Mapping[str, Any]) -> Event:
    place, text = data.get("place") or {}, data.get("text") or {}
    return Event(
        id=new_id("mev"), disclosure=disclosure, kind=kind.value,
        certainty=Certainty.REPORTED.value if data.get("certainty") == "reported" else Certainty.CONFIRMED.value,
        state=disclosure.to_state, place=str(place.get("town") or place.get("lines") or "")[:200],
        at=clock.parse(data["at"]),
        source_state=document.peer_state, document_id=document.id, note=str(text.get("text", ""))[:500],
        recorded=document.received, recorded_by="node",
    )  # fmt: skip


def _answered(disclosure: Disclosure, document: InboundDocument) -> list[Event]:
    if _newest(disclosure, "answer", document):
        disclosure.answered_at, disclosure.outcome = document.created, messages.said(document.body)["outcome"]
    return []
