"""Merged files that are two people after all: one person proposes where what was written since goes, another agrees."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from somec.access.rules import Actor
from somec.kernel import clock
from somec.kernel.errors import Invalid, NotPossibleNow
from somec.persons import belongings, files, models
from somec.persons import merging_rules as chart
from somec.persons.merges.models import Merge, Side
from somec.persons.merging import acted, held, linked, need_purpose, need_words, waiting_merge
from somec.persons.rules import ChangeKind


@transaction.atomic
def propose_separation(
    *, actor: Actor, merge_id: str, reason: str, homes: Mapping[str, str] | None = None, version: int | None = None
) -> None:
    """Propose to read both files as two again.

    What lay in each file before the merge stays there by itself. ``homes`` says for what was written since (item id to
    file id) where it goes; what is not named stays in the file through which it was written. Raises Invalid with the
    item's id and a code of :func:`somec.persons.merging_rules.misplaced`.
    """
    need_words(reason)
    merge = waiting_merge(actor, "separation.propose", merge_id, version)
    need_purpose(actor, merge.kept_id)
    items = separable(merge)
    wanted = dict(homes or {})
    wrong = {item: ["choice"] for item, home in wanted.items() if home not in {merge.kept_id, merge.merged_id}}
    wrong |= chart.misplaced(items, wanted)
    if wrong:
        raise Invalid("separation.homes", fields=wrong)
    merge.homes = {item.id: wanted.get(item.id, item.person_id) for item in items if not item.fixed}
    merge.separator_id, merge.separation_at, merge.separation_reason = actor.id, clock.now(), reason.strip()
    merge.separation_decider_id, merge.separation_decided_at, merge.separation_decider_reason = "", None, ""
    acted(actor, merge, "separation.propose", reason, items=len(merge.homes))


def separable(merge: Merge) -> tuple[chart.Item, ...]:
    """Return what was written into both files since they were merged, and (``fixed``) older things that rest on it."""
    if merge.decided_at is None:
        return ()
    both = (merge.kept_id, merge.merged_id)
    items = belongings.written_since(both, merge.decided_at)
    return (*items, *belongings.resting(both, items))


@transaction.atomic
def approve_separation(*, actor: Actor, merge_id: str, version: int | None = None, reason: str = "") -> None:
    """Agree as the second person: each file is itself again, with what the proposal says of what was written since.

    Something written after the proposal is nobody's choice yet: NotPossibleNow (``separation.more_written``).
    """
    merge = waiting_merge(actor, "separation.approve", merge_id, version)
    need_purpose(actor, merge.kept_id)
    both = held(actor, "person.read", merge.kept_id, merge.merged_id)
    items = separable(merge)
    loose = [item for item in items if not item.fixed]
    if {item.id for item in loose} - set(merge.homes):
        raise NotPossibleNow("separation.more_written")
    standing = {item.id for item in loose}
    homes = {item: home for item, home in merge.homes.items() if item in standing}
    if chart.misplaced(items, homes):
        raise NotPossibleNow("separation.changed_since")
    kept, merged = both[merge.kept_id], both[merge.merged_id]
    moved = [item for item in loose if homes[item.id] != item.person_id]
    for item in moved:
        _put(actor, item, both, homes[item.id], merge)
    free = _unlink(merge)
    _settle_separation(actor, merge, reason)
    acted(actor, merge, "separation.approve", reason, moved=len(moved))
    for side in free:
        side.delete()
    linked(actor, kept, merged, now_one=False, reason=merge.separation_reason)


def _put(actor: Actor, item: chart.Item, both: Mapping[str, models.Person], home: str, merge: Merge) -> None:
    belongings.move(item, home)
    for person_id in (item.person_id, home):
        files.remember(
            person_id, by=actor.id, kind=ChangeKind.CORRECTED, entity=item.kind, entity_id=item.id,
            reason=merge.separation_reason, before={"file": both[item.person_id].case_number},
            after={"file": both[home].case_number},
        ).save()  # fmt: skip


def _unlink(merge: Merge) -> list[Side]:
    """Take the link off, not yet saved; returns the sides that are free then."""
    sides = [side for side in (merge.merged_side, merge.kept_side) if side is not None]
    merge.kept_side, merge.merged_side = None, None
    return [side for side in sides if not side.kept_merges.exclude(pk=merge.pk).exists()]


def _settle_separation(actor: Actor, merge: Merge, reason: str) -> None:
    if reason.strip():
        need_words(reason, least=1)
    merge.separation_decider_id, merge.separation_decided_at = actor.id, clock.now()
    merge.separation_decider_reason = reason.strip()


@transaction.atomic
def refuse_separation(*, actor: Actor, merge_id: str, reason: str, version: int | None = None) -> None:
    """Refuse as the second person: both go on as one file."""
    need_words(reason)
    merge = waiting_merge(actor, "separation.refuse", merge_id, version)
    _settle_separation(actor, merge, reason)
    acted(actor, merge, "separation.refuse", reason)


@transaction.atomic
def withdraw_separation(*, actor: Actor, merge_id: str, reason: str, version: int | None = None) -> None:
    """Take the proposal to separate back."""
    need_words(reason)
    acted(actor, waiting_merge(actor, "separation.withdraw", merge_id, version), "separation.withdraw", reason)
