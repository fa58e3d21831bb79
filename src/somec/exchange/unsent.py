"""Discards files that were uploaded for a document and never went with one."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from somec.access import rules as access
from somec.access.rules import node_actor
from somec.audit import actions as audit
from somec.audit.rules import Kind, new_entry
from somec.exchange import identity
from somec.exchange.models import Attachment
from somec.kernel import clock

UNSENT_LIFE: Final = timedelta(days=14)  # a draft is written, approved and sent well within two weeks, or begun anew
AT_ONCE: Final = 20  # files discarded in one transaction: the write lock is held for their pieces only


def discard_unsent(*, now: datetime | None = None) -> int:
    """Discard files that no document took within :data:`UNSENT_LIFE`, each with an entry in the log.

    Returns how many. Personal data that serve no purpose are not kept (LED Art. 4(1)(e)); what was sent stays with its
    document.
    """
    before = (now or clock.now()) - UNSENT_LIFE
    done = 0
    while discarded := _discard_some(before):
        done += discarded
    return done


def _discard_some(before: datetime) -> int:
    if not Attachment.objects.filter(document__isnull=True, stored__lt=before).exists():
        return 0  # asked every hour: looking takes no lock
    actor = node_actor(identity.own_state())
    access.check(actor, "attachment.discard")
    with transaction.atomic():
        rows = list(
            Attachment.objects.select_for_update()
            .filter(document__isnull=True, stored__lt=before)
            .order_by("id")[:AT_ONCE]
        )
        audit.record_many([
            new_entry(actor, "attachment.discard", Kind.ERASURE, row.id, detail={"sha256": row.sha256}) for row in rows
        ])  # fmt: skip
        Attachment.objects.filter(id__in=[row.id for row in rows]).delete()
    return len(rows)
