"""Ends what has expired, on both sides at the same instant, by the node itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from somec.access import rules as access
from somec.access.rules import node_actor
from somec.audit import actions as audit
from somec.audit.rules import Kind as AuditKind
from somec.audit.rules import NewEntry, new_entry
from somec.exchange import identity
from somec.movements.models import Disclosure, Incoming, Notice
from somec.movements.rules import RECEIVER, SENDER, State, find, rollup

BATCH = 500  # rows ended in one transaction: short enough for nobody to wait behind it

_EXPIRING_SENT = [row.value for row in State if find(SENDER, "node.expire", row)]
_EXPIRING_RECEIVED = [row.value for row in State if find(RECEIVER, "node.expire", row)]


@transaction.atomic
def expire_due(*, now: datetime) -> int:
    """End notices and incoming notices whose expiry has come; returns how many. Doing it again does nothing more."""
    actor = node_actor(identity.own_state())
    access.check(actor, "notice.receive_progress")
    told = list(
        Disclosure.objects.select_for_update(of=("self",)).select_related("notice")
        .filter(state__in=_EXPIRING_SENT, notice__expires__lte=now)[:BATCH]
    )  # fmt: skip
    received = list(Incoming.objects.select_for_update().filter(state__in=_EXPIRING_RECEIVED, expires__lte=now)[:BATCH])
    if not told and not received:
        return 0
    for one in told:
        one.state, one.ended_at = State.EXPIRED.value, now
    for other in received:
        other.state, other.ended_at = State.EXPIRED.value, now
    Disclosure.objects.bulk_update(told, ["state", "ended_at"])
    Incoming.objects.bulk_update(received, ["state", "ended_at"])
    notices = {row.notice_id: row.notice for row in told}
    _roll_up(list(notices.values()), now)
    entries: list[NewEntry] = [
        *(new_entry(actor, "notice.expire", AuditKind.ALTERATION, row.id, case=row.notice.person_id) for row in told),
        *(new_entry(actor, "incoming.expire", AuditKind.ALTERATION, row.id, case=row.person_id) for row in received),
    ]
    audit.record_many(entries)
    return len(entries)


def _roll_up(notices: Sequence[Notice], now: datetime) -> None:
    states: dict[str, list[State]] = {}
    rows = Disclosure.objects.filter(notice_id__in=[notice.id for notice in notices])
    for notice_id, state in rows.values_list("notice_id", "state"):
        states.setdefault(notice_id, []).append(State(state))
    for notice in notices:
        notice.state, notice.changed = rollup(states[notice.id]).value, now
    Notice.objects.bulk_update(notices, ["state", "changed"])
