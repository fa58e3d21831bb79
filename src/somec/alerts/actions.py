"""Raise, take and settle alerts. The clock raises (the node itself, exactly once); people take and settle."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final, TypeAlias

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet

from somec.access import rules as access
from somec.access.rules import Actor, Target, node_actor
from somec.alerts.models import Alert
from somec.alerts.rules import UNCLAIMED_AFTER, AlertKind, AlertState, Settlement
from somec.audit import actions as audit
from somec.audit.rules import Kind as AuditKind
from somec.audit.rules import new_entry
from somec.exchange import condition, identity
from somec.kernel import clock
from somec.kernel.errors import Invalid, NotFound, NotPossibleNow
from somec.kernel.ids import derived_id
from somec.movements import actions as movements
from somec.movements.models import Disclosure, HeldDocument, Incoming, Notice
from somec.movements.rules import AWAITING_ARRIVAL, ENDED, State
from somec.movements.targets import best_target, incoming_targets, notice_target

BATCH: Final = 500
_AWAITING = [state.value for state in AWAITING_ARRIVAL]
_NOT_ENDED = sorted(state.value for state in State if state not in ENDED)
Subject: TypeAlias = Disclosure | Incoming | HeldDocument


def tick(*, now: datetime | None = None) -> int:
    """Do what the clock asks for: end what has expired, raise alerts whose instant has come, settle answered ones.

    Returns how many things were done. Both nodes raise "did not arrive" at the same instant, because both know it
    from the notice; the alert names the state that must act. Calling it again does nothing more. Costs a few indexed
    queries when nothing is due, and takes no write lock then.
    """
    at = now or clock.now()
    done = movements.expire_due(now=at) if _expiring(at) else 0
    if _unraised_told(at).exists() or _unraised_received(at).exists() or _unraised_held(at).exists():
        done += _raise(at)
    return done + (_settle(at) if Alert.objects.exclude(state=AlertState.SETTLED.value).exists() else 0)


def _expiring(now: datetime) -> bool:
    # By the notice, whose index names the few that expire: from the side of disclosures all that are open were read.
    live = Disclosure.objects.filter(notice=OuterRef("pk"), ended_at__isnull=True, sent_at__isnull=False)
    told = Notice.objects.filter(Exists(live), state__in=_NOT_ENDED, expires__lte=now)
    return told.exists() or Incoming.objects.filter(ended_at__isnull=True, expires__lte=now).exists()


def _raised(kind: AlertKind) -> Exists:
    return Exists(Alert.objects.filter(kind=kind.value, subject_id=OuterRef("pk"), due=OuterRef("due")))


def _unraised_told(now: datetime) -> QuerySet[Disclosure]:
    rows = Disclosure.objects.filter(
        say_arrival_by__lte=now, arrival_said_at__isnull=True, ended_at__isnull=True, state__in=_AWAITING
    )
    return rows.annotate(due=F("say_arrival_by")).filter(~_raised(AlertKind.NOT_ARRIVED))


def _unraised_received(now: datetime) -> QuerySet[Incoming]:
    rows = Incoming.objects.filter(
        say_arrival_by__lte=now, arrival_said_at__isnull=True, ended_at__isnull=True, state__in=_AWAITING
    )
    return rows.annotate(due=F("say_arrival_by")).filter(~_raised(AlertKind.NOT_ARRIVED))


def _unraised_held(now: datetime) -> QuerySet[HeldDocument]:
    rows = HeldDocument.objects.filter(received__lte=now - UNCLAIMED_AFTER)
    return rows.annotate(due=F("received")).filter(~_raised(AlertKind.UNCLAIMED_DOCUMENT))


@transaction.atomic
def _raise(now: datetime) -> int:
    own = identity.own_state()
    actor = node_actor(own)
    access.check(actor, "alert.raise")
    told = list(_unraised_told(now).select_related("notice")[:BATCH])
    received = list(_unraised_received(now)[:BATCH])
    held = list(_unraised_held(now)[:BATCH])
    rows = [
        *(_alert(AlertKind.NOT_ARRIVED, "disclosure", row, "", now) for row in told),
        *(_alert(AlertKind.NOT_ARRIVED, "incoming", row, own, now) for row in received),
        *(_alert(AlertKind.UNCLAIMED_DOCUMENT, "document", row, own, now) for row in held),
    ]
    Alert.objects.bulk_create(rows)
    cases = {row.id: row.notice.person_id for row in told} | {row.id: row.person_id for row in received}
    audit.record_many([
        new_entry(
            actor, "alert.raise", AuditKind.ALTERATION, row.id, case=cases.get(row.subject_id, ""),
            detail={"kind": row.kind, "about": row.subject_id, "debtor": row.debtor_state},
        )
        for row in rows
    ])  # fmt: skip
    return len(rows)


def _alert(kind: AlertKind, subject_kind: str, subject: Subject, debtor: str, now: datetime) -> Alert:
    """Return the alert about a row whose ``due`` the query has named."""
    other = subject.to_state if isinstance(subject, Disclosure) else subject.from_state
    due: datetime = subject.due  # type: ignore[union-attr]  # annotated by the query that found the row
    return Alert(
        id=derived_id("alt", kind.value, subject.pk, clock.iso(due)), kind=kind.value, subject_kind=subject_kind,
        subject_id=subject.pk, due=due, raised=now, debtor_state=debtor or other, other_state=other,
    )  # fmt: skip


def _settle(now: datetime) -> int:
    standing = list(Alert.objects.exclude(state=AlertState.SETTLED.value).order_by("raised")[: 4 * BATCH])
    answers = _settlements(standing)
    if not answers:
        return 0
    actor = node_actor(identity.own_state())
    access.check(actor, "alert.raise")
    with transaction.atomic():
        rows = list(Alert.objects.select_for_update().filter(id__in=answers).exclude(state=AlertState.SETTLED.value))
        for row in rows:
            row.state, row.settled_at, row.settled_by = AlertState.SETTLED.value, now, actor.id
            row.settlement = answers[row.id].value
        Alert.objects.bulk_update(rows, ["state", "settled_at", "settled_by", "settlement"])
        audit.record_many([
            new_entry(
                actor, "alert.settle", AuditKind.ALTERATION, row.id,
                detail={"about": row.subject_id, "by": row.settlement},
            )
            for row in rows
        ])  # fmt: skip
    return len(rows)


def _settlements(standing: Iterable[Alert]) -> dict[str, Settlement]:
    """Return what has settled each alert meanwhile, for those that something has."""
    rows = list(standing)
    told = Disclosure.objects.in_bulk([row.subject_id for row in rows if row.subject_kind == "disclosure"])
    received = Incoming.objects.in_bulk([row.subject_id for row in rows if row.subject_kind == "incoming"])
    held = set(HeldDocument.objects.filter(pk__in=[row.subject_id for row in rows]).values_list("pk", flat=True))
    ending = {(one.name, one.ends) for one in condition.own_certificates() if one.urgency is not None}
    found: dict[str, Settlement] = {}
    for row in rows:
        if row.kind == AlertKind.UNCLAIMED_DOCUMENT.value:
            result = None if row.subject_id in held else Settlement.CLAIMED
        elif row.kind == AlertKind.CERTIFICATE.value:
            result = None if (row.subject_id, row.due) in ending else Settlement.RENEWED
        else:
            result = _outcome(row, told.get(row.subject_id) or received.get(row.subject_id))
        if result is not None:
            found[row.id] = result
    return found


def _outcome(alert: Alert, subject: Disclosure | Incoming | None) -> Settlement | None:
    if subject is None or subject.ended_at is not None:
        return Settlement.ENDED
    if subject.arrived_at is not None:
        return Settlement.ARRIVED
    if subject.say_arrival_by != alert.due:
        return Settlement.CHANGED
    answered = subject.answered_at is not None and subject.answered_at >= alert.due
    return Settlement.ANSWERED if answered else None


@transaction.atomic
def take_certificate(*, actor: Actor, name: str) -> None:
    """Take the renewal of one of the node's own certificates: from now on the reader is named as who sees to it.

    ``name``: of the certificate, as :class:`~somec.exchange.condition.OwnCertificate` has it. It ends by itself when
    the certificate is renewed. Raises NotFound where it is in order, NotPossibleNow where a colleague has it.
    """
    access.check(actor, "alert.take_technical")
    ends = next(
        (one.ends for one in condition.own_certificates() if one.name == name and one.urgency is not None), None
    )
    if ends is None:
        raise NotFound("alert.unknown", id=name)
    now, own = clock.now(), identity.own_state()
    kind = AlertKind.CERTIFICATE.value
    alert, made = Alert.objects.select_for_update().get_or_create(
        kind=kind, subject_id=name, due=ends, defaults={
            "id": derived_id("alt", kind, name, clock.iso(ends)), "subject_kind": "key", "raised": now,
            "debtor_state": own, "other_state": own, "state": AlertState.TAKEN.value, "taken_by": actor.id,
            "taken_at": now,
        },
    )  # fmt: skip
    if not made and alert.taken_by != actor.id:
        raise NotPossibleNow("alert.taken_already", id=alert.id)
    if made:
        _note(actor, "alert.take", alert)


def _targets(alert: Alert) -> tuple[Target, ...]:
    if alert.subject_kind == "disclosure":
        told = Disclosure.objects.select_related("notice").get(id=alert.subject_id)
        return (notice_target(told.notice),)
    if alert.subject_kind == "incoming":
        received = Incoming.objects.get(id=alert.subject_id)
        return incoming_targets(received, received.owners.all())
    return (Target(alert.subject_kind, alert.subject_id, desk=alert.kind == AlertKind.UNCLAIMED_DOCUMENT.value),)


def _for(actor: Actor, alert_id: str) -> Alert:
    alert = Alert.objects.select_for_update().filter(id=alert_id).first()
    if alert is None:
        raise NotFound("alert.unknown", id=alert_id)
    access.check(actor, "alert.take", best_target(actor, "alert.take", _targets(alert)))
    if alert.state == AlertState.SETTLED.value:
        raise NotPossibleNow("alert.settled", id=alert_id)
    return alert


@transaction.atomic
def take(*, actor: Actor, alert_id: str) -> None:
    """Take an alert: from now on the reader is named as the one who has it."""
    alert = _for(actor, alert_id)
    if alert.state == AlertState.TAKEN.value and alert.taken_by != actor.id:
        raise NotPossibleNow("alert.taken_already", id=alert_id)
    alert.state, alert.taken_by, alert.taken_at = AlertState.TAKEN.value, actor.id, clock.now()
    alert.save()
    _note(actor, "alert.take", alert)


@transaction.atomic
def settle(*, actor: Actor, alert_id: str, note: str) -> None:
    """End an alert by hand, saying what was done."""
    alert = _for(actor, alert_id)
    if not note.strip():
        raise Invalid("alert.note", fields={"note": ["missing"]})
    alert.state, alert.settled_at, alert.settled_by = AlertState.SETTLED.value, clock.now(), actor.id
    alert.settlement, alert.note = Settlement.BY_PERSON.value, note.strip()[:500]
    alert.save()
    _note(actor, "alert.settle", alert, reason=note)


def _note(actor: Actor, action: str, alert: Alert, *, reason: str = "") -> None:
    audit.record(
        actor=actor, action=action, kind=AuditKind.ALTERATION, subject=alert.id, purpose=actor.purpose, reason=reason,
        case=next((target.case for target in _targets(alert)), ""),
        detail={"kind": alert.kind, "about": alert.subject_id},
    )  # fmt: skip
