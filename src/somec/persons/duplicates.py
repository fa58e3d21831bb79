"""What people see of merges: likely duplicates, proposals that wait, one merge with its history and what it holds.

Lists ask the database a constant number of times and hold only pairs of which the reader may merge both files.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Exists, OuterRef, Q, QuerySet

from somec.access import queries as access
from somec.access.rules import Actor, can
from somec.kernel.errors import NotAllowed
from somec.persons import families, files, merging, models, separating
from somec.persons import merging_rules as chart
from somec.persons.likeness import waiting
from somec.persons.merges.models import MERGED, Compared, KeptApart, Likeness, Merge, Side
from somec.persons.merging_rules import Item, MergeState
from somec.persons.queries import PersonLabel

PAGE_SIZE: Final = 25


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class LikelyPair:
    """Two files that the engine holds for one person, with the calibrated probability."""

    first: PersonLabel
    second: PersonLabel
    probability: float
    at: datetime

    @property
    def percent(self) -> int:
        """Return the probability in hundredths, never rounded up to certainty."""
        return int(self.probability * 100)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class LikelyPage:
    """One page of likely duplicates. ``compared_at`` None: never compared; ``uncompared``: files changed since."""

    rows: tuple[LikelyPair, ...]
    total: int
    page: int
    pages: int
    compared_at: datetime | None
    uncompared: int


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class MergeRow:
    """One line of a list of merges."""

    id: str
    state: str
    kept: PersonLabel
    merged: PersonLabel
    reason: str
    author_id: str
    proposed_at: datetime
    decider_id: str
    decided_at: datetime | None
    separator_id: str


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ActView:
    """One act on a merge: what, who, when, why."""

    action: str
    by: str
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class MergeView:
    """One merge with its history.

    ``actions``: the steps that chart and permission allow the reader now. ``items``: what was written since, while the
    files are one; ``homes``: where the proposal to separate puts each.
    """

    row: MergeRow
    findings: tuple[str, ...]
    grounds: Mapping[str, str]
    acts: tuple[ActView, ...]
    actions: tuple[str, ...]
    items: tuple[Item, ...]
    homes: Mapping[str, str]
    version: int


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ApartView:
    """A person's word that two files are two people."""

    id: str
    first: PersonLabel
    second: PersonLabel
    reason: str
    by: str
    at: datetime


def _label(row: models.Person) -> PersonLabel:
    return PersonLabel(
        id=row.id, label=row.label, born=row.born, case_number=row.case_number, authority_id=row.authority_id,
        owner_id=row.owner_id,
    )  # fmt: skip


def _mergeable(actor: Actor) -> QuerySet[models.Person]:
    return models.Person.objects.filter(access.scope(actor, "person.merge").q(author="recorded_by"))


def likely(actor: Actor, page: int = 1, size: int = PAGE_SIZE) -> LikelyPage:
    """Return pairs that are more likely than not one person and that nobody has judged, the likeliest first."""
    mine = _mergeable(actor).values("pk")
    open_states = [state.value for state in chart.OPEN]
    found = (
        Likeness.objects.filter(first__in=mine, second__in=mine)
        .exclude(Exists(KeptApart.objects.filter(pair=OuterRef("pair"), withdrawn_at=None)))
        .exclude(Exists(Merge.objects.filter(pair=OuterRef("pair"), state__in=open_states)))
        .exclude(Exists(Side.objects.filter(role=MERGED, person=OuterRef("first"))))
        .exclude(Exists(Side.objects.filter(role=MERGED, person=OuterRef("second"))))
    )
    total = found.count()
    pages = max(1, -(-total // size))
    number = min(max(page, 1), pages)
    shown = found.select_related("first", "second").order_by("-probability", "pair")[
        (number - 1) * size : number * size
    ]
    known = Compared.objects.filter(pk=1).first()
    return LikelyPage(
        rows=tuple(
            LikelyPair(first=_label(row.first), second=_label(row.second), probability=row.probability, at=row.at)
            for row in shown
        ),
        total=total, page=number, pages=pages, compared_at=known.found_at if known else None, uncompared=waiting(),
    )  # fmt: skip


def kept_apart(actor: Actor, limit: int = 200) -> tuple[ApartView, ...]:
    """Return the pairs that were said to be two people, the newest first; one query."""
    mine = _mergeable(actor).values("pk")
    found = KeptApart.objects.filter(withdrawn_at=None, first__in=mine, second__in=mine)
    return tuple(
        ApartView(
            id=row.id, first=_label(row.first), second=_label(row.second), reason=row.reason, by=row.by, at=row.at
        )
        for row in found.select_related("first", "second").order_by("-at", "-id")[:limit]
    )


def waiting_merges(actor: Actor, limit: int = 200) -> tuple[MergeRow, ...]:
    """Return the proposals, to merge or to separate, that wait for the actor as second person; one query."""
    return tuple(_row(row) for row in approvable(actor).order_by("proposed_at", "id")[:limit])


def approvable(actor: Actor) -> QuerySet[Merge]:
    """Return the proposals that wait for the actor as second person; for lists of work."""
    limited = access.scope(actor, "person.approve_merge").q(
        authority="kept__authority_id", owner=None, author=None, desk=None, id=None
    )
    proposed = Q(state=MergeState.PROPOSED.value) & ~Q(author_id=actor.id)
    parting = Q(state=MergeState.SEPARATION_PROPOSED.value) & ~Q(separator_id=actor.id)
    return Merge.objects.filter(limited).filter(proposed | parting).select_related("kept", "merged")


def own_proposals(actor: Actor, limit: int = 200) -> tuple[MergeRow, ...]:
    """Return what the actor has proposed and nobody has decided yet; one query."""
    mine = Q(state=MergeState.PROPOSED.value, author_id=actor.id)
    mine |= Q(state=MergeState.SEPARATION_PROPOSED.value, separator_id=actor.id)
    found = Merge.objects.filter(mine).select_related("kept", "merged").order_by("proposed_at", "id")
    return tuple(_row(row) for row in found[:limit])


def of_person(actor: Actor, person_id: str) -> tuple[MergeRow, ...]:
    """Return every merge that a file took or takes part in, the newest first; two queries."""
    person = files.allowed(actor, "person.read", person_id)
    ids = families.ids(person.id)
    found = Merge.objects.filter(Q(kept__in=ids) | Q(merged__in=ids)).select_related("kept", "merged")
    return tuple(_row(row) for row in found.order_by("-proposed_at", "-id"))


def _row(row: Merge) -> MergeRow:
    return MergeRow(
        id=row.id, state=row.state, kept=_label(row.kept), merged=_label(row.merged), reason=row.reason,
        author_id=row.author_id, proposed_at=row.proposed_at, decider_id=row.decider_id, decided_at=row.decided_at,
        separator_id=row.separator_id,
    )  # fmt: skip


def merge(actor: Actor, merge_id: str) -> MergeView:
    """Return one merge; raises NotAllowed alike for a closed and for an unknown one."""
    row = Merge.objects.select_related("kept", "merged").filter(pk=merge_id).first()
    if row is None:
        raise NotAllowed("access.relation", action="person.read", kind=merging.MERGE, id=merge_id)
    for one in (row.kept_id, row.merged_id):
        files.allowed(actor, "person.read", one)
    standing = MergeState(row.state) in chart.STANDING
    return MergeView(
        row=_row(row), findings=tuple(row.findings), grounds=dict(row.grounds), version=row.version,
        acts=tuple(
            ActView(action=act.action, by=act.by, at=act.at, reason=act.reason) for act in row.acts.order_by("id")
        ),
        actions=_actions(actor, row), items=separating.separable(row) if standing else (), homes=dict(row.homes),
    )  # fmt: skip


def _actions(actor: Actor, row: Merge) -> tuple[str, ...]:
    found = []
    for step in chart.possible(row.state):
        parting = step.action.startswith("separation.")
        if step.second_person:
            allowed = can(actor, "person.approve_merge", merging.target(row, separating=parting))
        else:
            allowed = can(actor, "person.merge", files.target(row.kept, actor))
        author = row.separator_id if parting else row.author_id
        if allowed and (not step.by_author or author == actor.id):
            found.append(step.action)
    return tuple(found)
