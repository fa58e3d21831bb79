"""The one table of alerts: what was raised, for whom, and how it ended."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from somec.alerts.rules import AlertKind, AlertState, Settlement
from somec.kernel.ids import MAX_LENGTH


class Alert(models.Model):
    """Something that happened (or did not) and needs a person; raised once for one subject and due instant."""

    id = models.CharField(max_length=MAX_LENGTH, primary_key=True)
    kind = models.CharField(max_length=24)
    subject_kind = models.CharField(max_length=12)
    subject_id = models.CharField(max_length=MAX_LENGTH, db_index=True)
    due = models.DateTimeField()
    raised = models.DateTimeField()
    debtor_state = models.CharField(max_length=2)
    other_state = models.CharField(max_length=2)
    state = models.CharField(max_length=12, default=AlertState.RAISED.value)
    taken_by = models.CharField(max_length=MAX_LENGTH, blank=True)
    taken_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.CharField(max_length=MAX_LENGTH, blank=True)
    settlement = models.CharField(max_length=24, blank=True)
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(name="alert_open", fields=["kind", "raised"], condition=~Q(state=AlertState.SETTLED.value))
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(name="alert_raised_once", fields=["kind", "subject_id", "due"]),
            models.CheckConstraint(name="alert_kind_known", condition=Q(kind__in=[one.value for one in AlertKind])),
            models.CheckConstraint(name="alert_state_known", condition=Q(state__in=[one.value for one in AlertState])),
            models.CheckConstraint(
                name="alert_taken_by",
                condition=~Q(state=AlertState.TAKEN.value) | (~Q(taken_by="") & Q(taken_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="alert_settled",
                condition=Q(
                    state=AlertState.SETTLED.value,
                    settled_at__isnull=False,
                    settlement__in=[one.value for one in Settlement],
                )
                | (~Q(state=AlertState.SETTLED.value) & Q(settled_at__isnull=True, settlement="")),
            ),
        ]

    def __str__(self) -> str:
        return self.id
