"""Two files that look like one person and are not: a person's word, kept with its reason; taken back, never deleted."""

from __future__ import annotations

from django.db import transaction

from somec.access.rules import Actor
from somec.audit.rules import Kind
from somec.kernel import clock, ids
from somec.kernel.errors import NotAllowed, NotPossibleNow
from somec.persons import merging
from somec.persons import merging_rules as chart
from somec.persons.merges.models import KeptApart, Merge


@transaction.atomic
def keep_apart(*, actor: Actor, first_id: str, second_id: str, reason: str) -> str:
    """Say that two files are two people; the pair does not come back until this is taken back. Returns its id."""
    merging.need_purpose(actor, first_id)
    merging.need_words(reason)
    both = merging.held(actor, "person.merge", first_id, second_id)
    if first_id == second_id or not {first_id, second_id} <= both.keys():
        raise NotPossibleNow("merge.same_file")
    name = chart.pair(first_id, second_id)
    if Merge.objects.filter(pair=name, state__in=[state.value for state in chart.OPEN]).exists():
        raise NotPossibleNow("merge.proposed_already")
    if merging.standing_apart(first_id, second_id) is not None:
        raise NotPossibleNow("merge.kept_apart")
    first, second = sorted((first_id, second_id))
    row = KeptApart(
        id=ids.new_id("apt"), first_id=first, second_id=second, pair=name, reason=reason.strip(), at=clock.now(),
        by=actor.id,
    )  # fmt: skip
    row.save(force_insert=True)
    merging.log(actor, "merge.keep_apart", Kind.COMBINATION, [first, second], subject=row.id, reason=reason)
    return row.id


@transaction.atomic
def withdraw_keep_apart(*, actor: Actor, apart_id: str, reason: str) -> None:
    """Take the word back that two files are two people; it stays on record, and the pair may be proposed again."""
    merging.need_words(reason)
    row = KeptApart.objects.select_for_update().filter(pk=apart_id).first()
    if row is None:
        raise NotAllowed("access.relation", action="person.merge", kind=merging.MERGE, id=apart_id)
    merging.held(actor, "person.merge", row.first_id, row.second_id)
    if row.withdrawn_at is not None:
        raise NotPossibleNow("merge.apart_withdrawn")
    row.withdrawn_at, row.withdrawn_by, row.withdrawn_because = clock.now(), actor.id, reason.strip()
    row.save()
    cases = [row.first_id, row.second_id]
    merging.log(actor, "merge.apart_withdrawn", Kind.COMBINATION, cases, subject=row.id, reason=reason)
