"""What people may see of movements, always through ``access``: lists, one notice, one incoming notice, the preview.

Every list costs the same number of database queries however long it is. The conversation of both ends stands in
:mod:`somec.movements.following`, where a person is and was in :mod:`somec.movements.lanes`; both are given on here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from django.db.models import Exists, OuterRef, Q

from somec.access import queries as access_queries
from somec.access import rules as access
from somec.access.rules import Actor
from somec.catalogue.initiative import OwnInitiativeAdvice
from somec.exchange import actions as exchange
from somec.exchange import queries as documents
from somec.exchange.queries import DeliveryView
from somec.kernel import clock
from somec.kernel.errors import NotFound
from somec.movements import composing, gate, links, messages
from somec.movements.following import conversation
from somec.movements.lanes import events, lanes
from somec.movements.models import Disclosure, Incoming, Notice, Owner, PlanAction
from somec.movements.readiness import Readiness
from somec.movements.rules import (
    DRAFTING,
    FINAL,
    RECEIVER,
    SENDER,
    Kind,
    Match,
    RequestedAction,
    Service,
    State,
    effective,
    possible,
)
from somec.movements.targets import (
    incoming_row,
    incoming_scope,
    incoming_targets,
    notice_row,
    notice_target,
    notices_scope,
)
from somec.movements.travel import from_json
from somec.movements.views import (
    PAGE_SIZE,
    Counts,
    DisclosureView,
    IncomingFilter,
    IncomingPage,
    IncomingRow,
    IncomingView,
    LeftOut,
    LinkInQuestion,
    NoticeFilter,
    NoticePage,
    NoticeRow,
    NoticeView,
    OwnerView,
    PersonLine,
    PlanView,
    Preview,
    StateLine,
)
from somec.persons import queries as persons
from somec.persons.queries import JudgementView
from somec.persons.search import CandidateAnswer

__all__ = [
    "advice",
    "conversation",
    "counts",
    "events",
    "incoming",
    "incoming_list",
    "judgements",
    "lanes",
    "links_in_question",
    "links_wait",
    "match",
    "notice",
    "notices",
    "preview",
    "readiness",
    "sent_document",
]

# Which permission of the access table each step of a chart asks for, where the two have different names.
PERMISSIONS: Mapping[str, str] = {
    "incoming.confirm_change": "incoming.acknowledge",
    "incoming.reassign": "incoming.assign",
    "incoming.record_sighting": "incoming.record_arrival",
}


def _pages(total: int) -> int:
    return max(1, -(-total // PAGE_SIZE))


# --- our notices ----------------------------------------------------------------------------------------------------


def notices(actor: Actor, filters: NoticeFilter = NoticeFilter(), page: int = 1) -> NoticePage:  # noqa: B008 - frozen
    """Return notices of ours that the actor may read, the last changed first."""
    found = Notice.objects.filter(notices_scope(actor)).filter(_notice_conditions(filters))
    total = found.count()
    rows = list(found.order_by("-changed", "-id")[(page - 1) * PAGE_SIZE : page * PAGE_SIZE])
    return NoticePage(rows=_notice_rows(rows), total=total, page=page, pages=_pages(total))


def _notice_conditions(filters: NoticeFilter) -> Q:
    condition = Q()
    if filters.states:
        condition &= Q(state__in=[state.value for state in filters.states])
    if filters.kinds:
        condition &= Q(kind__in=[kind.value for kind in filters.kinds])
    if filters.to_state:
        told = Disclosure.objects.filter(notice_id=OuterRef("id"), to_state=filters.to_state)
        condition &= Q(Exists(told))
    if filters.person_id:
        condition &= Q(person_id__in=persons.file_ids(filters.person_id))
    if filters.author_id:
        condition &= Q(author_id=filters.author_id)
    if filters.reference:
        condition &= Q(reference__istartswith=filters.reference)
    if filters.open_only:
        condition &= ~Q(state__in=[state.value for state in FINAL])
    return condition


def _notice_rows(rows: Sequence[Notice]) -> tuple[NoticeRow, ...]:
    labels = persons.labels({row.person_id for row in rows})
    people = access_queries.people_by_id({row.author_id for row in rows})
    told = _told({row.amends_id or row.id for row in rows})
    return tuple(
        NoticeRow(
            id=row.id, reference=row.reference, kind=Kind(row.kind), state=State(row.state),
            person=person_line(row.person_id, labels), author_id=row.author_id,
            author_name=people[row.author_id].name if row.author_id in people else "", authority_id=row.authority_id,
            starts=row.starts, expires=row.expires, changed=row.changed, late=row.late, version=row.version,
            amends_id=row.amends_id or "", destinations=_destinations(row, told.get(row.amends_id or row.id, [])),
        )
        for row in rows
    )  # fmt: skip


def _told(notice_ids: Iterable[str]) -> dict[str, list[StateLine]]:
    rows = list(Disclosure.objects.filter(notice_id__in=set(notice_ids)).order_by("to_state"))
    delivered = documents.deliveries(row.document_id for row in rows if row.state == State.SENT.value)
    told: dict[str, list[StateLine]] = {}
    for row in rows:
        told.setdefault(row.notice_id, []).append(
            StateLine(disclosure_id=row.id, state=row.to_state, status=_status(row, delivered))
        )
    return told


def _status(row: Disclosure, delivered: Mapping[str, DeliveryView]) -> State:
    delivery = delivered.get(row.document_id)
    return effective(State(row.state), receipted=delivery is not None and delivery.receipted is not None)


def _destinations(row: Notice, told: list[StateLine]) -> tuple[StateLine, ...]:
    if told:
        return tuple(told)
    state = State(row.state)
    planned = sorted(str(one["state"]) for one in row.content.get("destinations", ()))
    return tuple(StateLine(disclosure_id="", state=one, status=state) for one in planned)


def person_line(
    person_id: str, labels: Mapping[str, persons.PersonLabel], fallback: str = "", born: str = ""
) -> PersonLine:
    """Return a person for a list: from our file, else as the other state wrote it."""
    label = labels.get(person_id)
    if label is None:
        return PersonLine(id="", label=fallback, born=born)
    return PersonLine(id=label.id, label=label.label, born=label.born, case_number=label.case_number)


def notice(actor: Actor, id: str) -> NoticeView:  # noqa: A002 - the notice's id
    """Return one notice with its telling, its changes, its readiness while it is written, and what the actor may do."""
    row = notice_row(actor, "notice.read", id)
    content, now = from_json(row.content), clock.now()
    people = access_queries.people_by_id([row.approver_id] if row.approver_id else [])
    drafting = State(row.state) in DRAFTING - {State.WITHDRAWN}
    amendments = list(row.amendments.order_by("created"))
    return NoticeView(
        row=_notice_rows([row])[0], content=content, decision_id=row.decision_id, created=row.created,
        submitted=row.submitted_at, approver_id=row.approver_id,
        approver_name=people[row.approver_id].name if row.approver_id in people else "", approved=row.approved_at,
        said=row.said, disclosures=disclosures(actor, row), amendments=_notice_rows(amendments),
        readiness=gate.check(row, content, now) if drafting else None, actions=notice_actions(actor, row),
    )  # fmt: skip


def notice_actions(actor: Actor, row: Notice) -> tuple[str, ...]:
    """Return the steps that chart and permission allow the actor on the whole notice now."""
    target = notice_target(row)
    steps = {step for step in possible(SENDER, State(row.state)) if step.startswith("notice.")}
    if row.amends_id is not None:
        steps -= {"notice.change", "notice.cancel", "notice.close"}
    if "notice.send_back" in steps and row.disclosures.filter(sent_at__isnull=False).exists():
        steps -= {"notice.send_back"}  # one of its states was told already
    return tuple(sorted(step for step in steps if access.can(actor, PERMISSIONS.get(step, step), target)))


def disclosures(actor: Actor, row: Notice) -> tuple[DisclosureView, ...]:
    """Return each state's telling of a notice with its delivery; for queries that have asked access."""
    rows = list(Disclosure.objects.filter(notice_id=row.amends_id or row.id).order_by("to_state"))
    delivered = documents.deliveries(one.document_id for one in rows if one.document_id)
    target = notice_target(row)
    may = {name for name in ("notice.cancel", "notice.close", "notice.change") if access.can(actor, name, target)}
    return tuple(_disclosure_view(one, delivered, may) for one in rows)


def _disclosure_view(row: Disclosure, delivered: Mapping[str, DeliveryView], may: set[str]) -> DisclosureView:
    delivery = delivered.get(row.document_id)
    return DisclosureView(
        id=row.id, to_state=row.to_state, conversation=row.conversation, state=_status(row, delivered),
        document_id=row.document_id, queued=delivery.queued if delivery else None,
        sent=delivery.first_sent if delivery else None, receipted=delivery.receipted if delivery else None,
        delivery_error=delivery.error_code if delivery else "", acknowledged=row.acknowledged_at, taken_by=row.taken_by,
        taken_authority=row.taken_authority, assigned=row.assigned_at, owners=tuple(row.owners), match=Match(row.match),
        answered=row.answered_at, outcome=row.outcome, arrives_from=row.arrives_from, arrives_until=row.arrives_until,
        say_arrival_by=row.say_arrival_by, feedback_by=row.feedback_by, arrived=row.arrived_at,
        arrival_said=row.arrival_said_at, ended=row.ended_at, end_confirmed=row.end_confirmed_at,
        peer_closed=row.peer_closed_at,
        actions=tuple(sorted(may & set(possible(SENDER, State(row.state))))),
    )  # fmt: skip


def readiness(actor: Actor, id: str) -> Readiness:  # noqa: A002 - the notice's id
    """Return what is there, what is missing, and what may be missing, before a second person can agree."""
    row = notice_row(actor, "notice.read", id)
    return gate.check(row, from_json(row.content), clock.now())


def advice(actor: Actor, id: str) -> Mapping[str, OwnInitiativeAdvice]:  # noqa: A002 - the notice's id
    """Return for each destination which legal bases are open, and why the others are not."""
    row = notice_row(actor, "notice.read", id)
    return {one.state: gate.advice(row.authority_id, one.state) for one in from_json(row.content).destinations}


def preview(actor: Actor, id: str) -> list[Preview]:  # noqa: A002 - the notice's id
    """Return for each state the document as it would leave now (or as it left), with what is not in it.

    The same functions make, check and freeze it as when it is sent; only id and instant will differ. Raises Invalid
    where the notice lacks what every document needs (a legal basis, a handling code).
    """
    row = notice_row(actor, "notice.read", id)
    told = {one.to_state: one for one in Disclosure.objects.filter(notice_id=row.amends_id or row.id)}
    content = from_json(row.content)
    left_out = _left_out(row)
    shown = []
    for one in content.destinations:
        disclosure = told.get(one.state) or Disclosure(
            id="dsc-draft", notice=row, to_state=one.state, conversation=composing.draft_conversation(row.id, one.state)
        )
        sent = bool(disclosure.document_id) and State(row.state) not in DRAFTING
        if sent:
            document = documents.document(disclosure.document_id)
        else:
            made = composing.notice_documents(row, [disclosure], now=clock.now())[0]
            document = exchange.preview(document=made)
        shown.append(Preview(to_state=one.state, document=document, left_out=left_out, sent=sent))
    return shown


def _left_out(row: Notice) -> tuple[LeftOut, ...]:
    counted = gate.not_in_notice(row.person_id, from_json(row.content).selected)
    return tuple(LeftOut(code=code, count=count) for code, count in counted.items() if count)


def sent_document(actor: Actor, id: str, document_id: str) -> Mapping[str, object]:  # noqa: A002 - the notice's id
    """Return a document of a notice's conversations, as it was sent or received."""
    row = notice_row(actor, "notice.read", id)
    body = documents.document(document_id)
    mine = Disclosure.objects.filter(notice_id=row.amends_id or row.id, conversation=body["header"]["conversation"])
    if not mine.exists():
        raise NotFound("document.unknown", id=document_id)
    return body


# --- notices of other states ------------------------------------------------------------------------------------------


def incoming_list(actor: Actor, filters: IncomingFilter = IncomingFilter(), page: int = 1) -> IncomingPage:  # noqa: B008
    """Return notices of other states that the actor may read, the newest first."""
    found = Incoming.objects.filter(incoming_scope(actor)).filter(_incoming_conditions(filters))
    total = found.count()
    rows = list(found.order_by("-received", "-id")[(page - 1) * PAGE_SIZE : page * PAGE_SIZE])
    return IncomingPage(rows=_incoming_rows(rows), total=total, page=page, pages=_pages(total))


def _incoming_conditions(filters: IncomingFilter) -> Q:
    condition = Q()
    for name, values in (("state", filters.states), ("kind", filters.kinds), ("match", filters.matches)):
        if values:
            condition &= Q(**{f"{name}__in": [value.value for value in values]})
    if filters.from_state:
        condition &= Q(from_state=filters.from_state)
    if filters.person_id:
        condition &= Q(person_id__in=persons.file_ids(filters.person_id))
    if filters.owner_id:
        condition &= Q(Exists(Owner.objects.filter(incoming_id=OuterRef("id"), user_id=filters.owner_id)))
    if filters.ownerless:
        condition &= ~Q(Exists(Owner.objects.filter(incoming_id=OuterRef("id"), taken_at__isnull=False)))
    if filters.reference:
        condition &= Q(reference__istartswith=filters.reference)
    if filters.open_only:
        condition &= ~Q(state__in=[state.value for state in FINAL])
    return condition


def _incoming_rows(rows: Sequence[Incoming]) -> tuple[IncomingRow, ...]:
    labels = persons.labels({row.person_id for row in rows if row.person_id})
    owners = owner_views(Owner.objects.filter(incoming_id__in=[row.id for row in rows]))
    return tuple(
        IncomingRow(
            id=row.id, reference=row.reference, kind=Kind(row.kind), from_state=row.from_state,
            from_authority=row.from_authority, state=State(row.state), match=Match(row.match),
            person=person_line(row.person_id, labels, incoming_label(row), row.born),
            requested=RequestedAction(row.requested), received=row.received, arrives_from=row.arrives_from,
            arrives_until=row.arrives_until, say_arrival_by=row.say_arrival_by, reply_by=row.reply_by,
            expires=row.expires,
            late=row.late, unconfirmed=len(row.unconfirmed), version=row.version, owners=tuple(owners.get(row.id, [])),
        )
        for row in rows
    )  # fmt: skip


def incoming_label(row: Incoming) -> str:
    """Return the name as the other state wrote it."""
    return ", ".join(part for part in (row.family_name, row.given_name) if part)


def owner_views(found: Iterable[Owner]) -> dict[str, list[OwnerView]]:
    """Return owners by incoming notice, with the names of authorities and people: three queries."""
    rows = sorted(found, key=lambda row: row.service)
    authorities = access_queries.authorities_by_id({row.authority_id for row in rows})
    people = access_queries.people_by_id({row.user_id for row in rows if row.user_id})
    views: dict[str, list[OwnerView]] = {}
    for row in rows:
        views.setdefault(row.incoming_id, []).append(OwnerView(
            service=Service(row.service), authority_id=row.authority_id,
            authority_name=authorities[row.authority_id].name if row.authority_id in authorities else "",
            user_id=row.user_id, user_name=people[row.user_id].name if row.user_id in people else "",
            taken=row.taken_at,
        ))  # fmt: skip
    return views


def incoming(actor: Actor, id: str) -> IncomingView:  # noqa: A002 - the incoming notice's id
    """Return one notice of another state: what it says, who has it, what is planned, and what the actor may do."""
    row = incoming_row(actor, "incoming.read", id)
    body = links.newest_content(row).body
    people = access_queries.people_by_id([row.acknowledged_by] if row.acknowledged_by else [])
    authorities = access_queries.authorities_by_id([row.authority_id] if row.authority_id else [])
    return IncomingView(
        row=_incoming_rows([row])[0], conversation=row.conversation, document=body, identity=messages.identity(body),
        movement=messages.said(body), mechanism=row.mechanism, article=row.article, basis_verified=row.basis_verified,
        purpose=row.purpose, handling_code=row.handling_code, acknowledged=row.acknowledged_at,
        acknowledged_by_name=people[row.acknowledged_by].name if row.acknowledged_by in people else "",
        authority_name=authorities[row.authority_id].name if row.authority_id in authorities else "",
        assigned=row.assigned_at, arrived=row.arrived_at, arrival_said=row.arrival_said_at, feedback_by=row.feedback_by,
        answered=row.answered_at, outcome=row.outcome, ended=row.ended_at,
        unconfirmed=tuple((str(one), str(kind)) for one, kind in row.unconfirmed), plan=_plan(row),
        actions=incoming_actions(actor, row),
    )  # fmt: skip


def _plan(row: Incoming) -> tuple[PlanView, ...]:
    rows = list(PlanAction.objects.filter(incoming=row).order_by("due", "id"))
    people = access_queries.people_by_id({name for one in rows for name in (one.owner_id, one.done_by) if name})
    names = {key: card.name for key, card in people.items()}
    return tuple(
        PlanView(
            id=one.id, what=one.what, service=Service(one.service), owner_id=one.owner_id,
            owner_name=names.get(one.owner_id, ""), due=one.due, done=one.done_at,
            done_by_name=names.get(one.done_by, ""),
            result=one.result,
        )
        for one in rows
    )  # fmt: skip


def incoming_actions(actor: Actor, row: Incoming) -> tuple[str, ...]:
    """Return the steps that chart and permission allow the actor now."""
    targets = incoming_targets(row, row.owners.all())
    steps = {step for step in possible(RECEIVER, State(row.state)) if step.startswith("incoming.")}
    if not row.unconfirmed:
        steps.discard("incoming.confirm_change")
    allowed = {step for step in steps if any(access.can(actor, PERMISSIONS.get(step, step), one) for one in targets)}
    return tuple(sorted(allowed))


def match(actor: Actor, id: str, page: int = 1) -> CandidateAnswer:  # noqa: A002 - the incoming notice's id
    """Return who of ours may be the person of the notice, how sure that is and why; the question is logged."""
    row = incoming_row(actor, "incoming.judge", id)
    content = links.newest_content(row)
    identity = messages.identity(content.body)
    return persons.match_candidates(
        actor, identity, subject=row.id, subject_person=links.subject_person(row, identity),
        subject_changed=content.stored, page=page,
    )  # fmt: skip


def judgements(actor: Actor, id: str) -> list[JudgementView]:  # noqa: A002 - the incoming notice's id
    """Return every judgement on the notice, taken back or not, the newest first."""
    return persons.judgements(incoming_row(actor, "incoming.read", id).id)


def links_in_question(actor: Actor) -> tuple[LinkInQuestion, ...]:
    """Return confirmed links that a correction has made unlikely, for whoever judged, owns the case, or can judge."""
    return links.listed(actor)


def links_wait() -> bool:
    """Tell the worker whether a confirmed link has to be weighed again, because either side was corrected."""
    return links.unchecked().exists()


def counts(actor: Actor) -> Counts:
    """Return how many notices and incoming notices stand where somebody must act, as far as the actor may read them."""
    ours = Notice.objects.filter(notices_scope(actor))
    theirs = Incoming.objects.filter(incoming_scope(actor))
    by_state: dict[str, int] = {}
    for state in ours.order_by().values_list("state", flat=True):
        by_state[state] = by_state.get(state, 0) + 1
    waiting = {State.SENT.value, State.RECEIPTED.value, State.ACKNOWLEDGED.value, State.ASSIGNED.value}
    live = theirs.exclude(state__in=[State.CLOSED.value, State.CANCELLED.value, State.EXPIRED.value])
    return Counts(
        drafts=by_state.get(State.DRAFT.value, 0) + by_state.get(State.RETURNED.value, 0),
        to_approve=by_state.get(State.AWAITING_APPROVAL.value, 0), to_transmit=by_state.get(State.APPROVED.value, 0),
        waiting_for_others=sum(by_state.get(state, 0) for state in waiting),
        to_take=live.filter(state=State.RECEIVED.value).count(),
        to_judge=live.exclude(state=State.RECEIVED.value).filter(match=Match.UNDECIDED.value).count(),
        to_assign=live.filter(state=State.ACKNOWLEDGED.value).count(),
        unconfirmed=theirs.exclude(state=State.RECEIVED.value).exclude(unconfirmed=[]).count(),
    )  # fmt: skip
