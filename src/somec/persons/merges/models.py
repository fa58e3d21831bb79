"""Tables of merges. The database itself refuses chains, cycles and a file that is merged twice.

A file that takes part in a standing merge has one :class:`Side`: it is kept, or it is merged, never both. Both columns
of a standing :class:`Merge` point to the side of the right role, and a merged side is used once. So a kept file is
never part of another one, whatever two people do at the same moment.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Concat

from somec.kernel import ids
from somec.persons.merging_rules import OPEN, STANDING, MergeState
from somec.persons.models import Person, Row, id_field, line_field, one_of, together
from somec.persons.rules import MAX_NOTE

KEPT, MERGED = "kept", "merged"
_SIDE = ids.MAX_LENGTH + 8
_PAIR = 2 * ids.MAX_LENGTH + 1
_STANDING = sorted(state.value for state in STANDING)


def _user() -> models.CharField[str, str]:
    return models.CharField(max_length=ids.MAX_LENGTH, default="", blank=True)


class Side(Row):
    """How a file takes part in standing merges. The key holds role and file, so that a merge can point to both.

    Protected: whoever erases a merged file separates it first, and says what becomes of the other.
    """

    key = models.CharField(max_length=_SIDE, primary_key=True)
    person = models.OneToOneField(Person, on_delete=models.PROTECT, related_name="merge_side")
    role = models.CharField(max_length=6)

    class Meta:
        """One role for each file, and the key says it."""

        constraints: ClassVar[tuple[models.BaseConstraint, ...]] = (
            models.CheckConstraint(condition=Q(role__in=[KEPT, MERGED]), name="merges_side_role"),
            models.CheckConstraint(condition=Q(key=Concat("role", Value(":"), "person_id")), name="merges_side_key"),
        )


class Merge(Row):
    """That two files are one person: proposed, approved, separated; each by two people."""

    id = id_field()
    kept = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="merges_kept")
    merged = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="merges_merged")
    pair = models.CharField(max_length=_PAIR)
    state = models.CharField(max_length=24, default=MergeState.PROPOSED.value)
    kept_side = models.ForeignKey(Side, null=True, on_delete=models.PROTECT, related_name="kept_merges")
    merged_side = models.OneToOneField(Side, null=True, on_delete=models.PROTECT, related_name="merged_merge")
    findings = models.JSONField(default=list)
    grounds = models.JSONField(default=dict)
    author_id = models.CharField(max_length=ids.MAX_LENGTH)
    proposed_at = models.DateTimeField()
    reason = models.CharField(max_length=MAX_NOTE)
    decider_id = _user()
    decided_at = models.DateTimeField(null=True)
    decider_reason = line_field(MAX_NOTE)
    separator_id = _user()
    separation_at = models.DateTimeField(null=True)
    separation_reason = line_field(MAX_NOTE)
    homes = models.JSONField(default=dict)
    separation_decider_id = _user()
    separation_decided_at = models.DateTimeField(null=True)
    separation_decider_reason = line_field(MAX_NOTE)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        """Two files, two people for each decision, one open link for each pair, no chain and no cycle."""

        constraints: ClassVar[tuple[models.BaseConstraint, ...]] = (
            one_of("state", MergeState, "merges_merge_state"),
            models.CheckConstraint(condition=~Q(kept=F("merged")), name="merges_merge_two_files"),
            models.CheckConstraint(condition=~Q(reason=""), name="merges_merge_reason"),
            models.CheckConstraint(condition=~Q(decider_id=F("author_id")), name="merges_merge_two_people"),
            models.CheckConstraint(
                condition=Q(separation_decider_id="") | ~Q(separation_decider_id=F("separator_id")),
                name="merges_separation_two_people",
            ),
            together("merges_merge_decided", "decided_at", "decider_id"),
            together("merges_separation_proposed", "separation_at", "separator_id"),
            together("merges_separation_decided", "separation_decided_at", "separation_decider_id"),
            models.CheckConstraint(
                condition=~Q(state__in=[*_STANDING, MergeState.SEPARATED.value]) | ~Q(decider_id=""),
                name="merges_merge_second",
            ),
            models.CheckConstraint(
                condition=~Q(state=MergeState.SEPARATED.value) | ~Q(separation_decider_id=""),
                name="merges_separation_second",
            ),
            models.CheckConstraint(
                condition=(
                    Q(state__in=_STANDING, kept_side__isnull=False, merged_side__isnull=False)
                    & Q(kept_side=Concat(Value(f"{KEPT}:"), "kept_id"))
                    & Q(merged_side=Concat(Value(f"{MERGED}:"), "merged_id"))
                )
                | (~Q(state__in=_STANDING) & Q(kept_side__isnull=True, merged_side__isnull=True)),
                name="merges_merge_sides",
            ),
            models.UniqueConstraint(
                fields=["pair"],
                condition=Q(state__in=sorted(state.value for state in OPEN)),
                name="merges_merge_one_open",
            ),
        )
        indexes = (models.Index(fields=["state", "proposed_at"], name="merges_merge_waiting"),)


class MergeAct(Row):
    """One act on a merge with who, when and why; kept whatever becomes of it."""

    id = models.BigAutoField(primary_key=True)
    merge = models.ForeignKey(Merge, on_delete=models.CASCADE, related_name="acts")
    action = models.CharField(max_length=24)
    by = models.CharField(max_length=ids.MAX_LENGTH)
    at = models.DateTimeField()
    reason = line_field(MAX_NOTE)


class KeptApart(Row):
    """A person's word that two files are two people: the pair does not come back until it is taken back."""

    id = id_field()
    first = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    pair = models.CharField(max_length=_PAIR)
    reason = models.CharField(max_length=MAX_NOTE)
    at = models.DateTimeField()
    by = models.CharField(max_length=ids.MAX_LENGTH)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = _user()
    withdrawn_because = line_field(MAX_NOTE)

    class Meta:
        """One standing word for each pair, with its reason."""

        constraints: ClassVar[tuple[models.BaseConstraint, ...]] = (
            models.CheckConstraint(condition=~Q(reason=""), name="merges_keptapart_reason"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="merges_keptapart_order"),
            together("merges_keptapart_withdrawn", "withdrawn_at", "withdrawn_by"),
            models.UniqueConstraint(
                fields=["pair"], condition=Q(withdrawn_at__isnull=True), name="merges_keptapart_once"
            ),
        )


class Likeness(Row):
    """Two files that the engine holds for one person: made anew when one of them changes, decides nothing."""

    pair = models.CharField(max_length=_PAIR, primary_key=True)
    first = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    probability = models.FloatField()
    bits = models.FloatField()
    model = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        """A probability, the likeliest first."""

        constraints: ClassVar[tuple[models.BaseConstraint, ...]] = (
            models.CheckConstraint(condition=Q(probability__gte=0.0, probability__lte=1.0), name="merges_likeness_p"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="merges_likeness_order"),
        )
        indexes = (models.Index(fields=["probability"], name="merges_likeness_p"),)


class Compared(Row):
    """How far the files were compared with each other: all that changed before this; one row."""

    id = models.PositiveSmallIntegerField(primary_key=True)
    until = models.DateTimeField()
    person_id = models.CharField(max_length=ids.MAX_LENGTH, default="", blank=True)
    found_at = models.DateTimeField()

    class Meta:
        """One row."""

        constraints: ClassVar[tuple[models.BaseConstraint, ...]] = (
            models.CheckConstraint(condition=Q(id=1), name="merges_compared_one"),
        )
