"""Alerts that stand: what was raised, about what, who must act, who has it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from somec.access.rules import Actor
from somec.alerts.gathering import LIMIT
from somec.alerts.models import Alert
from somec.alerts.rules import AlertKind, AlertState
from somec.movements.models import Disclosure, Incoming, Notice
from somec.movements.targets import incoming_scope, notices_scope


@dataclass(frozen=True, kw_only=True)
class AlertView:
    """One alert. ``debtor_state`` is the state that must act; both nodes name the same one."""

    id: str
    kind: AlertKind
    state: AlertState
    subject_kind: str
    subject_id: str
    conversation: str
    due: datetime
    raised: datetime
    debtor_state: str
    other_state: str
    taken_by: str
    taken_at: datetime | None


def alerts(actor: Actor) -> list[AlertView]:
    """Return the alerts nobody has settled about things the actor may read, oldest due first; three queries."""
    told = dict(
        Disclosure.objects.filter(notice__in=Notice.objects.filter(notices_scope(actor, "notice.read")))
        .filter(id__in=_open("disclosure"))
        .values_list("id", "conversation")
    )
    received = dict(
        Incoming.objects.filter(incoming_scope(actor, "incoming.read"))
        .filter(id__in=_open("incoming"))
        .values_list("id", "conversation")
    )
    known = told | received
    rows = Alert.objects.exclude(state=AlertState.SETTLED.value).filter(subject_id__in=known).order_by("due", "id")
    return [
        AlertView(
            id=row.id, kind=AlertKind(row.kind), state=AlertState(row.state), subject_kind=row.subject_kind,
            subject_id=row.subject_id, conversation=known[row.subject_id], due=row.due, raised=row.raised,
            debtor_state=row.debtor_state, other_state=row.other_state, taken_by=row.taken_by, taken_at=row.taken_at,
        )
        for row in rows[:LIMIT]
    ]  # fmt: skip


def _open(subject_kind: str) -> list[str]:
    rows = Alert.objects.filter(subject_kind=subject_kind).exclude(state=AlertState.SETTLED.value)
    return list(rows.order_by("due").values_list("subject_id", flat=True)[:LIMIT])
