"""Readings of notices are entries in the log (LED Art. 25): a screen calls these before it shows one."""

from __future__ import annotations

from django.db import transaction

from somec.access.rules import Actor
from somec.audit import actions as audit
from somec.audit.rules import Kind as AuditKind
from somec.movements.targets import incoming_row, notice_row


@transaction.atomic
def open_notice(*, actor: Actor, id: str) -> None:  # noqa: A002 - the notice's id
    """Log that the actor reads a notice of ours; raises NotAllowed, NotFound."""
    row = notice_row(actor, "notice.read", id)
    _read(actor, "notice.read", row.id, row.person_id)


@transaction.atomic
def open_incoming(*, actor: Actor, id: str) -> None:  # noqa: A002 - the incoming notice's id
    """Log that the actor reads a notice of another state; raises NotAllowed, NotFound."""
    row = incoming_row(actor, "incoming.read", id)
    _read(actor, "incoming.read", row.id, row.person_id)


def _read(actor: Actor, action: str, subject: str, case: str) -> None:
    audit.record(
        actor=actor, action=action, kind=AuditKind.CONSULTATION, subject=subject, case=case, purpose=actor.purpose
    )
