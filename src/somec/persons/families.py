"""Which files are read as one: a kept file and those merged into it.

Every id of such a family leads to the whole. Whoever reads a person by an id asks here first; with no merged file of
that person the answer is the id itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Exists, OuterRef, Q, QuerySet

from somec.persons.merges.models import MERGED, Merge, Side
from somec.persons.merging_rules import STANDING
from somec.persons.models import Person

_STANDING: Final = sorted(state.value for state in STANDING)
NOT_MERGED: Final = ~Q(Exists(Side.objects.filter(role=MERGED, person=OuterRef("pk"))))
"""Condition on person files: only those that stand for themselves."""


@dataclass(frozen=True, slots=True)
class Family:
    """The kept file and those merged into it, with the case number of each of these."""

    head: str
    merged: Mapping[str, str]

    @property
    def ids(self) -> tuple[str, ...]:
        """Return every file, the kept one first."""
        return (self.head, *self.merged)


LEADING: Final = "merge_side__merged_merge__kept"
"""What to select with a file (``select_related``) for :func:`leading`."""


def with_case_number(case_number: str) -> Q:
    """Return the condition on files that one goes by this case number, its own or that of a file merged into it."""
    of_merged = Merge.objects.filter(state__in=_STANDING, merged__case_number__iexact=case_number)
    return Q(case_number__iexact=case_number) | Q(pk__in=of_merged.values("kept"))


def families(person_ids: Collection[str]) -> dict[str, Family]:
    """Return the family of each id; one query, whatever their number."""
    wanted = set(person_ids)
    standing = Merge.objects.filter(state__in=_STANDING)
    of_merged = standing.filter(merged__in=wanted).values("kept")
    links = (
        standing.filter(Q(kept__in=wanted) | Q(kept__in=of_merged))
        .order_by("decided_at", "id")
        .values_list("kept_id", "merged_id", "merged__case_number")
    )
    members: dict[str, dict[str, str]] = defaultdict(dict)
    for kept, merged, case_number in links:
        members[kept][merged] = case_number
    heads = {merged: kept for kept, found in members.items() for merged in found}
    return {one: Family(head := heads.get(one, one), members.get(head, {})) for one in wanted}


def family(person_id: str) -> Family:
    """Return the family of one id."""
    return families([person_id])[person_id]


def ids(person_id: str) -> tuple[str, ...]:
    """Return every file that is read with this one, itself included."""
    return family(person_id).ids


def head(person_id: str) -> str:
    """Return the file that an id leads to: itself, or the one it was merged into."""
    return kept(person_id).values_list("kept", flat=True).first() or person_id


def leading(row: Person) -> Person:
    """Return the file that a row leads to; no query where :data:`LEADING` was selected with it."""
    side = getattr(row, "merge_side", None)
    merge = getattr(side, "merged_merge", None)
    return row if merge is None else merge.kept


def kept(person_id: str) -> QuerySet[Merge, Any]:
    """Return the id of the file into which this one was merged, as a part of another query; empty if it was not."""
    return Merge.objects.filter(merged_id=person_id, state__in=_STANDING).values("kept")
